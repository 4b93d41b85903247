/** Least squares for wide and tall tables: the solution of least norm, by Cholesky's factors. */
import { requireNonNegative } from '../base/checks';
import { type Matrix, requireRectangle } from './vectors';

/**
 * The weights `W` that make `Σ (Φ W − Y)²` least; if many do, those of least norm. With at most as many
 * columns as rows they solve `(ΦᵀΦ) W = ΦᵀY`; with more, `W = Φᵀ A` with `(ΦΦᵀ) A = Y`, and `Φ W = Y`.
 *
 * @param features - `Φ`, shape `[n, h]`; never changed
 * @param targets - `Y`, shape `[n, k]`; never changed
 * @param ridge - what is added to the diagonal before it is factored, as a share of its mean, so that
 *   rounding cannot make it singular, >= 0; 1e-10
 * @returns `W`, shape `[h, k]`
 * @throws RangeError if the shapes do not fit, or columns (or rows) depend on each other
 * @see Golub and Van Loan, *Matrix Computations* (2013), 4.2 (Cholesky), 5.3 and 5.6 (least squares)
 */
export function leastSquares(features: Matrix, targets: Matrix, ridge = 1e-10): Matrix {
  requireRectangle('features', features, 'fit');
  requireRectangle('targets', targets, 'fit');
  requireNonNegative('ridge', ridge, 'fit');
  if (targets.length !== features.length) {
    throw new RangeError(`Cannot fit: targets must have ${features.length} rows, got ${targets.length}`);
  }
  const [phi, y] = [packed(features), packed(targets)];
  const wide = phi.columns > phi.rows;
  const vectors = wide ? phi : turned(phi);
  const factor = choleskyFactor(gram(vectors, ridge), vectors.rows);
  return unpacked(wide ? product(turned(phi), solved(factor, y)) : solved(factor, product(vectors, y)));
}

/** A table row by row in one array. */
interface Doubles {
  values: Float64Array;
  rows: number;
  columns: number;
}

function packed(rows: Matrix): Doubles {
  return { values: Float64Array.from(rows.flat()), rows: rows.length, columns: rows[0].length };
}

function unpacked({ values, rows, columns }: Doubles): Matrix {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
}

/** The transpose. */
function turned({ values, rows, columns }: Doubles): Doubles {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column];
    }
  }
  return { values: result, rows: columns, columns: rows };
}

/** `A B`. */
function product(a: Doubles, b: Doubles): Doubles {
  const result = new Float64Array(a.rows * b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = a.values[row * a.columns + inner];
      for (let column = 0; column < b.columns; column++) {
        result[row * b.columns + column] += factor * b.values[inner * b.columns + column];
      }
    }
  }
  return { values: result, rows: a.rows, columns: b.columns };
}

/** The lower half of `A Aᵀ`, with the ridge on its diagonal. */
function gram({ values, rows, columns }: Doubles, ridge: number): Float64Array {
  const result = new Float64Array(rows * rows);
  let diagonal = 0;
  for (let i = 0; i < rows; i++) {
    const one = values.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let inner = 0, other = j * columns; inner < columns; inner++, other++) {
        sum += one[inner] * values[other];
      }
      result[i * rows + j] = sum;
    }
    diagonal += result[i * rows + i];
  }
  for (let i = 0; i < rows; i++) result[i * rows + i] += (ridge * diagonal) / rows;
  return result;
}

/** `L` with `L Lᵀ = A`, in the place of `A`'s lower half. */
function choleskyFactor(matrix: Float64Array, size: number): Doubles {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j];
      for (let inner = 0; inner < j; inner++) sum -= matrix[i * size + inner] * matrix[j * size + inner];
      if (i === j && !(sum > 0)) {
        throw new RangeError(`Cannot fit: the features depend on each other, at ${i}; give a larger ridge`);
      }
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j];
    }
  }
  return { values: matrix, rows: size, columns: size };
}

/** `X` with `L Lᵀ X = B`, in the place of `B`. */
function solved({ values: lower, rows: size }: Doubles, right: Doubles): Doubles {
  const { values: x, columns } = right;
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let sum = x[i * columns + column];
      for (let j = 0; j < i; j++) sum -= lower[i * size + j] * x[j * columns + column];
      x[i * columns + column] = sum / lower[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = x[i * columns + column];
      for (let j = i + 1; j < size; j++) sum -= lower[j * size + i] * x[j * columns + column];
      x[i * columns + column] = sum / lower[i * size + i];
    }
  }
  return right;
}
