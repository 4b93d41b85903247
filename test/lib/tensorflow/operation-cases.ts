/**
 * What a transformer needs of the operations, case by case: inputs, and what they come to by the formulas of
 * `TransformerOperations` in double precision. Shapes are no multiple of any tile.
 */
import { seededRandom } from '../../../lib/base/random';
import type { Handle } from '../../../lib/tensorflow/operations';
import type { TransformerOperations } from '../../../lib/tensorflow/transformer-operations';

type Numbers = Record<string, number[]>;

/** One operation with its gradient, on one shape. */
export interface OperationCase {
  name: string;
  shapes: Record<string, number[]>;
  /** of the result */
  shape: number[];
  indices: number[];
  /** float32 numbers, by the names of `shapes`, and `delta`, the gradient by the result */
  values: Numbers;
  forward(values: Numbers): number[];
  /** the gradients by some of the inputs, by their names */
  backward(values: Numbers): Numbers;
  run(operations: TransformerOperations, handles: Record<string, Handle>): Handle;
  runBack(operations: TransformerOperations, handles: Record<string, Handle>): Record<string, Handle>;
}

const size = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

function draw(shape: number[], seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: size(shape) }, () => Math.fround(random.normal()));
}

type Parts = Omit<OperationCase, 'values' | 'indices'> & { limit?: number };

/** Draws the numbers of a case, and indices 0 … `limit` − 1, some of them more than once. */
function makeCase({ limit = 1, ...parts }: Parts, seed: number): OperationCase {
  const entries = [...Object.entries(parts.shapes), ['delta', parts.shape] as const];
  const values = Object.fromEntries(
    entries.map(([name, shape], place) => [name, draw([...shape], 10 * seed + place)]),
  );
  const random = seededRandom(seed);
  const indices = Array.from({ length: parts.shape[0] }, () => Math.floor(random.uniform() * limit));
  return { ...parts, values, indices };
}

/** Sums up rows of `columns` numbers, each at the place that `to` says. */
function gather(delta: number[], columns: number, places: number, to: (row: number) => number): number[] {
  const sums = new Array(places * columns).fill(0);
  delta.forEach((value, index) => {
    sums[to(Math.floor(index / columns)) * columns + (index % columns)] += value;
  });
  return sums;
}

function embedding(rows: number, columns: number, n: number, seed: number): OperationCase {
  const made: OperationCase = makeCase(
    {
      name: `embed() ${n} of ${rows} rows of ${columns}`,
      shapes: { table: [rows, columns] },
      shape: [n, columns],
      limit: rows,
      forward: ({ table }) =>
        made.indices.flatMap((index) => table.slice(index * columns, (index + 1) * columns)),
      backward: ({ delta }) => ({ table: gather(delta, columns, rows, (row) => made.indices[row]) }),
      run: (operations, { table, indices }) => operations.embed(table, indices),
      runBack: (operations, { delta, indices }) => ({
        table: operations.throughEmbed(delta, indices, rows),
      }),
    },
    seed,
  );
  return made;
}

function positions(texts: number, context: number, columns: number, seed: number): OperationCase {
  return makeCase(
    {
      name: `addPositions() ${texts} texts of ${context} × ${columns}`,
      shapes: { x: [texts * context, columns], positions: [context, columns] },
      shape: [texts * context, columns],
      forward: ({ x, positions }) => x.map((value, index) => value + positions[index % positions.length]),
      backward: ({ delta }) => ({ positions: gather(delta, columns, context, (row) => row % context) }),
      run: (operations, { x, positions }) => operations.addPositions(x, positions),
      runBack: (operations, { delta }) => ({ positions: operations.throughPositions(delta, context) }),
    },
    seed,
  );
}

/** `x̂` and `s` of the row that an entry is in. */
function normalise(x: number[], columns: number, row: number) {
  const own = x.slice(row * columns, (row + 1) * columns);
  const mean = own.reduce((sum, value) => sum + value, 0) / columns;
  const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
  const deviation = Math.sqrt(variance + 1e-5);
  return { normal: own.map((value) => (value - mean) / deviation), deviation };
}

function layerNorm(rows: number, columns: number, seed: number): OperationCase {
  const shape = [rows, columns];
  return makeCase(
    {
      name: `layerNorm() ${rows} × ${columns}`,
      shapes: { x: shape, gain: [columns], bias: [columns] },
      shape,
      forward: ({ x, gain, bias }) =>
        Array.from({ length: rows }, (_, row) =>
          normalise(x, columns, row).normal.map((value, c) => gain[c] * value + bias[c]),
        ).flat(),
      backward: ({ x, gain, delta }) => {
        const by = { x: [] as number[], gain: new Array(columns).fill(0), bias: new Array(columns).fill(0) };
        for (let row = 0; row < rows; row++) {
          const { normal, deviation } = normalise(x, columns, row);
          const d = delta.slice(row * columns, (row + 1) * columns);
          const g = d.map((value, c) => value * gain[c]);
          const mean = g.reduce((sum, value) => sum + value, 0) / columns;
          const tilt = g.reduce((sum, value, c) => sum + value * normal[c], 0) / columns;
          by.x.push(...g.map((value, c) => (value - mean - normal[c] * tilt) / deviation));
          for (let c = 0; c < columns; c++) {
            by.gain[c] += d[c] * normal[c];
            by.bias[c] += d[c];
          }
        }
        return by;
      },
      run: (operations, { x, gain, bias }) => operations.layerNorm(x, gain, bias),
      runBack: (operations, { delta, x, gain }) => operations.throughLayerNorm(delta, x, gain),
    },
    seed,
  );
}

const inner = (u: number) => Math.sqrt(2 / Math.PI) * (u + 0.044715 * u ** 3);
const gelu = (u: number) => (u * (1 + Math.tanh(inner(u)))) / 2;
function geluSlope(u: number): number {
  const t = Math.tanh(inner(u));
  const steep = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * u ** 2);
  return (1 + t + u * (1 - t ** 2) * steep) / 2;
}

function biasGelu(rows: number, columns: number, seed: number): OperationCase {
  const shape = [rows, columns];
  return makeCase(
    {
      name: `biasGelu() ${rows} × ${columns}`,
      shapes: { z: shape, bias: [columns] },
      shape,
      forward: ({ z, bias }) => z.map((value, index) => gelu(value + bias[index % columns])),
      backward: ({ z, bias, delta }) => {
        const by = z.map((value, index) => delta[index] * geluSlope(value + bias[index % columns]));
        return { z: by, bias: gather(by, columns, 1, () => 0) };
      },
      run: (operations, { z, bias }) => operations.biasGelu(z, bias),
      runBack: (operations, { delta, z, bias }) => operations.throughBiasGelu(delta, z, bias),
    },
    seed,
  );
}

function residual(rows: number, columns: number, seed: number): OperationCase {
  const shape = [rows, columns];
  return makeCase(
    {
      name: `addResidual() ${rows} × ${columns}`,
      shapes: { x: shape, z: shape, bias: [columns] },
      shape,
      forward: ({ x, z, bias }) => x.map((value, index) => value + z[index] + bias[index % columns]),
      backward: () => ({}),
      run: (operations, { x, z, bias }) => operations.addResidual(x, z, bias),
      runBack: () => ({}),
    },
    seed,
  );
}

/** Probabilities of each position for those up to it, and what it takes to say where their numbers lie. */
interface Head {
  /** shape `[context][position + 1]` */
  a: number[][];
  /** the number of `z + b` in a row of a text, part 0 the query, 1 the key, 2 the value */
  at(part: number, row: number, column: number): number;
  u: number[];
}

interface AttentionSize {
  texts: number;
  context: number;
  heads: number;
  /** columns of a head */
  size: number;
}

function head(z: number[], bias: number[], shape: AttentionSize, text: number, number: number): Head {
  const { context, heads, size } = shape;
  const width = heads * size;
  const u = z.map((value, index) => value + bias[index % (3 * width)]);
  const at = (part: number, row: number, column: number) =>
    (text * context + row) * 3 * width + part * width + number * size + column;
  const a = Array.from({ length: context }, (_, row) => {
    const scores = Array.from({ length: row + 1 }, (_, other) => {
      let dot = 0;
      for (let c = 0; c < size; c++) dot += u[at(0, row, c)] * u[at(1, other, c)];
      return dot / Math.sqrt(size);
    });
    const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
  return { a, at, u };
}

/** Calls for each head, with the place of the head's first column in a row of width D. */
function eachHead(
  z: number[],
  bias: number[],
  shape: AttentionSize,
  call: (head: Head, place: (row: number, column: number) => number) => void,
): void {
  const { texts, context, heads, size } = shape;
  for (let text = 0; text < texts; text++) {
    for (let number = 0; number < heads; number++) {
      const place = (row: number, column: number) =>
        (text * context + row) * heads * size + number * size + column;
      call(head(z, bias, shape, text, number), place);
    }
  }
}

function attention(shape: AttentionSize, seed: number): OperationCase {
  const { texts, context, heads, size } = shape;
  const width = heads * size;
  const forward = ({ z, bias }: Numbers): number[] => {
    const y = new Array(texts * context * width).fill(0);
    eachHead(z, bias, shape, ({ a, at, u }, place) => {
      for (let row = 0; row < context; row++) {
        for (let c = 0; c < size; c++) {
          y[place(row, c)] = a[row].reduce((sum, share, other) => sum + share * u[at(2, other, c)], 0);
        }
      }
    });
    return y;
  };
  const backward = ({ z, bias, delta }: Numbers): Numbers => {
    const by = new Array(z.length).fill(0);
    eachHead(z, bias, shape, ({ a, at, u }, place) => {
      for (let row = 0; row < context; row++) {
        const d = Array.from({ length: size }, (_, c) => delta[place(row, c)]);
        const byShare = a[row].map((_, other) =>
          d.reduce((sum, value, c) => sum + value * u[at(2, other, c)], 0),
        );
        const mean = a[row].reduce((sum, share, other) => sum + share * byShare[other], 0);
        a[row].forEach((share, other) => {
          const g = (share * (byShare[other] - mean)) / Math.sqrt(size);
          for (let c = 0; c < size; c++) {
            by[at(0, row, c)] += g * u[at(1, other, c)];
            by[at(1, other, c)] += g * u[at(0, row, c)];
            by[at(2, other, c)] += share * d[c];
          }
        });
      }
    });
    return { z: by, bias: gather(by, 3 * width, 1, () => 0) };
  };
  return makeCase(
    {
      name: `attend() ${texts} texts of ${context}, ${heads} heads of ${size}`,
      shapes: { z: [texts * context, 3 * width], bias: [3 * width] },
      shape: [texts * context, width],
      forward,
      backward,
      run: (operations, { z, bias }) => operations.attend(z, bias, { heads, context }),
      runBack: (operations, { delta, z, bias }) =>
        operations.throughAttend(delta, z, bias, { heads, context }),
    },
    seed,
  );
}

/** The gradient is of the mean of the losses: `delta` plays no part. */
function crossEntropy(rows: number, columns: number, seed: number): OperationCase {
  const shape = [rows, columns];
  const logSum = (row: number[]) => {
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
  };
  const made: OperationCase = makeCase(
    {
      name: `crossEntropy() ${rows} × ${columns}`,
      shapes: { z: shape },
      shape: [rows],
      limit: columns,
      forward: ({ z }) =>
        made.indices.map((index, row) => {
          const own = z.slice(row * columns, (row + 1) * columns);
          return logSum(own) - own[index];
        }),
      backward: ({ z }) => ({
        z: z.map((value, index) => {
          const row = Math.floor(index / columns);
          const p = Math.exp(value - logSum(z.slice(row * columns, (row + 1) * columns)));
          return (p - Number(index % columns === made.indices[row])) / rows;
        }),
      }),
      run: (operations, { z, indices }) => operations.crossEntropy(z, indices).losses,
      runBack: (operations, { z, indices }) => ({ z: operations.crossEntropy(z, indices).z }),
    },
    seed,
  );
  made.values.delta.fill(Math.fround(1 / rows));
  return made;
}

const matrices = [1, 3, 33].flatMap((rows) => [1, 5, 24, 97].map((columns) => [rows, columns]));

export const operationCases: OperationCase[] = [
  ...matrices.map(([rows, columns], index) => embedding(rows + 4, columns, 2 * rows + 1, 100 + index)),
  positions(1, 1, 5, 200),
  positions(3, 7, 5, 201),
  positions(2, 64, 24, 202),
  ...matrices.map(([rows, columns], index) => layerNorm(rows, columns, 300 + index)),
  ...matrices.map(([rows, columns], index) => biasGelu(rows, columns, 400 + index)),
  ...matrices.map(([rows, columns], index) => residual(rows, columns, 500 + index)),
  ...[
    { texts: 1, context: 1, heads: 1, size: 1 },
    { texts: 3, context: 1, heads: 1, size: 97 },
    { texts: 3, context: 7, heads: 1, size: 5 },
    { texts: 2, context: 7, heads: 3, size: 8 },
    { texts: 1, context: 17, heads: 2, size: 1 },
    { texts: 1, context: 64, heads: 4, size: 24 },
    { texts: 2, context: 64, heads: 2, size: 13 },
  ].map((shape, index) => attention(shape, 600 + index)),
  ...matrices.map(([rows, columns], index) => crossEntropy(rows, columns, 700 + index)),
];
