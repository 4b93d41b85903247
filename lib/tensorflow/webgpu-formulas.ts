/** Formulas as programs of the graphics card: one number of the result by each thread, or one row by each group of threads. */
import type { tf } from './backend';
import { type GpuProgram, runOnGpu } from './insides';

/** What a formula is computed from. */
export interface FormulaInputs {
  /** by their names in the formula, which begin with a capital and end no other: arrays, row after row */
  tensors: Record<string, tf.Tensor>;
  /** `f32` by their names in the formula */
  numbers?: Record<string, number>;
  /** whole numbers, `i32`, by their names in the formula */
  sizes?: Record<string, number>;
}

/** Threads in a group: a multiple of what graphics cards run in step. */
const threads = 64;

/** What does not change from call to call: made once for each formula. */
type Recipe = Pick<GpuProgram, 'shaderKey' | 'variableNames' | 'uniforms' | 'getUserCode'>;
const recipes = new Map<string, Recipe>();

/**
 * Computes each number of a tensor by itself.
 *
 * @param formula - statements of WGSL that return the number at `i`, its place in the result; the same ones always with
 *   inputs of the same names
 * @param shape - of the result
 * @param inputs - see {@link FormulaInputs}
 * @returns the result, to be disposed as any tensor
 */
export function compute(formula: string, shape: readonly number[], inputs: FormulaInputs): tf.Tensor {
  const recipe = recipeOf(formula, inputs, () => entryCode(formula, inputs));
  const size = shape.reduce((product, length) => product * length, 1);
  return run(recipe, [size], Math.ceil(size / threads), shape, inputs);
}

function entryCode(formula: string, inputs: FormulaInputs): string {
  return `
    fn value(i : i32) -> f32 {
      ${declarations(inputs)}
      ${formula}
    }
    fn main(index : i32) {
      if (index < uniforms.size) { result[index] = value(index); }
    }`;
}

/**
 * Sums up, or finds the largest of, the numbers of each row.
 *
 * @param kind - `sum` or `max`
 * @param formula - statements of WGSL that return the number at `i`, which is column `c` of row `row`; as in `compute()`
 * @param shape - of what is summed up, `[rows, columns]`
 * @param inputs - see {@link FormulaInputs}
 * @returns shape `[rows]`; the same numbers give the same sum
 */
export function reduceRows(
  kind: 'sum' | 'max',
  formula: string,
  [rows, columns]: readonly number[],
  inputs: FormulaInputs,
): tf.Tensor {
  const whole = { ...inputs, sizes: { ...inputs.sizes, columns } };
  const recipe = recipeOf(`${kind} ${formula}`, whole, () => rowCode(kind, formula, whole));
  return run(recipe, [rows], rows, [rows], whole);
}

function rowCode(kind: 'sum' | 'max', formula: string, inputs: FormulaInputs): string {
  const [start, join] = kind === 'sum' ? ['0.0', 'a + b'] : ['-3.4e38', 'max(a, b)'];
  return `
    var<workgroup> parts : array<f32, ${threads}>;
    fn join(a : f32, b : f32) -> f32 { return ${join}; }
    fn value(i : i32, row : i32, c : i32) -> f32 {
      ${declarations(inputs)}
      ${formula}
    }
    fn main(index : i32) {
      let row = index / ${threads};
      let own = i32(localId.x);
      var part = f32(${start});
      for (var c = own; c < uniforms.columns; c += ${threads}) {
        part = join(part, value(row * uniforms.columns + c, row, c));
      }
      parts[own] = part;
      for (var half = ${threads / 2}; half > 0; half /= 2) {
        workgroupBarrier();
        if (own < half) { parts[own] = join(parts[own], parts[own + half]); }
      }
      if (own == 0 && row < uniforms.size) { result[row] = parts[0]; }
    }`;
}

/** Rows that one thread adds up: so many that a few thousand columns of a few hundred rows fill the card. */
const stretch = 128;

const columnFormula = `
  let column = i % columns;
  let first = i / columns * ${stretch};
  var sum = 0.0;
  for (var row = first; row < min(first + ${stretch}, rows); row++) { sum += X[row * columns + column]; }
  return sum;`;

/**
 * Sums up the columns of a matrix, a stretch of rows at a time.
 *
 * @param x - any shape, taken as `[…, columns]`
 * @param shape - of the result, `columns` numbers
 * @returns `Σ x` over the rows; the same numbers give the same sum
 */
export function sumColumns(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const columns = shape.reduce((product, length) => product * length, 1);
  const rows = x.size / columns;
  const parts = Math.ceil(rows / stretch);
  const inputs = { tensors: { X: x }, sizes: { columns, rows } };
  if (parts === 1) return compute(columnFormula, shape, inputs);
  const sums = compute(columnFormula, [parts, columns], inputs);
  const whole = sumColumns(sums, shape);
  sums.dispose();
  return whole;
}

const squareFormula = `
  var sum = 0.0;
  for (var place = i; place < count; place += parts) { sum += X[place] * X[place]; }
  return sum;`;

/**
 * Sums up squares, in a thousand parts at most.
 *
 * @param x - any shape
 * @param factor - of the sum
 * @returns `factor Σ x²`, shape `[1]`; the same numbers give the same sum
 */
export function sumSquares(x: tf.Tensor, factor: number): tf.Tensor {
  const parts = Math.min(1024, Math.ceil(x.size / threads));
  const sums = compute(squareFormula, [parts], { tensors: { X: x }, sizes: { count: x.size, parts } });
  const inputs = { tensors: { X: sums }, numbers: { factor } };
  return reduceRows('sum', 'return factor * X[i];', [1, parts], inputs);
}

/** So that a formula says `rate` and not `uniforms.rate`. */
function declarations({ numbers, sizes }: FormulaInputs): string {
  return Object.keys({ ...numbers, ...sizes })
    .map((name) => `let ${name} = uniforms.${name};`)
    .join(' ');
}

function recipeOf(formula: string, { tensors, numbers, sizes }: FormulaInputs, write: () => string): Recipe {
  const known = recipes.get(formula);
  if (known) return known;
  const code = write();
  const fields = [
    ...Object.keys(numbers ?? {}).map((name) => `${name} : f32, `),
    ...Object.keys(sizes ?? {}).map((name) => `${name} : i32, `),
  ];
  const recipe = {
    shaderKey: `descent ${fields.join('')}${code}`,
    // An input that the code does not read would have no place in the program.
    variableNames: Object.keys(tensors).filter((name) => code.includes(`${name}[`)),
    uniforms: fields.join(''),
    getUserCode: () => code,
  };
  recipes.set(formula, recipe);
  return recipe;
}

function run(
  recipe: Recipe,
  outputShape: number[],
  groups: number,
  shape: readonly number[],
  { tensors, numbers = {}, sizes = {} }: FormulaInputs,
): tf.Tensor {
  const program: GpuProgram = {
    ...recipe,
    ...{ outputShape, size: true, dispatch: [groups, 1, 1] },
    dispatchLayout: { x: [0] },
    workgroupSize: [threads, 1, 1],
  };
  const values = [
    ...Object.values(numbers).map((value) => ({ type: 'float32', data: [value] })),
    ...Object.values(sizes).map((value) => ({ type: 'int32', data: [value] })),
  ];
  const inputs = recipe.variableNames.map((name) => tensors[name]);
  return runOnGpu(program, inputs, shape, values);
}
