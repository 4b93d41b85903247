import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackendName } from '../../../lib/base/host';
import { seededRandom } from '../../../lib/base/random';
import { startTensorflow } from '../../../lib/tensorflow/backend';
import { NativeOperations } from '../../../lib/tensorflow/native-operations';
import type { Handle, Operations } from '../../../lib/tensorflow/operations';
import { PortableOperations } from '../../../lib/tensorflow/portable-operations';
import { WasmOperations } from '../../../lib/tensorflow/wasm-operations';
import { WebGpuOperations } from '../../../lib/tensorflow/webgpu-operations';
import { whyNoWebGpu } from '../../samples/webgpu';
import { operationCases } from './operation-cases';

/** How far the results are from those expected, as a share of the largest of them, or of 1 if all are smaller. */
function apart(values: ArrayLike<number>, expected: readonly number[]): number {
  expect(values).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const distances = expected.map((value, index) => Math.abs(values[index] - value));
  return distances.reduce((most, distance) => Math.max(most, distance), 0) / largest;
}

describe.each(operationCases)('the formulas of $name', ({ shapes, values, forward, backward }) => {
  test('have the gradients that they are said to have', () => {
    const { delta } = values;
    const weighted = (moved: typeof values) =>
      forward(moved).reduce((sum, value, index) => sum + value * delta[index], 0);
    const gradients = backward(values);
    for (const [name, gradient] of Object.entries(gradients)) {
      const random = seededRandom(values[name].length);
      const direction = values[name].map(() => random.normal());
      const [up, down] = [1e-5, -1e-5].map((step) =>
        weighted({ ...values, [name]: values[name].map((value, index) => value + step * direction[index]) }),
      );
      const slope = gradient.reduce((sum, value, index) => sum + value * direction[index], 0);
      expect(gradient).toHaveLength(shapes[name].reduce((product, length) => product * length, 1));
      // Central differences with steps of 10⁻⁵: their error is of the order of 10⁻¹⁰ times third derivatives.
      expect((up - down) / 2e-5 - slope).toBeCloseTo(0, 5);
    }
  });
});

const implementations: [string, BackendName, () => Operations][] = [
  ['the operations of native/', 'native', () => new NativeOperations()],
  ["TensorFlow's own operations", 'native', () => new NativeOperations({ own: false })],
  ['the kernels of wasm/', 'wasm', () => new WasmOperations()],
  ['plain loops, on wasm', 'wasm', () => new PortableOperations()],
  ['plain loops, on js', 'js', () => new PortableOperations()],
];
const noWebGpu = await whyNoWebGpu();
if (!noWebGpu) implementations.push(['WebGPU', 'webgpu', () => new WebGpuOperations()]);
test.skipIf(noWebGpu)(`WebGPU is tried${noWebGpu}`, () => {});

describe.each(implementations)('what a transformer needs, with %s', (_, backend, create) => {
  let before: BackendName;
  let run: Operations;
  beforeAll(async () => {
    before = (await startTensorflow()).backend;
    await startTensorflow(backend);
    run = create();
  });
  afterAll(async () => {
    run.dispose();
    await startTensorflow(before);
  });

  function put(values: readonly number[], shape: number[]): Handle {
    const shared = run.shared(shape);
    shared.values.set(values);
    shared.publish();
    return shared.handle;
  }
  function putIndices(indices: readonly number[]): Handle {
    const shared = run.sharedIndices(indices.length);
    shared.values.set(indices);
    shared.publish();
    return shared.handle;
  }

  test.each(operationCases)('$name', (one) => {
    const shapes: Record<string, number[]> = { ...one.shapes, delta: one.shape };
    const handles = Object.fromEntries(
      Object.entries(one.values).map(([name, values]) => [name, put(values, shapes[name])]),
    );
    handles.indices = putIndices(one.indices);
    // Sums of up to 300 products of float32 numbers, each rounded by up to 6 · 10⁻⁸ of its size.
    expect(apart(run.read(one.run(run, handles)), one.forward(one.values))).toBeLessThan(tolerance);
    const gradients = one.runBack(run, handles);
    for (const [name, expected] of Object.entries(one.backward(one.values))) {
      expect(apart(run.read(gradients[name]), expected), name).toBeLessThan(tolerance);
    }
    // The inputs are as before.
    for (const [name, values] of Object.entries(one.values)) {
      expect([...run.read(handles[name])]).toEqual(values);
    }
    run.freeResults();
  });

  test('crossEntropy() neither overflows nor loses a NaN', () => {
    const z = put([1000, -1000, 0, -1000, -1000, -1000, Number.NaN, 0, 0], [3, 3]);
    const { losses, z: gradient } = run.crossEntropy(z, putIndices([1, 0, 0]));
    const [first, second, third] = run.read(losses);
    expect(first).toBeCloseTo(2000, 3);
    expect(second).toBeCloseTo(Math.log(3), 5);
    expect(third).toBeNaN();
    expect([...run.read(gradient)].slice(0, 3)).toEqual([1, -1, 0].map((value) => Math.fround(value / 3)));
  });

  test.each([-1, 3])('an index %i that there is not is refused', (index) => {
    const [table, indices] = [put([1, 2, 3], [3, 1]), putIndices([0, index])];
    const delta = put([1, 1], [2, 1]);
    const z = put([1, 2, 3, 4, 5, 6], [2, 3]);
    for (const attempt of [
      () => run.embed(table, indices),
      () => run.throughEmbed(delta, indices, 3),
      () => run.crossEntropy(z, indices),
    ]) {
      expect(attempt).toThrow(RangeError);
      expect(attempt).toThrow(String(index));
    }
  });
});

const tolerance = 2e-6;
