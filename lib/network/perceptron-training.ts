/** The loop of learning around a perceptron, and what it answers afterwards. */
import { requireCount, requirePositive, requireSameLength } from '../base/checks';
import { seededRandom } from '../base/random';
import { batchStream } from '../descent/batches';
import type { Matrix, Vector } from '../maths/vectors';
import { argMax } from './metrics';
import { backward, forward, loss, type Perceptron, predict, update } from './perceptron';

/** How to train, and whom to tell. */
export interface PerceptronTrainingOptions {
  /** `α` > 0 */
  learningRate: number;
  /** how many updates to make, a whole number >= 1 */
  steps: number;
  /** examples per update; all of them if not given */
  batchSize?: number;
  /** decides the batches; 0 if not given, and without effect if every batch has all examples */
  seed?: number;
  /** called after each update with its number, from 1, the new network, and the loss before it */
  onStep?: (step: number, network: Perceptron, loss: number) => void;
}

/**
 * The loop of learning: forward, loss, backward, update. It ends early if the loss is no longer a
 * finite number.
 *
 * @param network - where to begin; never modified
 * @param inputs - one example per row, shape `[n, inputs]`
 * @param targets - `y`, shape `[n, outputs]`: see {@link targetsFor}
 * @param options - see {@link PerceptronTrainingOptions}
 * @returns the network after the last update, and the loss of each batch before its update,
 *   shape `[steps]`, fewer after an early end
 * @throws RangeError if an option is out of range or the shapes do not fit
 */
export function trainPerceptron(
  network: Perceptron,
  inputs: Matrix,
  targets: Matrix,
  options: PerceptronTrainingOptions,
): { network: Perceptron; losses: Vector } {
  const { learningRate, steps, batchSize = inputs.length, seed = 0, onStep } = options;
  requirePositive('learningRate', learningRate, 'train');
  requireCount('steps', steps, 'train');
  requireCount('batchSize', batchSize, 'train');
  requireSameLength('inputs', inputs, 'targets', targets, 'train');
  const batches = batchStream(inputs.length, { batchSize, random: seededRandom(seed, 'order') });
  const takesAll = batchSize >= inputs.length;
  const losses: Vector = [];
  let current = network;
  for (let step = 1; step <= steps; step++) {
    // All examples in their own order: shuffling them would change the result by rounding only.
    const batch = takesAll ? null : batches.next().value;
    const batchInputs = batch ? batch.map((example) => inputs[example]) : inputs;
    const batchTargets = batch ? batch.map((example) => targets[example]) : targets;
    const pass = forward(current, batchInputs);
    const before = loss(current, pass, batchTargets);
    if (!Number.isFinite(before)) break;
    current = update(current, backward(current, pass, batchTargets), learningRate);
    losses.push(before);
    onStep?.(step, current, before);
  }
  return { network: current, losses };
}

/**
 * Labels as targets of the shape that the network's outputs have: the labels themselves, 0 or 1,
 * for one output; for more, 1 in the place of the right class and 0 elsewhere ("one-hot").
 *
 * @param labels - whole numbers from 0, shape `[n]`
 * @param network - decides how many outputs there are
 * @returns shape `[n, outputs]`
 * @throws RangeError if a label names no class of the network
 */
export function targetsFor(labels: Vector, network: Perceptron): Matrix {
  const outputs = network.layers[network.layers.length - 1].weights.size()[0];
  const classes = Math.max(2, outputs);
  return labels.map((label) => {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(
        `Cannot make targets: labels must be whole numbers from 0 to ${classes - 1}, got ${label}`,
      );
    }
    return outputs === 1 ? [label] : Array.from({ length: outputs }, (_, k) => (k === label ? 1 : 0));
  });
}

/**
 * The class that the network chooses for each example: with one output, 1 where it is at least ½.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @returns shape `[n]`
 */
export function classify(network: Perceptron, inputs: Matrix): Vector {
  return predict(network, inputs).map((answer) =>
    answer.length === 1 ? Number(answer[0] >= 0.5) : argMax(answer),
  );
}
