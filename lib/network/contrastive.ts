/** How alike two sets of embeddings are, and the loss that pulls pairs together. */
import { requirePositive } from '../base/checks';
import { dotMultiply, map, multiply, scale, subtract, transpose } from '../maths/matrices';
import { type Matrix, requireFiniteVector, requireRectangle, sum } from '../maths/vectors';
import { softmax } from './activations';
import { crossEntropyFromLogits } from './losses';

/** What {@link contrastiveGradient} returns. */
export interface ContrastiveGradient {
  /** by the first embeddings, shape `[B, D]` */
  first: Matrix;
  /** by the second embeddings, shape `[B, D]` */
  second: Matrix;
  /** by the temperature */
  temperature: number;
}

/** Each row scaled to length 1, `u = a / ‖a‖`; refuses rows that point nowhere. */
function unitRows(rows: Matrix): Matrix {
  requireRectangle('rows', rows, 'scale rows to length 1');
  return rows.map((row, index) => {
    requireFiniteVector(`row ${index}`, row, 'scale rows to length 1');
    const length = Math.hypot(...row);
    if (length === 0) {
      throw new RangeError(`Cannot scale rows to length 1: row ${index} is zero, it points nowhere`);
    }
    return row.map((value) => value / length);
  });
}

/**
 * How alike each row of one set is to each of the other: the cosine `s_ij = uᵢ · vⱼ` of the angle
 * between them, with `u` and `v` of length 1.
 *
 * @param first - shape `[M, D]`, of any length but 0; never modified
 * @param second - shape `[N, D]`; never modified
 * @returns shape `[M, N]`, each from −1 to 1
 * @throws RangeError if a row is zero, or if the sets have different dimensions
 */
export function cosineSimilarities(first: Matrix, second: Matrix): Matrix {
  const [u, v] = [unitRows(first), unitRows(second)];
  if (u[0].length !== v[0].length) {
    throw new RangeError(`Cannot compare embeddings: they have ${u[0].length} and ${v[0].length} dimensions`);
  }
  return multiply(u, transpose(v));
}

/**
 * The contrastive loss of a batch of pairs, `½ (L_rows + L_columns)`, with
 * `L_rows = −1/B Σᵢ ln softmax(sᵢ / τ)ᵢ` and `L_columns` the same of the transpose: pair `i` belongs
 * together, all other combinations do not.
 *
 * @param first - one embedding of each pair, before scaling to length 1, shape `[B, D]`
 * @param second - the other, shape `[B, D]`
 * @param temperature - `τ` > 0: the smaller, the more the most similar wrong partner counts
 * @returns the mean over the pairs and both directions, in nats; `ln B` if all embeddings are alike
 * @throws RangeError if the numbers of pairs differ, a row is zero, or `temperature` is not positive
 * @see van den Oord, Li and Vinyals, "Representation learning with contrastive predictive coding"
 *   (2018), https://arxiv.org/abs/1807.03748
 * @see Radford et al., "Learning transferable visual models from natural language supervision"
 *   (2021), https://arxiv.org/abs/2103.00020, figure 3
 */
export function contrastiveLoss(first: Matrix, second: Matrix, temperature: number): number {
  const scaled = scaledSimilarities(first, second, temperature);
  const byColumn = transpose(scaled);
  const both = scaled.map(
    (row, i) => (crossEntropyFromLogits(row, i) + crossEntropyFromLogits(byColumn[i], i)) / 2,
  );
  return sum(both) / both.length;
}

/**
 * The exact gradient of {@link contrastiveLoss}. With `P` the softmax of each row of `S/τ`, `Q` that
 * of each column and `I` the identity, `∂L/∂S = (P + Q − 2I) / (2Bτ) = G`; then `∂L/∂u = G v`, and
 * scaling to length 1 takes away the part along `u`: `∂L/∂a = (∂L/∂u − (u · ∂L/∂u) u) / ‖a‖`.
 *
 * @param first - as in {@link contrastiveLoss}; never modified
 * @param second - as there
 * @param temperature - as there
 * @returns the gradient by both sets of embeddings and by the temperature
 * @throws RangeError as {@link contrastiveLoss}
 */
export function contrastiveGradient(first: Matrix, second: Matrix, temperature: number): ContrastiveGradient {
  const scaled = scaledSimilarities(first, second, temperature);
  const byRow = scaled.map((row) => softmax(row));
  const byColumn = transpose(scaled).map((column) => softmax(column));
  const count = first.length;
  const bySimilarity = byRow.map((row, i) =>
    row.map((p, j) => (p + byColumn[j][i] - (i === j ? 2 : 0)) / (2 * count * temperature)),
  );
  const [u, v] = [unitRows(first), unitRows(second)];
  return {
    first: throughScaling(first, u, multiply(bySimilarity, v)),
    second: throughScaling(second, v, multiply(transpose(bySimilarity), u)),
    temperature: -sum(dotMultiply(bySimilarity, scaled).flat()),
  };
}

/** `S/τ`, shape `[B, B]`. */
function scaledSimilarities(first: Matrix, second: Matrix, temperature: number): Matrix {
  requirePositive('temperature', temperature, 'compute the contrastive loss');
  if (first.length !== second.length) {
    throw new RangeError(
      `Cannot compute the contrastive loss: pairs need as many of both, got ${first.length} and ${second.length}`,
    );
  }
  return map(cosineSimilarities(first, second), (s) => s / temperature);
}

/** `(g − (u · g) u) / ‖a‖` for each row: what of the gradient `g` by `u` reaches `a`. */
function throughScaling(raw: Matrix, unit: Matrix, byUnit: Matrix): Matrix {
  return raw.map((row, i) => {
    const length = Math.hypot(...row);
    const along = multiply(unit[i], byUnit[i]);
    return scale(1 / length, subtract(byUnit[i], scale(along, unit[i])));
  });
}
