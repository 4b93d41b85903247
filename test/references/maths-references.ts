/** Reference values computed with other programs: see `test/references/maths.py`. */
import type { ActivationName } from '../../lib/network/activations';
import references from './maths.json';

export { references };

/** All activations: those with reference values, and the identity. */
export const activationNames = [
  'identity',
  ...Object.keys(references.activations.functions),
] as ActivationName[];

/** The largest relative difference of two lists, entry by entry; differences below 1e-300 count as none. */
export function worst(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(
    0,
    ...actual.map((value, index) => {
      const gap = Math.abs(value - expected[index]);
      return gap < 1e-300 ? 0 : gap / Math.max(Math.abs(value), Math.abs(expected[index]));
    }),
  );
}

/** The numbers that `test/references/maths.py` calls sines: sin(1.7 (k + 1)), … */
export function sines(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin((from + index + 1) * 1.7));
}
