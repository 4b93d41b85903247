import { requireBetween, requireCount, requirePositive, requireSameLength } from '../base/checks';
import { requireFiniteVector, type Vector } from '../maths/vectors';
import { sigmoid, softmax } from './activations';

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

/** @returns the gradient of {@link meanSquaredError} by `predictions`: `2/n (pᵢ − yᵢ)`, shape `[n]` */
export function meanSquaredErrorGradient(predictions: Vector, targets: Vector): Vector {
  return gradientOf(predictions, targets, (p, y) => 2 * (p - y));
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

/** @returns the gradient of {@link huberLoss}: `1/n` times `p − y` cut off at `±delta`, shape `[n]` */
export function huberLossGradient(
  predictions: Vector,
  targets: Vector,
  { delta = 1 } = {},
): Vector {
  requirePositive('delta', delta, 'compute the Huber loss');
  return gradientOf(predictions, targets, (p, y) => Math.max(-delta, Math.min(delta, p - y)));
}

/**
 * The hinge loss, `1/n Σᵢ max(0, 1 − yᵢ sᵢ)`: a right answer costs nothing once it is right by 1.
 *
 * @param scores - `s`, any numbers, shape `[n]`
 * @param labels - `y`, each −1 or +1, shape `[n]`
 * @returns the mean over the examples, >= 0
 * @throws RangeError if the shapes differ or a label is neither −1 nor +1
 */
export function hingeLoss(scores: Vector, labels: Vector): number {
  requireLabels(labels, [-1, 1], 'compute the hinge loss');
  return meanOf(scores, labels, (s, y) => Math.max(0, 1 - y * s));
}

/** @returns the gradient of {@link hingeLoss} by `scores`: `−yᵢ/n` where `yᵢ sᵢ < 1`, otherwise 0 */
export function hingeLossGradient(scores: Vector, labels: Vector): Vector {
  requireLabels(labels, [-1, 1], 'compute the hinge loss');
  return gradientOf(scores, labels, (s, y) => (y * s < 1 ? -y : 0));
}

/**
 * The binary cross-entropy, `−1/n Σᵢ [yᵢ ln pᵢ + (1 − yᵢ) ln(1 − pᵢ)]`. A certain answer that is
 * wrong costs `Infinity`, as the formula says.
 *
 * @param probabilities - `p`, each from 0 to 1, shape `[n]`
 * @param labels - `y`, each from 0 to 1, usually 0 or 1, shape `[n]`
 * @returns the mean over the examples, in nats, >= 0
 * @throws RangeError if the shapes differ or a number is not between 0 and 1
 */
export function binaryCrossEntropy(probabilities: Vector, labels: Vector): number {
  requireProbabilities('probabilities', probabilities);
  requireProbabilities('labels', labels);
  // 0 · ln 0 counts as 0: what cannot happen and does not happen costs nothing.
  const cost = (share: number, p: number) => (share === 0 ? 0 : -share * Math.log(p));
  return meanOf(probabilities, labels, (p, y) => cost(y, p) + cost(1 - y, 1 - p));
}

/** @returns the gradient of {@link binaryCrossEntropy}: `(pᵢ − yᵢ) / (n pᵢ (1 − pᵢ))`, shape `[n]` */
export function binaryCrossEntropyGradient(probabilities: Vector, labels: Vector): Vector {
  requireProbabilities('probabilities', probabilities);
  requireProbabilities('labels', labels);
  const pull = (share: number, p: number) => (share === 0 ? 0 : share / p);
  return gradientOf(probabilities, labels, (p, y) => pull(1 - y, 1 - p) - pull(y, p));
}

/**
 * {@link binaryCrossEntropy} of `σ(z)`, computed from `z` itself,
 * `1/n Σᵢ [max(zᵢ, 0) − yᵢ zᵢ + ln(1 + e^−|zᵢ|)]`: finite for every finite `z`.
 *
 * @param logits - `z`, shape `[n]`
 * @param labels - `y`, each from 0 to 1, shape `[n]`
 * @returns the mean over the examples, in nats, >= 0
 * @throws RangeError if the shapes differ or a label is not between 0 and 1
 */
export function binaryCrossEntropyFromLogits(logits: Vector, labels: Vector): number {
  requireProbabilities('labels', labels);
  return meanOf(
    logits,
    labels,
    (z, y) => Math.max(z, 0) - y * z + Math.log1p(Math.exp(-Math.abs(z))),
  );
}

/** @returns the gradient of {@link binaryCrossEntropyFromLogits}: `(σ(zᵢ) − yᵢ) / n`, shape `[n]` */
export function binaryCrossEntropyFromLogitsGradient(logits: Vector, labels: Vector): Vector {
  requireProbabilities('labels', labels);
  return gradientOf(logits, labels, (z, y) => sigmoid(z) - y);
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
 * The cross-entropy of one example, `−ln p_label`.
 *
 * @param probabilities - `p`, each from 0 to 1, shape `[classes]`
 * @param label - the number of the right class, 0 … classes − 1
 * @returns the loss in nats; `Infinity` if the right class was given no chance
 * @throws RangeError if there is no such class or a probability is not between 0 and 1
 */
export function crossEntropy(probabilities: Vector, label: number): number {
  requireProbabilities('probabilities', probabilities);
  requireClass(label, probabilities.length);
  return -Math.log(probabilities[label]);
}

/**
 * The cross-entropy of one example from its logits, `ln Σⱼ e^zⱼ − z_label`.
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

function gradientOf(
  first: Vector,
  second: Vector,
  slope: (a: number, b: number) => number,
): Vector {
  requireSameLength('the first argument', first, 'the second', second, 'compute a gradient');
  return first.map((value, index) => slope(value, second[index]) / first.length);
}

function requireProbabilities(name: string, values: Vector): void {
  values.forEach((value, index) => {
    requireBetween(`${name}[${index}]`, value, 0, 1, 'compute the cross-entropy');
  });
}

function requireClass(label: number, classes: number): void {
  requireCount('label', label, 'compute the cross-entropy', 0);
  requireBetween('label', label, 0, classes - 1, 'compute the cross-entropy');
}

function requireLabels(labels: Vector, allowed: number[], action: string): void {
  const odd = labels.find((label) => !allowed.includes(label));
  if (odd !== undefined) {
    throw new RangeError(
      `Cannot ${action}: each label must be ${allowed.join(' or ')}, got ${odd}`,
    );
  }
}
