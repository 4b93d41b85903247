import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import type { Handle } from '../../../lib/tensorflow/operations';
import { KernelMemory } from '../../../lib/tensorflow/wasm-memory';
import { WasmOperations } from '../../../lib/tensorflow/wasm-operations';
import { operationCases } from './operation-cases';

function draw(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

function putInto(run: WasmOperations, values: Float32Array, shape: number[]): Handle {
  const { values: memory, handle } = run.shared(shape);
  memory.set(values);
  return handle;
}

describe('WasmOperations', () => {
  let run: WasmOperations;
  beforeEach(() => {
    run = new WasmOperations();
  });
  afterEach(() => run.dispose());

  const put = (values: Float32Array, shape: number[]) => putInto(run, values, shape);

  /** Also wider than a strip of B, longer than a block of A, deeper than both. */
  const sizes = [1, 3, 33, 130].flatMap((n) =>
    [1, 5, 300].flatMap((k) => [1, 5, 24, 97].map((m) => [n, k, m])),
  );

  test.each(sizes)('matMul() multiplies %i × %i by %i × m, either way transposed', (n, k, m) => {
    const [a, b] = [draw(n * k, n), draw(k * m, m)];
    const expected = new Float64Array(n * m);
    for (let i = 0; i < n; i++) {
      for (let p = 0; p < k; p++) {
        for (let j = 0; j < m; j++) expected[i * m + j] += a[i * k + p] * b[p * m + j];
      }
    }
    const turned = (values: Float32Array, rows: number, columns: number) =>
      values.map((_, index) => values[(index % rows) * columns + Math.floor(index / rows)]);
    const products = [
      run.matMul(put(a, [n, k]), put(b, [k, m])),
      run.matMul(put(turned(a, n, k), [k, n]), put(b, [k, m]), 'first'),
      run.matMul(put(a, [n, k]), put(turned(b, k, m), [m, k]), 'second'),
    ];
    for (const product of products) {
      const values = run.read(product);
      expect(values).toHaveLength(n * m);
      // Each of k products and sums is rounded by up to 6 · 10⁻⁸ of a sum that stays below 5 √k.
      const worst = values.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - expected[index])),
        0,
      );
      expect(worst).toBeLessThan(6e-8 * 5 * k);
    }
    expect(run.read(products[1])).toEqual(run.read(products[0]));
    expect(run.read(products[2])).toEqual(run.read(products[0]));
  });

  test.each(['sigmoid', 'tanh'] as const)('%s is as exact as float32 allows, from −100 to 100', (name) => {
    const z = Float32Array.from({ length: 4001 }, (_, index) => ((index - 2000) / 2000) ** 3 * 100);
    const values = run.read(run.activate(name, put(z, [z.length])));
    z.forEach((value, index) => {
      const exact = name === 'tanh' ? Math.tanh(value) : 1 / (1 + Math.exp(-value));
      // Three roundings of half a unit in the last place, 6 · 10⁻⁸, and the polynomial's 10⁻⁷.
      const error = Math.abs(values[index] - exact);
      expect(error, `${name}(${value})`).toBeLessThanOrEqual(3e-7 * Math.abs(exact) + 1e-37);
    });
  });

  test.each(['relu', 'sigmoid', 'tanh', 'softmax'] as const)('%s hands NaN on', (name) => {
    const [value] = run.read(run.activate(name, put(Float32Array.of(Number.NaN, 1), [1, 2])));
    expect(value).toBeNaN();
  });

  test('refuses what does not fit, and what was freed', () => {
    const [a, b] = [put(draw(6, 1), [2, 3]), put(draw(8, 2), [2, 4])];
    expect(() => run.matMul(a, b)).toThrow(RangeError);
    expect(() => run.addBias(a, b)).toThrow('Cannot add a bias: a tensor must have 3 numbers, got 8');
    expect(() => run.add(a, b)).toThrow(RangeError);
    expect(() => run.descend(a, run.constant(1), b)).toThrow(RangeError);
    expect(() => run.attend(a, b, { heads: 1, context: 1 })).toThrow(RangeError);
    const freed = run.add(a, a);
    run.freeResults();
    expect(() => run.read(freed)).toThrow('freed');
  });

  test('refuses to work once disposed, since another may have the memory', () => {
    const disposed = new WasmOperations();
    const x = disposed.constant(1);
    disposed.dispose();
    disposed.dispose();
    expect(() => disposed.constant(1)).toThrow('disposed');
    expect(() => disposed.read(x)).toThrow('freed');
  });

  test('shared numbers stay the same when the memory grows and moves', () => {
    const shared = run.shared([3]);
    shared.values.set([1, 2, 3]);
    const before = shared.values;
    run.shared([2 ** 20]);
    expect(before).toHaveLength(0);
    expect([...shared.values]).toEqual([1, 2, 3]);
    shared.values[0] = 4;
    expect([...run.read(shared.handle)]).toEqual([4, 2, 3]);
  });
});

/** One step of a network of 20-30-4 that learns by Adam; returns its first weight. */
function steps(run: WasmOperations, count: number, random = seededRandom(1)): number {
  const weights = [
    [20, 30],
    [30, 4],
  ].map((shape) => run.variable(shape, run.shared(shape).handle));
  const states = weights.map((one) => ({
    mean: run.variable([run.read(one).length], one),
    square: run.variable([run.read(one).length], one),
  }));
  const [rate, beta, epsilon] = [0.01, 0.9, 1e-7].map((value) => run.constant(value));
  const settings = { power1: beta, power2: beta, rate, beta1: beta, beta2: beta, epsilon };
  const input = run.shared([16, 20]);
  for (let step = 0; step < count; step++) {
    for (let index = 0; index < 320; index++) input.values[index] = random.normal();
    const h = run.activate('tanh', run.matMul(input.handle, weights[0]));
    const delta = run.matMul(h, weights[1]);
    const back = run.throughActivation('tanh', run.matMul(delta, weights[1], 'second'), h);
    const gradients = [run.matMul(input.handle, back, 'first'), run.matMul(h, delta, 'first')];
    run.freeResults(gradients);
    gradients.forEach((gradient, index) => {
      run.descendByAdam(weights[index], states[index], settings, gradient);
    });
    run.freeResults();
  }
  return run.read(weights[0])[0];
}

/** Every operation of a transformer, forwards and backwards. */
function passes(run: WasmOperations, count: number): void {
  const made = operationCases.map(({ shapes, shape, values, indices, ...one }) => {
    const all: Record<string, number[]> = { ...shapes, delta: shape };
    const handles = Object.fromEntries(
      Object.keys(all).map((name) => [name, putInto(run, Float32Array.from(values[name]), all[name])]),
    );
    const list = run.sharedIndices(indices.length);
    list.values.set(indices);
    return { ...one, handles: { ...handles, indices: list.handle } };
  });
  for (let pass = 0; pass < count; pass++) {
    for (const { handles, ...one } of made) {
      one.run(run, handles);
      one.runBack(run, handles);
    }
    run.freeResults();
  }
}

/** In bytes, of a new memory. */
function sizeAfter(work: (run: WasmOperations) => void): number {
  const idle = KernelMemory.take();
  const run = new WasmOperations();
  work(run);
  run.dispose();
  const { size } = KernelMemory.take();
  idle.giveBack();
  return size;
}

test.each([
  ['steps of a dense network', 5000, steps],
  ['passes through a transformer', 200, passes],
] as const)('many %s take the memory of one', (_, count, work) => {
  const once = sizeAfter((run) => work(run, 1));
  expect(sizeAfter((run) => work(run, count))).toBe(once);
});

describe('when the memory moves at every allocation', () => {
  const { allocate } = KernelMemory.prototype;
  afterEach(() => {
    KernelMemory.prototype.allocate = allocate;
  });

  test.each(operationCases)('$name', ({ shapes, shape, values, indices, ...one }) => {
    const run = new WasmOperations();
    const all: Record<string, number[]> = { ...shapes, delta: shape };
    const handles = Object.fromEntries(Object.keys(all).map((name) => [name, run.shared(all[name])]));
    for (const [name, shared] of Object.entries(handles)) shared.values.set(values[name]);
    const list = run.sharedIndices(indices.length);
    list.values.set(indices);
    const named = Object.fromEntries(Object.entries(handles).map(([name, { handle }]) => [name, handle]));
    const compute = () => {
      const gradients = one.runBack(run, { ...named, indices: list.handle });
      const results = [one.run(run, { ...named, indices: list.handle }), ...Object.values(gradients)];
      return results.map((handle) => run.read(handle));
    };
    const expected = compute();
    KernelMemory.prototype.allocate = function (count) {
      Reflect.get(this, 'grow').call(this, 1);
      return allocate.call(this, count);
    };
    expect(compute()).toEqual(expected);
    run.dispose();
  });
});

describe('KernelMemory', () => {
  test('deals out blocks that do not overlap, with room behind them', () => {
    const memory = KernelMemory.take();
    const blocks = [1, 2, 100, 17, 5000, 64, 3].map((count) => ({ count, start: memory.allocate(count) }));
    const sorted = [...blocks].sort((a, b) => a.start - b.start);
    sorted.slice(1).forEach(({ start }, index) => {
      const before = sorted[index];
      expect(before.start + before.count * 4 + 16).toBeLessThanOrEqual(start);
      expect(start % 16).toBe(0);
    });
    memory.release(blocks[2].start, blocks[2].count);
    expect(memory.allocate(100)).toBe(blocks[2].start);
    memory.giveBack();
  });

  test('two users at a time have two memories', () => {
    const [one, other] = [KernelMemory.take(), KernelMemory.take()];
    expect(one).not.toBe(other);
    for (const memory of [one, other]) memory.giveBack();
  });

  test('says how much there is when there is no more', () => {
    const memory = KernelMemory.take();
    expect(() => memory.allocate(2 ** 31)).toThrow(/^Cannot allocate: WebAssembly has no more memory/);
    memory.giveBack();
  });
});
