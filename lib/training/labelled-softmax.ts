/** The end of a classifier: softmax and the cross-entropy of labels, in two passes over each example. */

const smallest = Math.fround(1e-7);
const largest = Math.fround(1 - 1e-7);

/** @returns a probability as a cross-entropy sees it: none below 1e-7 or above 1 − 1e-7 */
export function clip(probability: number): number {
  return probability < smallest ? smallest : Math.min(probability, largest);
}

/** @returns whether a cross-entropy passes no gradient through this probability */
export function clipped(probability: number): boolean {
  return probability < smallest || probability > largest;
}

/** What {@link labelledSoftmax} writes into. */
export interface LogitGradients {
  /** receives ∂(mean loss)/∂logits, shape `[batch, units]` */
  gradient?: Float32Array;
  /** receives its sum over the batch, shape `[units]` */
  biasGradient?: Float32Array;
}

/**
 * With `p = softmax(z)`, the label `y` and `q = clip(p) / Σ clip(p)`: the loss `−log clip(q_y)` and its gradient, to the
 * last bit as the rules of `lossAndGradient` give them, which stand for every pair of activation and loss.
 *
 * @param logits - shape `[batch, units]`; not changed
 * @param labels - whole numbers 0 … units − 1, shape `[batch]`; not changed
 * @param units - how many classes there are
 * @param into - what receives the gradients
 * @returns sums over the batch: the losses, and how many labels are the class with the greatest probability
 */
export function labelledSoftmax(
  logits: Float32Array,
  labels: Float32Array,
  units: number,
  { gradient, biasGradient }: LogitGradients,
): { loss: number; right: number } {
  const batch = labels.length;
  const p = new Float64Array(units);
  const slopeSum = new Float64Array(units);
  let loss = 0;
  let right = 0;
  for (let example = 0; example < batch; example++) {
    const from = example * units;
    const label = labels[example];
    const { sum, best } = softmax(logits, from, p);
    if (best === label) right++;
    const share = clip(p[label]) / sum;
    loss -= Math.log(clip(share));
    if (!gradient) continue;
    // ∂L/∂p is the same for all classes but the label's.
    const slope = clipped(share) ? 0 : -1 / share;
    const shared = slope * share;
    const slopes = { others: (0 - shared) / sum, label: (slope - shared) / sum };
    let mean = 0;
    for (let unit = 0; unit < units; unit++) mean += p[unit] * slopeOf(p[unit], unit === label, slopes);
    for (let unit = 0; unit < units; unit++) {
      const delta = (p[unit] * (slopeOf(p[unit], unit === label, slopes) - mean)) / batch;
      gradient[from + unit] = delta;
      slopeSum[unit] += delta;
    }
  }
  biasGradient?.set(slopeSum);
  return { loss, right };
}

function slopeOf(p: number, isLabel: boolean, slopes: { others: number; label: number }): number {
  if (clipped(p)) return 0;
  return isLabel ? slopes.label : slopes.others;
}

/** Writes softmax's probabilities into `p`; returns the sum of the clipped ones, and the first that is greatest. */
function softmax(logits: Float32Array, from: number, p: Float64Array): { sum: number; best: number } {
  const units = p.length;
  let greatest = logits[from];
  for (let unit = 1; unit < units; unit++) {
    if (logits[from + unit] > greatest) greatest = logits[from + unit];
  }
  let total = 0;
  for (let unit = 0; unit < units; unit++) {
    p[unit] = Math.exp(logits[from + unit] - greatest);
    total += p[unit];
  }
  let sum = 0;
  let best = 0;
  for (let unit = 0; unit < units; unit++) {
    p[unit] /= total;
    sum += clip(p[unit]);
    if (p[unit] > p[best]) best = unit;
  }
  return { sum, best };
}
