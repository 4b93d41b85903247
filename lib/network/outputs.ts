/**
 * How the last layer answers, and the loss that fits. With each of these pairs the gradient of the
 * loss of one example by `z⁽ᴸ⁾` is `a⁽ᴸ⁾ − y`.
 */
import { type DenseMatrix, dense, map, toRows } from '../maths/matrices';
import { sum, type Vector } from '../maths/vectors';
import { sigmoid, softmax } from './activations';
import { binaryCrossEntropyFromLogits, logSumExp } from './losses';

export type OutputName = 'identity' | 'sigmoid' | 'softmax';

/** What the last layer does, paired with its loss. */
interface Output {
  /** @returns the answers `A⁽ᴸ⁾`, one example a row, from `Z⁽ᴸ⁾`; both of shape `[n, units]` */
  respond(z: DenseMatrix): DenseMatrix;
  /** @returns the loss of one example, computed from `z⁽ᴸ⁾`, so that no logarithm meets a zero */
  cost(z: Vector, y: Vector): number;
}

/** The outputs by name. */
export const outputs: Record<OutputName, Output> = {
  /** any numbers, `½ Σ (a − y)²` */
  identity: {
    respond: (z) => z,
    cost: (z, y) => sum(z.map((value, k) => (value - y[k]) ** 2 / 2)),
  },
  /** independent probabilities; binary cross-entropy, summed over the units */
  sigmoid: {
    respond: (z) => map(z, sigmoid),
    cost: (z, y) => z.length * binaryCrossEntropyFromLogits(z, y),
  },
  /** probabilities that add up to 1; cross-entropy, `−Σ y ln a` */
  softmax: {
    respond: (z) => dense(toRows(z).map(softmax)),
    cost: (z, y) => logSumExp(z) * sum(y) - sum(z.map((value, k) => value * y[k])),
  },
};

/** The names of all outputs. */
export const outputNames = Object.keys(outputs) as OutputName[];
