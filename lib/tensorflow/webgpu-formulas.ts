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

/**
 * Computes each number of a tensor by itself.
 *
 * @param formula - statements of WGSL that return the number at `i`, its place in the result
 * @param shape - of the result
 * @param inputs - see {@link FormulaInputs}
 * @returns the result, to be disposed as any tensor
 */
export function compute(formula: string, shape: readonly number[], inputs: FormulaInputs): tf.Tensor {
  const code = `
    fn value(i : i32) -> f32 {
      ${declarations(inputs)}
      ${formula}
    }
    fn main(index : i32) {
      if (index < uniforms.size) { result[index] = value(index); }
    }`;
  const size = shape.reduce((product, length) => product * length, 1);
  const program = { size: true, dispatch: [Math.ceil(size / threads), 1, 1] };
  return run(code, [size], shape, program, inputs);
}

/**
 * Sums up, or finds the largest of, the numbers of each row.
 *
 * @param kind - `sum` or `max`
 * @param formula - statements of WGSL that return the number at `i`, which is column `c` of row `row`
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
  const [start, join] = kind === 'sum' ? ['0.0', 'a + b'] : ['-3.4e38', 'max(a, b)'];
  const whole = { ...inputs, sizes: { ...inputs.sizes, columns } };
  const code = `
    var<workgroup> parts : array<f32, ${threads}>;
    fn join(a : f32, b : f32) -> f32 { return ${join}; }
    fn value(i : i32, row : i32, c : i32) -> f32 {
      ${declarations(whole)}
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
  return run(code, [rows], [rows], { size: true, dispatch: [rows, 1, 1] }, whole);
}

/** Rows that one thread adds up: so many that a few thousand columns of a few hundred rows fill the card. */
const stretch = 128;

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
  const sums = compute(
    `let column = i % columns;
    let first = i / columns * ${stretch};
    var sum = 0.0;
    for (var row = first; row < min(first + ${stretch}, rows); row++) { sum += X[row * columns + column]; }
    return sum;`,
    parts === 1 ? shape : [parts, columns],
    { tensors: { X: x }, sizes: { columns, rows } },
  );
  return parts === 1 ? sums : sumColumns(sums, shape);
}

/** So that a formula says `rate` and not `uniforms.rate`. */
function declarations({ numbers, sizes }: FormulaInputs): string {
  return Object.keys({ ...numbers, ...sizes })
    .map((name) => `let ${name} = uniforms.${name};`)
    .join(' ');
}

function run(
  code: string,
  outputShape: number[],
  shape: readonly number[],
  program: Pick<GpuProgram, 'size' | 'dispatch'>,
  { tensors, numbers = {}, sizes = {} }: FormulaInputs,
): tf.Tensor {
  const uniforms = [
    ...Object.entries(numbers).map(([name, value]) => ({ name, type: 'float32', value })),
    ...Object.entries(sizes).map(([name, value]) => ({ name, type: 'int32', value })),
  ];
  const fields = uniforms.map(({ name, type }) => `${name} : ${type === 'int32' ? 'i32' : 'f32'}, `).join('');
  // An input that the code does not read would have no place in the program.
  const used = Object.entries(tensors).filter(([name]) => code.includes(`${name}[`));
  const whole: GpuProgram = {
    ...program,
    outputShape,
    shaderKey: `descent ${fields} ${code}`,
    dispatchLayout: { x: [0] },
    workgroupSize: [threads, 1, 1],
    variableNames: used.map(([name]) => name),
    uniforms: fields,
    getUserCode: () => code,
  };
  const values = uniforms.map(({ type, value }) => ({ type, data: [value] }));
  return runOnGpu(
    whole,
    used.map(([, tensor]) => tensor),
    shape,
    values,
  );
}
