/** TODO */
export {
  type ActivationName,
  activation,
  sigmoid,
  sigmoidDerivative,
  softmax,
  softmaxJacobian,
  tanhDerivative,
} from './network/activations';
export {
  binaryCrossEntropyFromLogits,
  crossEntropyFromLogits,
  crossEntropyFromLogitsGradient,
  huberLoss,
  meanSquaredError,
} from './network/losses';
export { accuracy, argMax, confusionMatrix } from './network/metrics';
export {
  backward,
  createPerceptron,
  forward,
  layer,
  loss,
  type Perceptron,
  predict,
  update,
} from './network/perceptron';
export {
  classify,
  flatten,
  targetsFor,
  trainPerceptron,
  withParameters,
} from './network/perceptron-training';
export { symbolicGradient, symbolicLoss } from './network/symbolic-loss';
