import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { seededRandom } from '../../../lib/base/random';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { createOperations } from '../../../lib/tensorflow/create-operations';
import { countNativeTensors } from '../../../lib/tensorflow/insides';
import { NativeOperations } from '../../../lib/tensorflow/native-operations';
import {
  type ActivationName,
  activationNames,
  type Handle,
  type Operations,
} from '../../../lib/tensorflow/operations';
import { PortableOperations } from '../../../lib/tensorflow/portable-operations';
import { WasmOperations } from '../../../lib/tensorflow/wasm-operations';
import { WebGpuOperations } from '../../../lib/tensorflow/webgpu-operations';
import { whyNoWebGpu } from '../../samples/webgpu';

const noWebGpu = await whyNoWebGpu();
const hasNative = (await startTensorflow()).backend === 'native';
/** Whose operations, on which backend. */
const implementations: [string, BackendName, () => Operations][] = [
  ['the kernels of wasm/', 'wasm', () => new WasmOperations()],
  ["TensorFlow.js's kernels on wasm", 'wasm', () => new PortableOperations()],
  ["TensorFlow.js's kernels on js", 'js', () => new PortableOperations()],
];
if (hasNative) implementations.push(['native TensorFlow', 'native', () => new NativeOperations()]);
if (!noWebGpu) implementations.push(['WebGPU', 'webgpu', () => new WebGpuOperations()]);
test.skipIf(noWebGpu)(`WebGPU is tried${noWebGpu}`, () => {});

/** Numbers away from zero, where a relu has no slope. */
function draw(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const value = random.normal();
    return value + Math.sign(value) * 0.05;
  });
}

const rows = (values: ArrayLike<number>, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]),
  );
const columns = (matrix: number[][]) => matrix[0].map((_, j) => matrix.map((row) => row[j]));
const product = (a: number[][], b: number[][]) =>
  a.map((row) => columns(b).map((column) => row.reduce((sum, x, k) => sum + x * column[k], 0)));

/** Each activation by its definition, row by row, in double precision. */
const phi: Record<ActivationName, (z: number[]) => number[]> = {
  linear: (z) => z,
  relu: (z) => z.map((value) => Math.max(0, value)),
  sigmoid: (z) => z.map((value) => 1 / (1 + Math.exp(-value))),
  tanh: (z) => z.map(Math.tanh),
  softmax: (z) => {
    const powers = z.map(Math.exp);
    const sum = powers.reduce((total, one) => total + one, 0);
    return powers.map((power) => power / sum);
  },
};

describe.each(implementations)('the operations with %s', (_, backend, create) => {
  let before: BackendName;
  let run: Operations;
  let tensors: number;
  let handles: number;
  beforeAll(async () => {
    before = (await startTensorflow()).backend;
    await startTensorflow(backend);
  });
  afterAll(() => startTensorflow(before));
  beforeEach(() => {
    tensors = tf.memory().numTensors;
    handles = countNativeTensors();
    run = create();
  });
  afterEach(() => {
    run.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(countNativeTensors()).toBe(handles);
  });

  function put(values: number[], shape: number[]): Handle {
    const shared = run.shared(shape);
    shared.values.set(values);
    shared.publish();
    return shared.handle;
  }
  function expectClose(handle: Handle, expected: number[], precision = 5): void {
    const values = run.read(handle);
    expect(values).toHaveLength(expected.length);
    expected.forEach((value, index) => {
      expect(values[index]).toBeCloseTo(value, precision);
    });
  }

  // Shapes that are no multiple of anything.
  const [a, b] = [draw(5 * 3, 1), draw(3 * 7, 2)];

  test('matMul() multiplies, with either factor transposed', () => {
    const expected = product(rows(a, 3), rows(b, 7)).flat();
    const [at, bt] = [columns(rows(a, 3)).flat(), columns(rows(b, 7)).flat()];
    expectClose(run.matMul(put(a, [5, 3]), put(b, [3, 7])), expected);
    expectClose(run.matMul(put(at, [3, 5]), put(b, [3, 7]), 'first'), expected);
    expectClose(run.matMul(put(a, [5, 3]), put(bt, [7, 3]), 'second'), expected);
  });

  test('addBias() and sumRows() go down the rows', () => {
    const bias = [10, 20, 30];
    expectClose(
      run.addBias(put(a, [5, 3]), put(bias, [3])),
      a.map((value, index) => value + bias[index % 3]),
    );
    expectClose(
      run.sumRows(put(a, [5, 3])),
      columns(rows(a, 3)).map((column) => column.reduce((sum, one) => sum + one, 0)),
    );
  });

  test('add(), multiply() and divide() go entry by entry, or by a number', () => {
    const [x, y] = [put(a, [5, 3]), put(draw(15, 3), [5, 3])];
    const other = draw(15, 3).map(Math.fround);
    expectClose(
      run.add(x, y),
      a.map((value, index) => value + other[index]),
    );
    expectClose(
      run.multiply(x, y),
      a.map((value, index) => value * other[index]),
    );
    expectClose(
      run.multiply(x, run.constant(3)),
      a.map((value) => 3 * value),
    );
    expectClose(
      run.divide(x, run.constant(255)),
      a.map((value) => value / 255),
      7,
    );
    const half = a.reduce((sum, one) => sum + one ** 2, 0) / 2;
    expectClose(run.halfSquares(x), [half]);
    expectClose(run.halfSquares(x, x, x), [3 * half]);
    expectClose(run.zerosLike(x), new Array(15).fill(0));
  });

  test.each(activationNames)('activate() is %s, and throughActivation() its slope', (name) => {
    const [z, delta] = [draw(4 * 3, 4), draw(4 * 3, 5)];
    const value = (values: number[]) => rows(values, 3).flatMap(phi[name]);
    const activated = run.activate(name, put(z, [4, 3]));
    expectClose(activated, value(z));
    // ∂/∂z of Σ δ φ(z), by central differences in double precision.
    const weighted = (values: number[]) =>
      value(values).reduce((sum, one, index) => sum + delta[index] * one, 0);
    const slopes = z.map((_, index) => {
      const [up, down] = [1e-6, -1e-6].map((step) => z.map((one, at) => one + Number(at === index) * step));
      return (weighted(up) - weighted(down)) / 2e-6;
    });
    expectClose(run.throughActivation(name, put(delta, [4, 3]), activated), slopes);
  });

  test('a relu has the slope 0 at 0', () => {
    const zero = put([0, -0], [1, 2]);
    const slope = run.throughActivation('relu', put([5, 5], [1, 2]), run.activate('relu', zero));
    expectClose(slope, [0, 0]);
  });

  const gradients = [draw(6, 6), draw(6, 7), draw(6, 8)].map((one) => one.map(Math.fround));
  const start = draw(6, 9).map(Math.fround);
  const number = (value: number) => run.constant(value);
  const zeros = () => run.variable([2, 3], run.zerosLike(put(start, [2, 3])));

  /** Three updates, and what they come to by the formula. */
  function expectUpdates(
    update: (parameter: Handle, gradient: Handle, t: number) => void,
    formula: (theta: number, gradient: number, t: number, index: number) => number,
  ): void {
    const parameter = run.variable([2, 3], put(start, [2, 3]));
    let expected = start;
    gradients.forEach((gradient, t) => {
      update(parameter, put(gradient, [2, 3]), t);
      expected = expected.map((theta, index) => formula(theta, gradient[index], t, index));
    });
    expectClose(run.readVariable(parameter), expected);
    const tensor = run.variableToTensor(parameter, [2, 3]);
    expect(tensor.shape).toEqual([2, 3]);
    expect(tensor.dataSync()[3]).toBeCloseTo(expected[3], 5);
    tensor.dispose();
  }

  test('descend() is θ − α g', () => {
    expectUpdates(
      (parameter, gradient) => run.descend(parameter, number(0.1), gradient),
      (theta, gradient) => theta - 0.1 * gradient,
    );
  });

  test.each([false, true])('descendWithMomentum() follows its formula, Nesterov %s', (nesterov) => {
    const sum = zeros();
    const m = new Array(6).fill(0);
    expectUpdates(
      (parameter, gradient) => {
        const settings = { rate: number(0.1), momentum: number(0.9), nesterov };
        run.descendWithMomentum(parameter, { sum }, settings, gradient);
      },
      (theta, gradient, _, index) => {
        m[index] = 0.9 * m[index] + gradient;
        return theta - 0.1 * (nesterov ? gradient + 0.9 * m[index] : m[index]);
      },
    );
  });

  test('descendByRmsProp() follows its formula', () => {
    const state = { square: zeros(), moment: zeros() };
    const [v, m] = [new Array(6).fill(0), new Array(6).fill(0)];
    expectUpdates(
      (parameter, gradient) => {
        const settings = {
          ...{ rate: number(0.1), decay: number(0.8) },
          ...{ momentum: number(0.5), epsilon: number(0.01) },
        };
        run.descendByRmsProp(parameter, state, settings, gradient);
      },
      (theta, gradient, _, index) => {
        v[index] = 0.8 * v[index] + 0.2 * gradient ** 2;
        m[index] = 0.5 * m[index] + (0.1 * gradient) / Math.sqrt(v[index] + 0.01);
        return theta - m[index];
      },
    );
  });

  test('descendByAdam() follows its formula', () => {
    const state = { mean: zeros(), square: zeros() };
    const [m, v] = [new Array(6).fill(0), new Array(6).fill(0)];
    expectUpdates(
      (parameter, gradient, t) => {
        const settings = {
          ...{ power1: number(0.9 ** (t + 1)), power2: number(0.8 ** (t + 1)) },
          ...{ rate: number(0.1), beta1: number(0.9), beta2: number(0.8), epsilon: number(0.01) },
        };
        run.descendByAdam(parameter, state, settings, gradient);
      },
      (theta, gradient, t, index) => {
        m[index] = 0.9 * m[index] + 0.1 * gradient;
        v[index] = 0.8 * v[index] + 0.2 * gradient ** 2;
        const rate = (0.1 * Math.sqrt(1 - 0.8 ** (t + 1))) / (1 - 0.9 ** (t + 1));
        return theta - (rate * m[index]) / (Math.sqrt(v[index]) + 0.01);
      },
    );
  });

  test('variable() and assign() take values, and leave the tensors alone that had them', () => {
    const [first, second] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6])];
    const variable = run.variable([3], run.handleOf(first));
    run.descend(variable, number(1), put([1, 1, 1], [3]));
    expectClose(run.readVariable(variable), [0, 1, 2]);
    run.freeResults();
    run.assign(variable, run.handleOf(second));
    run.descend(variable, number(1), put([1, 1, 1], [3]));
    expectClose(run.readVariable(variable), [3, 4, 5]);
    expect([...first.dataSync(), ...second.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    tf.dispose([first, second]);
  });

  test.each([[[]], [[1]], [[3]], [[4, 16]], [[5, 3]], [[1, 1000]]])(
    'shared numbers of shape %j are zeros at first, on both sides',
    (shape) => {
      const { values, handle } = run.shared(shape);
      const zeros = new Float32Array(shape.reduce((product, length) => product * length, 1));
      expect(values).toEqual(zeros);
      expect(run.read(handle)).toEqual(zeros);
    },
  );

  test('what is written into shared numbers counts once it is published', () => {
    const shared = run.shared([2]);
    for (const values of [
      [1, 2],
      [3, 4],
    ]) {
      shared.values.set(values);
      shared.publish();
      expectClose(
        run.multiply(shared.handle, number(2)),
        values.map((value) => 2 * value),
      );
    }
  });

  test('freeResults() keeps what it is told to keep', () => {
    const x = put(a, [5, 3]);
    const kept = run.add(x, x);
    run.add(x, x);
    run.freeLastResult();
    run.freeResults([kept]);
    expectClose(
      kept,
      a.map((value) => 2 * value),
    );
    run.freeResults();
  });

  test('discard() frees some results before the others', () => {
    const x = put(a, [5, 3]);
    const first = run.add(x, x);
    const count = run.countResults();
    const gone = run.add(first, x);
    const last = run.add(first, first);
    const later = run.resultsAfter(count);
    expect([[], [gone, last]]).toContainEqual(later);
    run.discard(later.filter((handle) => handle === gone));
    run.add(x, x);
    for (const [handle, factor] of [
      [first, 2],
      [last, 4],
    ]) {
      expectClose(
        handle,
        a.map((value) => factor * value),
      );
    }
    run.freeResults();
  });

  test('handleOf() reads a tensor, which stays the caller’s', () => {
    const tensor = tf.tensor2d(a, [5, 3]);
    expectClose(
      run.multiply(run.handleOf(tensor), number(2)),
      a.map((value) => 2 * value),
    );
    run.freeResults();
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });
});

describe('createOperations()', () => {
  const chosen: [BackendName, string][] = [
    ['wasm', 'WasmOperations'],
    ['js', 'PortableOperations'],
  ];
  if (hasNative) chosen.push(['native', 'NativeOperations']);
  if (!noWebGpu) chosen.push(['webgpu', 'WebGpuOperations']);

  test.each(chosen)('chooses for %s %s', async (backend, name) => {
    const before = (await startTensorflow()).backend;
    await startTensorflow(backend);
    const run = createOperations();
    expect(run.constructor.name).toBe(name);
    run.dispose();
    await startTensorflow(before);
  });
});
