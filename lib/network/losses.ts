/** What a wrong answer costs. Cross-entropies are computed from logits, where none is infinite. */
import { requireBetween, requireCount, requirePositive, requireSameLength } from '../base/checks';
import { requireFiniteVector, type Vector } from '../maths/vectors';
import { softmax } from './activations';

/**
 * The mean squared error, `1/n Σᵢ (pᵢ − yᵢ)²`.
 *
 * @param predictions - `p`, shape `[n]`
 * @param targets - `y`, shape `[n]`
 * @returns the mean over the examples, >= 0
 * @throws RangeError if the shapes differ or are empty
 */
export function meanSquaredError(predictions: Vector, targets: Vector): number {
  return meanOf(predictions, targets, (p, y) => (p - y) ** 2);
}

/**
 * The Huber loss, `1/n Σᵢ h(pᵢ − yᵢ)`, with `h(r) = ½ r²` up to `|r| = delta` and
 * `delta (|r| − ½ delta)` beyond: an outlier pulls with a bounded force.
 *
 * @param predictions - `p`, shape `[n]`
 * @param targets - `y`, shape `[n]`
 * @param options.delta - where the parabola turns into a straight line, > 0; 1 if not given
 * @returns the mean over the examples, >= 0
 * @throws RangeError if the shapes differ or `delta` is not positive
 * @see Huber, "Robust Estimation of a Location Parameter" (1964),
 *   https://doi.org/10.1214/aoms/1177703732
 */
export function huberLoss(predictions: Vector, targets: Vector, { delta = 1 } = {}): number {
  requirePositive('delta', delta, 'compute the Huber loss');
  return meanOf(predictions, targets, (p, y) => {
    const distance = Math.abs(p - y);
    return distance <= delta ? distance ** 2 / 2 : delta * (distance - delta / 2);
  });
}

/**
 * The binary cross-entropy of `p = σ(z)`, `−1/n Σᵢ [yᵢ ln pᵢ + (1 − yᵢ) ln(1 − pᵢ)]`, computed from
 * `z` itself, `1/n Σᵢ [max(zᵢ, 0) − yᵢ zᵢ + ln(1 + e^−|zᵢ|)]`: finite for every finite `z`.
 *
 * @param logits - `z`, shape `[n]`
 * @param labels - `y`, each from 0 to 1, shape `[n]`
 * @returns the mean over the examples, in nats, >= 0
 * @throws RangeError if the shapes differ or a label is not between 0 and 1
 */
export function binaryCrossEntropyFromLogits(logits: Vector, labels: Vector): number {
  labels.forEach((label, index) => {
    requireBetween(`labels[${index}]`, label, 0, 1, 'compute the cross-entropy');
  });
  return meanOf(logits, labels, (z, y) => Math.max(z, 0) - y * z + Math.log1p(Math.exp(-Math.abs(z))));
}

/**
 * `ln Σⱼ e^zⱼ`, computed as `m + ln Σⱼ e^(zⱼ − m)` with the largest `zⱼ` as `m`, so that no
 * exponential overflows.
 *
 * @param values - `z`, shape `[classes]`
 * @throws RangeError if `values` is empty or not finite
 */
export function logSumExp(values: Vector): number {
  requireFiniteVector('values', values, 'compute log-sum-exp');
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/**
 * The cross-entropy of one example, `−ln p_label` with `p = softmax(z)`, computed from the logits as
 * `ln Σⱼ e^zⱼ − z_label`.
 *
 * @param logits - `z`, shape `[classes]`
 * @param label - the number of the right class, 0 … classes − 1
 * @returns the loss in nats, finite for all finite logits
 * @throws RangeError if there is no such class or a logit is not finite
 */
export function crossEntropyFromLogits(logits: Vector, label: number): number {
  requireClass(label, logits.length);
  return logSumExp(logits) - logits[label];
}

/** @returns the gradient of {@link crossEntropyFromLogits}: `softmax(z) − y`, shape `[classes]` */
export function crossEntropyFromLogitsGradient(logits: Vector, label: number): Vector {
  requireClass(label, logits.length);
  return softmax(logits).map((p, index) => p - (index === label ? 1 : 0));
}

function meanOf(first: Vector, second: Vector, cost: (a: number, b: number) => number): number {
  requireSameLength('the first argument', first, 'the second', second, 'compute a loss');
  return first.reduce((sum, value, index) => sum + cost(value, second[index]), 0) / first.length;
}

function requireClass(label: number, classes: number): void {
  requireCount('label', label, 'compute the cross-entropy', 0);
  requireBetween('label', label, 0, classes - 1, 'compute the cross-entropy');
}
