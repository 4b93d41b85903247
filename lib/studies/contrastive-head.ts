/** What follows two towers in a training: the loss of groups of pairs and its gradient, in one pass. */

/** How pairs are compared. */
export interface ContrastiveHead {
  /** pairs in a group, no two with the same name */
  pairs: number;
  /** numbers of an embedding */
  size: number;
  /** `τ` > 0 */
  temperature: number;
  /** `attract` leaves out the denominator: pairs attract, nothing repels */
  loss: 'contrast' | 'attract';
}

/** The embeddings of one batch before they are scaled to length 1, and who belongs to whom. */
export interface Embeddings {
  /** group after group, shape `[groups · pairs, size]` */
  pictures: Float32Array;
  /** all names, shape `[names, size]` */
  names: Float32Array;
  /** which name each picture has, shape `[groups · pairs]` */
  nameOf: ArrayLike<number>;
}

/**
 * The mean over groups of `contrastiveLoss()`, or of `−mean sᵢᵢ` where pairs only attract, and its
 * gradient: with `G = ∂L/∂S`, `∂L/∂u = G v` and `∂L/∂v = Gᵀ u`, both through the scaling to length 1;
 * `∂L/∂ln τ = −Σ Gᵢⱼ sᵢⱼ`.
 *
 * @param head - how pairs are compared
 * @param embeddings - not changed
 * @param byPictures - receives ∂L/∂pictures
 * @param byNames - receives ∂L/∂names, zeros for names that are not in the batch
 * @returns the mean loss, and its slope by `ln τ`
 */
export function contrastiveHead(
  head: ContrastiveHead,
  { pictures, names, nameOf }: Embeddings,
  byPictures: Float32Array,
  byNames: Float32Array,
): { loss: number; byLogTemperature: number } {
  const { pairs, size } = head;
  const rows = pictures.length / size;
  const groups = rows / pairs;
  const [u, pictureLengths] = unitRows(pictures, size);
  const [v, nameLengths] = unitRows(names, size);
  const [byU, byV] = [new Float64Array(u.length), new Float64Array(v.length)];
  const similarities = new Float64Array(pairs * pairs);
  const slopes = new Float64Array(pairs * pairs);
  let [loss, byLogTemperature] = [0, 0];
  for (let group = 0; group < groups; group++) {
    // Where the pictures of the group begin in `u`, and where their names begin in `v`.
    const uAt = Array.from({ length: pairs }, (_, i) => (group * pairs + i) * size);
    const vAt = Array.from({ length: pairs }, (_, j) => nameOf[group * pairs + j] * size);
    for (let i = 0; i < pairs; i++) {
      for (let j = 0; j < pairs; j++) similarities[i * pairs + j] = dot(u, uAt[i], v, vAt[j], size);
    }
    loss += lossOf[head.loss](similarities, head, slopes) / groups;
    for (let i = 0; i < pairs; i++) {
      for (let j = 0; j < pairs; j++) {
        const slope = slopes[i * pairs + j] / groups;
        byLogTemperature -= slope * similarities[i * pairs + j];
        for (let d = 0; d < size; d++) {
          byU[uAt[i] + d] += slope * v[vAt[j] + d];
          byV[vAt[j] + d] += slope * u[uAt[i] + d];
        }
      }
    }
  }
  throughScaling(u, pictureLengths, byU, byPictures);
  throughScaling(v, nameLengths, byV, byNames);
  return { loss, byLogTemperature };
}

/** Each returns the loss of one group, from `S`, and writes `∂L/∂S`. */
const lossOf = {
  /** `−1/2N Σ (ln Pᵢᵢ + ln Qᵢᵢ)`, `G = (P + Q − 2I) / 2Nτ`, with softmax by rows `P`, by columns `Q` */
  contrast(s: Float64Array, { pairs, temperature }: ContrastiveHead, slopes: Float64Array): number {
    slopes.fill(0);
    let loss = 0;
    for (let i = 0; i < pairs; i++) {
      loss += crossEntropy(s, i * pairs, 1, i, pairs, temperature, slopes);
      loss += crossEntropy(s, i, pairs, i, pairs, temperature, slopes);
    }
    for (let at = 0; at < slopes.length; at++) slopes[at] /= 2 * pairs * temperature;
    return loss / (2 * pairs);
  },
  attract(s: Float64Array, { pairs }: ContrastiveHead, slopes: Float64Array): number {
    slopes.fill(0);
    let loss = 0;
    for (let i = 0; i < pairs; i++) {
      loss -= s[i * pairs + i] / pairs;
      slopes[i * pairs + i] = -1 / pairs;
    }
    return loss;
  },
};

/** `−ln softmax(s/τ)` of one row or column at `right`; adds softmax minus one-hot to the slopes. */
function crossEntropy(
  s: Float64Array,
  from: number,
  stride: number,
  right: number,
  count: number,
  temperature: number,
  slopes: Float64Array,
): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) greatest = Math.max(greatest, s[from + k * stride]);
  const shares = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    shares[k] = Math.exp((s[from + k * stride] - greatest) / temperature);
    sum += shares[k];
  }
  for (let k = 0; k < count; k++) slopes[from + k * stride] += shares[k] / sum;
  slopes[from + right * stride] -= 1;
  return Math.log(sum) - (s[from + right * stride] - greatest) / temperature;
}

/** Rows of length 1, and the lengths that they had; a row of zeros stays one. */
function unitRows(rows: Float32Array, size: number): [Float64Array, Float64Array] {
  const lengths = new Float64Array(rows.length / size);
  const unit = Float64Array.from(rows);
  for (let row = 0; row < lengths.length; row++) {
    const from = row * size;
    lengths[row] = Math.sqrt(dot(unit, from, unit, from, size) + 1e-12);
    for (let d = 0; d < size; d++) unit[from + d] /= lengths[row];
  }
  return [unit, lengths];
}

/** `(g − (u · g) u) / ‖a‖` for each row: what of the gradient `g` by `u` reaches `a`. */
function throughScaling(
  unit: Float64Array,
  lengths: Float64Array,
  byUnit: Float64Array,
  result: Float32Array,
): void {
  const size = unit.length / lengths.length;
  for (let row = 0; row < lengths.length; row++) {
    const from = row * size;
    const along = dot(unit, from, byUnit, from, size);
    for (let d = 0; d < size; d++) {
      result[from + d] = (byUnit[from + d] - along * unit[from + d]) / lengths[row];
    }
  }
}

function dot(a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, size: number): number {
  let sum = 0;
  for (let d = 0; d < size; d++) sum += a[aFrom + d] * b[bFrom + d];
  return sum;
}
