import { describe, expect, test } from 'vitest';
import {
  requireBetween,
  requireCount,
  requireFinite,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  requireSameLength,
} from '../../../lib/base/checks';

const notNumbers = [NaN, Infinity, -Infinity, '3' as unknown as number, undefined as unknown as number];
const rejects = (check: () => void, message: string) => {
  expect(check).toThrow(RangeError);
  expect(check).toThrow(message);
};

test('a complaint names the action, the rule and the value', () => {
  rejects(
    () => requirePositive('learningRate', -1, 'descend'),
    'Cannot descend: learningRate must be > 0, got -1',
  );
  rejects(() => requirePositive('learningRate', -1), 'learningRate must be > 0, got -1');
  rejects(() => requireFinite('x', 'a' as unknown as number), "x must be a finite number, got 'a'");
  rejects(() => requireFinite('x', [1, 2] as unknown as number), 'got an array of 2');
});

test.each<[string, (value: number) => void, number[], number[]]>([
  ['requirePositive()', (value) => requirePositive('x', value), [1, 0.1, Number.MIN_VALUE], [0, -0, -1]],
  ['requireNonNegative()', (value) => requireNonNegative('x', value), [0, -0, 2], [-Number.MIN_VALUE]],
  ['requireFinite()', (value) => requireFinite('x', value), [0, -1e308], []],
  ['requireCount()', (value) => requireCount('x', value), [1, 2 ** 53 - 1], [0, -1, 1.5, 2 ** 53]],
  ['requireCount() from 0', (value) => requireCount('x', value, undefined, 0), [0, 1], [-1, 0.5]],
])('%s accepts and rejects', (_, check, good, bad) => {
  for (const value of good) expect(() => check(value)).not.toThrow();
  for (const value of [...bad, ...notNumbers]) expect(() => check(value)).toThrow(RangeError);
});

test('requireBetween() includes both ends', () => {
  for (const value of [0, 0.5, 1]) expect(() => requireBetween('p', value, 0, 1)).not.toThrow();
  for (const value of [-0.001, 1.001, NaN]) {
    rejects(
      () => requireBetween('p', value, 0, 1, 'drop'),
      `Cannot drop: p must be between 0 and 1, got ${value}`,
    );
  }
});

test('requireOneOf() lists the choices', () => {
  expect(() => requireOneOf('backend', 'wasm', ['native', 'wasm'])).not.toThrow();
  rejects(
    () => requireOneOf('backend', 'gpu', ['native', 'wasm'], 'start'),
    "Cannot start: backend must be one of native, wasm, got 'gpu'",
  );
});

describe('requireSameLength()', () => {
  test('accepts equal lengths of any kinds of array', () => {
    expect(() => requireSameLength('a', [1, 2], 'b', Uint8Array.of(1, 2))).not.toThrow();
  });
  test('rejects different and empty ones', () => {
    rejects(
      () => requireSameLength('images', [1], 'labels', [1, 2], 'train'),
      'Cannot train: images has 1 and labels has 2 elements; they must be equal and not empty',
    );
    rejects(() => requireSameLength('images', [], 'labels', []), 'images has 0 and labels has 0 elements');
  });
});
