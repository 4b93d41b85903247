/** The ratios that the project promises, and whether a run of the benchmark keeps them. */
import { median } from 'simple-statistics';
import type { Measurement, Target } from './results';

const promises: Target[] = [
  { what: 'one epoch, batch 32', name: 'fused', against: 'Keras', most: 0.33 },
  { what: 'one epoch, batch 32', name: 'fused', against: 'Keras, jit_compile', most: 0.5 },
  { what: 'one epoch, batch 32', name: 'fused', against: 'PyTorch', most: 1 },
  { what: 'one epoch, batch 128', name: 'fused', against: 'Keras', most: 1 },
  { what: 'one epoch, batch 1024', name: 'fused', against: 'Keras', most: 1 },
  { what: 'whole program, cold', name: 'fused', against: 'Keras', most: 0.35 },
];

/**
 * The ratios that the project promises, as measured. Keras counts as it comes, with a thread for each
 * core, PyTorch with the number of threads that suits it best.
 *
 * @param measurements - of one run
 * @returns each target with its ratio: the median over the rounds of own / other in the same round
 */
export function judge(measurements: readonly Measurement[]): Target[] {
  return promises.map((promise) => {
    const { what, name, against, most } = promise;
    const own = measurements.find((one) => one.what === what && one.name === name);
    const other = fastestOf(measurements, what, against);
    if (!own || !other) return promise;
    const ratio = median(ratios(own, other));
    return { ...promise, against: other.name, ratio, met: ratio <= most };
  });
}

/**
 * The program of that name; if there is none, the fastest of those that name their threads after it.
 *
 * @param measurements - of one run
 * @param what - the condition
 * @param name - of the program, such as `PyTorch`
 * @returns its times; `undefined` if it was not measured
 */
export function fastestOf(
  measurements: readonly Measurement[],
  what: string,
  name: string,
): Measurement | undefined {
  const group = measurements.filter((one) => one.what === what);
  const plain = group.find((one) => one.name === name);
  if (plain) return plain;
  return group
    .filter((one) => one.name === `${name}, 1 thread` || one.name === `${name}, 2 threads`)
    .sort((a, b) => median(a.seconds) - median(b.seconds))[0];
}

/**
 * @param own - times of one program
 * @param other - of another, in the same rounds
 * @returns own time / the other's, round by round
 */
export function ratios(own: Measurement, other: Measurement): number[] {
  const rounds = Math.min(own.seconds.length, other.seconds.length);
  return Array.from({ length: rounds }, (_, round) => own.seconds[round] / other.seconds[round]);
}
