import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import v8 from 'node:v8';
import { describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { operationCases } from './operation-cases';

/** How many modules were compiled, or refused. */
let tries = 0;

/** An engine that refuses the first so many modules. */
function refuse(count: number): void {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { Module: new (bytes: object) => object } };
  const { Module } = WebAssembly;
  tries = 0;
  class Picky {
    constructor(bytes: object) {
      if (tries++ < count) throw new Error('CompileError');
      // biome-ignore lint/correctness/noConstructorReturn: the engine's own module is wanted
      return new Module(bytes);
    }
  }
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Module: Picky }));
}

/** A processor may round `a b + c` once with relaxed SIMD, and rounds twice without. */
describe.each([
  ['relaxed', 0],
  ['plain', 1],
])('the %s kernels', (_, refused) => {
  // Known since Node 22; before, behind this flag.
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  test('compute what the formulas say', async () => {
    vi.resetModules();
    const { WasmOperations } = await import('../../../lib/tensorflow/wasm-operations');
    // TensorFlow.js has compiled modules of its own by now.
    refuse(refused);
    for (const { name, shapes, shape, values, indices, ...one } of operationCases) {
      const run = new WasmOperations();
      const all: Record<string, number[]> = { ...shapes, delta: shape };
      const handles = Object.fromEntries(
        Object.entries(all).map(([key, size]) => {
          const shared = run.shared(size);
          shared.values.set(values[key]);
          return [key, shared.handle];
        }),
      );
      const list = run.sharedIndices(indices.length);
      list.values.set(indices);
      handles.indices = list.handle;
      const results = { ...one.runBack(run, handles), forward: one.run(run, handles) };
      const expected: Record<string, number[]> = { ...one.backward(values), forward: one.forward(values) };
      for (const [key, numbers] of Object.entries(expected)) {
        const computed = run.read(results[key as keyof typeof results]);
        const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        numbers.forEach((value, index) => {
          // As in transformer-operations.test.ts.
          expect(Math.abs(computed[index] - value), `${name} ${key}`).toBeLessThan(2e-6 * largest);
        });
      }
      run.dispose();
    }
    expect(tries).toBe(refused + 1);
    vi.unstubAllGlobals();
  });
});

test('without SIMD TensorFlow.js’s kernels serve, and the report says so', async () => {
  vi.resetModules();
  const { startTensorflow } = await import('../../../lib/tensorflow/backend');
  const { createOperations } = await import('../../../lib/tensorflow/create-operations');
  const { createKernels } = await import('../../../lib/tensorflow/wasm-kernels');
  // Of the course's modules, none compiles; TensorFlow.js compiles its own in another way.
  refuse(1000);
  const { reason } = await startTensorflow('wasm');
  expect(reason).toMatch(/there is no 128-bit SIMD\.$/);
  expect(createKernels).toThrow('there is no 128-bit SIMD');
  const run = createOperations();
  expect(run.constructor.name).toBe('PortableOperations');
  run.dispose();
  vi.unstubAllGlobals();
});

/** Such an engine knows no SIMD, whatever the processor has. */
const onlyX64 = process.arch === 'x64' ? '' : ' (skipped: this processor is no x64)';

test.skipIf(onlyX64)(`on a processor without SSE 4.1 the program trains all the same${onlyX64}`, () => {
  const program = ['--import', 'tsx', join('tools', 'mnist.ts'), '--backend', 'wasm'];
  const few = ['--limit', '500', '--epochs', '1'];
  const ended = spawnSync(process.execPath, ['--no-enable-sse4-1', ...program, ...few], {
    cwd: projectRoot(),
    encoding: 'utf8',
  });
  expect(ended.stderr).not.toMatch(/Error|Cannot/);
  expect(ended.status).toBe(0);
  expect(ended.stdout).toMatch(
    /because there is no 128-bit SIMD\.\n[\s\S]*Loss: \d\.\d+, Accuracy: 0\.[4-9]/,
  );
});
