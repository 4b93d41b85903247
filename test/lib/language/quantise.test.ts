import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../../lib/language/checkpoint';
import { gptTensors } from '../../../lib/language/gpt-shape';
import { dequantise, gptBytes, quantise, quantiseGpt } from '../../../lib/language/quantise';
import { drawnGpt } from '../../samples/drawn-gpt';

const shape = { vocabulary: 7, context: 5, layers: 1, heads: 3, width: 9 };

test('quantise() by hand: three bits, a scale for each column', () => {
  const { codes, scales } = quantise([3, -0.25, 1.4, 0.5, -2.6, 0], 2, 3);
  expect(Array.from(scales)).toEqual([1, Math.fround(0.5 / 3)]);
  expect(Array.from(codes)).toEqual([3, -1, 1, 3, -3, 0]);
});

test('each weight is off by at most half a step of its scale, and no code is greater than the bits allow', () => {
  const numbers = fc.array(fc.integer({ min: -100_000, max: 100_000 }), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      numbers,
      fc.integer({ min: 2, max: 8 }),
      fc.constantFrom('matrix' as const, 'column' as const),
      (list, bits, scaleFor) => {
        const values = Float32Array.from(list, (one) => one / 100);
        const quantised = quantise(values, 4, bits, scaleFor);
        const { codes, scales } = quantised;
        expect(Math.max(...codes.map(Math.abs))).toBeLessThanOrEqual(2 ** (bits - 1) - 1);
        dequantise(quantised).forEach((value, at) => {
          const step = scales[at % scales.length];
          // And the rounding of float32.
          expect(Math.abs(value - values[at])).toBeLessThanOrEqual(step * (0.5 + 1e-4));
        });
        expect(values).toEqual(Float32Array.from(list, (one) => one / 100));
      },
    ),
  );
});

test('a column of zeros stays one', () => {
  const values = dequantise(quantise([0, 1, 0, -2], 2, 4));
  expect([values[0], values[2], values[3]]).toEqual([0, 0, -2]);
});

test('in 8 bits a GPT is the one in a file of int8, which takes as much room as said', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gpt-'));
  const file = path.join(folder, 'int8');
  try {
    const model = drawnGpt(shape);
    await saveCheckpoint(file, { model, letters: [...'abcdefg'], notes: {} }, 'int8');
    expect((await loadCheckpoint(file)).model).toEqual(quantiseGpt(model, 8));
    const bytes = readFileSync(file);
    expect(bytes.length - bytes.indexOf(10) - 1).toBe(gptBytes(shape, 8));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('gptBytes() halves with the bits, but for scales, gains and biases', () => {
  const tensors = gptTensors(shape);
  const count = (kinds: string[]) =>
    tensors
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, one) => sum + one.shape.reduce((product, side) => product * side, 1), 0);
  const [weights, others] = [count(['weight']), count(['gain', 'bias'])];
  expect(gptBytes(shape, 32)).toBe(4 * (weights + others));
  const matrices = tensors.filter(({ kind }) => kind === 'weight');
  const half = matrices.reduce((sum, one) => sum + Math.ceil((one.shape[0] * one.shape[1]) / 2), 0);
  expect(gptBytes(shape, 4, 'matrix')).toBe(half + 4 * matrices.length + 4 * others);
});

test('quantiseGpt() changes weights alone, in a GPT of its own', () => {
  const model = drawnGpt(shape);
  const kept = structuredClone(model);
  const coarse = quantiseGpt(model, 3);
  expect(model).toEqual(kept);
  for (const { name, kind } of gptTensors(shape)) {
    if (kind === 'weight') expect(coarse.weights[name]).not.toEqual(model.weights[name]);
    else expect(coarse.weights[name]).toEqual(model.weights[name]);
  }
});

test('what cannot be is refused in one line', () => {
  const rule = (bits: number) => `Cannot quantise: bits must be a whole number 2 … 8, got ${bits}`;
  for (const bits of [1, 9, 2.5, Number.NaN]) {
    expect(() => quantise([1, 2], 1, bits)).toThrow(rule(bits));
    expect(() => quantiseGpt(drawnGpt(shape), bits)).toThrow(rule(bits));
    expect(() => gptBytes(shape, bits)).toThrow(rule(bits));
  }
  expect(() => quantise([1, 2, 3], 2, 4)).toThrow('values must be rows of 2 columns, got 3');
  expect(() => quantise([1, 2], 0, 4)).toThrow('columns must be a whole number >= 1, got 0');
  expect(() => quantise([1, 2], 1, 4, 'row' as 'column')).toThrow("must be one of matrix, column, got 'row'");
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    for (const scaleFor of ['matrix', 'column'] as const) {
      expect(() => quantise([1, 2, 3, value], 2, 4, scaleFor)).toThrow(
        new RangeError(`Cannot quantise: value 3 must be a finite number of 32 bits, got ${value}`),
      );
    }
  }
  const model = drawnGpt(shape);
  model.weights['block1.mlp.up.bias'][2] = Number.NaN;
  expect(() => quantiseGpt(model, 4)).toThrow(
    new RangeError(
      "Cannot quantise: number 2 of its array 'block1.mlp.up.bias' is NaN; make the GPT anew, and train it with a smaller learning rate",
    ),
  );
});
