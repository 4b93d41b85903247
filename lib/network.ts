/**
 * A neural network written by hand: activations, losses, the perceptron and its backpropagation.
 *
 * @example
 * import { xor } from './lib/data';
 * import { classify, createPerceptron, targetsFor, trainPerceptron } from './lib/network';
 *
 * const { points, labels } = xor({ count: 4, noise: 0, seed: 1 });
 * const start = createPerceptron({ units: [2, 4, 1], seed: 1 });
 * const targets = targetsFor(labels, start);
 * const { network } = trainPerceptron(start, points, targets, { learningRate: 1, steps: 500 });
 * console.log(labels, classify(network, points));
 * // [ 0, 1, 1, 0 ] [ 0, 1, 1, 0 ]
 */

// The parts.

export {
  type ActivationName,
  activation,
  sigmoid,
  sigmoidDerivative,
  softmax,
  softmaxJacobian,
  tanhDerivative,
} from './network/activations';
export { type ConfidenceBin, calibrationError, confidenceBins } from './network/calibration';
export {
  binaryCrossEntropyFromLogits,
  crossEntropyFromLogits,
  crossEntropyFromLogitsGradient,
  huberLoss,
  meanSquaredError,
} from './network/losses';
export { accuracy, argMax, confusionMatrix, type PairedTest, pairedTest } from './network/metrics';

// The network, and how it learns.

export { createPerceptron, flatten, layer, withParameters } from './network/parameters';
export {
  backward,
  forward,
  loss,
  type Perceptron,
  predict,
  update,
} from './network/perceptron';
export { classify, targetsFor, trainPerceptron } from './network/perceptron-training';

// Seen from outside.

export { countBends, traceBorder } from './network/border';
export { decisionGrid } from './network/decision-grid';
export { symbolicGradient, symbolicLoss } from './network/symbolic-loss';
