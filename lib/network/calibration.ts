/** Whether probabilities are to be believed: how often an answer is right, given how confident it is. */
import { requireCount, requireSameLength } from '../base/checks';

/** The answers whose confidence lies in one interval. */
export interface ConfidenceBin {
  /** how many answers there are */
  count: number;
  /** mean confidence of these answers, 0 … 1; NaN if there are none */
  confidence: number;
  /** share of them that is right, 0 … 1; NaN if there are none */
  accuracy: number;
}

/**
 * Sorts answers by their confidence into equally wide intervals: what a reliability diagram draws.
 *
 * @param confidences - the probability of the answer given, 0 … 1, shape `[n]`
 * @param isRight - whether that answer is right, shape `[n]`
 * @param bins - how many intervals 0 … 1 is cut into
 * @returns shape `[bins]`, from the least confident
 * @throws RangeError if the shapes differ or are empty, or a confidence is not 0 … 1
 * @see Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017), section 2
 */
export function confidenceBins(
  confidences: ArrayLike<number>,
  isRight: ArrayLike<boolean>,
  bins: number,
): ConfidenceBin[] {
  requireSameLength('isRight', isRight, 'confidences', confidences, 'sort by confidence');
  requireCount('bins', bins, 'sort by confidence');
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let index = 0; index < confidences.length; index++) {
    const confidence = confidences[index];
    if (!(confidence >= 0 && confidence <= 1)) {
      throw new RangeError(
        `Cannot sort by confidence: confidence ${index} must be between 0 and 1, got ${confidence}`,
      );
    }
    // The last interval has both its ends.
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))];
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += Number(isRight[index]);
  }
  return sums.map(({ count, confidence, right }) => ({
    count,
    confidence: confidence / count,
    accuracy: right / count,
  }));
}

/**
 * How far confidence and accuracy lie apart, weighted by the answers: `Σ n_b/n · |accuracy_b − confidence_b|`,
 * the expected calibration error.
 *
 * @param bins - as {@link confidenceBins} makes them
 * @returns 0 (each confidence is the share of right answers) … 1
 */
export function calibrationError(bins: readonly ConfidenceBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, confidence, accuracy }) =>
      count === 0 ? sum : sum + (count / total) * Math.abs(accuracy - confidence),
    0,
  );
}
