/** What the project promises, and whether a run of the benchmark keeps it. */
import { median } from 'simple-statistics';
import { longTrainings } from './memory';
import type { Measurement, Target } from './results';

const epoch = (batchSize: number) => `one epoch, batch ${batchSize}`;

/**
 * Megabytes that a long training may grow by. The least that `malloc` gives, 16 bytes, left behind at each of the 375,000 steps
 * of 200 epochs makes 4.5 over the three quarters that count.
 */
export const mostGrowth = 4;

const promises: Target[] = [
  { what: epoch(32), name: 'fused', against: 'Keras', most: 0.33 },
  { what: epoch(32), name: 'fused', against: 'PyTorch', most: 0.7 },
  { what: epoch(128), name: 'fused', against: 'PyTorch', most: 0.9 },
  { what: epoch(1024), name: 'fused', against: 'PyTorch', most: 1 },
  { what: epoch(32), name: 'fused, wasm', against: 'Keras', most: 0.4 },
  { what: epoch(32), name: 'fused, wasm', against: 'fused', most: 1.3 },
  { what: epoch(1024), name: 'fused, wasm', against: 'Keras', most: 1 },
  { what: epoch(32), name: 'fused, page', against: 'Keras', most: 0.45 },
  { what: 'GPT step', name: 'fused', against: 'PyTorch, 2 threads', most: 0.95 },
  { what: 'GPT step', name: 'fused, 1 thread', against: 'PyTorch, 1 thread', most: 0.8 },
  { what: 'GPT step', name: 'fused, wasm', against: 'fused, 1 thread', most: 3 },
  { what: 'whole program, cold', name: 'fused', against: 'Keras', most: 0.35 },
  { what: epoch(32), name: 'fused, js', most: 38 },
  { what: 'notebook 02 in its page', name: 'from click to last figure', most: 5 },
  { what: 'kernel', name: 'kernel answers', most: 1.2 },
  { what: 'kernel', name: 'TensorFlow and mathjs start', most: 2 },
  { what: 'tests', name: 'npm test', most: 25 * 60 },
  ...Object.values(longTrainings).flatMap((what) =>
    ['native', 'wasm', 'js'].map((backend): Target => {
      return { what, name: `fused, ${backend}`, of: 'memory', most: mostGrowth };
    }),
  ),
];

/**
 * What the project promises, as measured. The other program counts at its best setting, by the median of its rounds.
 *
 * @param measurements - of one run
 * @returns each target with its ratio, the median over the rounds of own / other in the same round, or its seconds
 */
export function judge(measurements: readonly Measurement[]): Target[] {
  return promises.flatMap((promise): Target | never[] => {
    const { what, name, against, most, of } = promise;
    const own = measurements.find((one) => one.what === what && one.name === name);
    if (of === 'memory') {
      // It takes half an hour, so a run without it lacks nothing.
      if (!own) return [];
      const { megabytes = Number.NaN } = own;
      return { ...promise, megabytes, met: megabytes <= most };
    }
    if (!own) return promise;
    if (against === undefined) {
      const seconds = median(own.seconds);
      return { ...promise, seconds, met: seconds <= most };
    }
    const other = fastestOf(measurements, what, against);
    if (!other) return promise;
    const ratio = median(ratios(own, other));
    return { ...promise, against: other.name, ratio, met: ratio <= most };
  });
}

/** Threads, and whether a program is compiled, are settings; another backend is another program. */
const setting = /, (?:\d+ threads?|all threads|jit_compile|compiled)(?=,|$)/g;

/**
 * @param name - in the tables
 * @returns the program without its settings, such as `Keras` for `Keras, jit_compile, 1 thread`
 */
export function programOf(name: string): string {
  return name.replace(setting, '');
}

/**
 * The best setting of a program: that with the lowest median.
 *
 * @param measurements - of one run
 * @param what - the condition
 * @param name - of the program, such as `PyTorch`; settings that it names are not varied, such as `PyTorch, 1 thread`
 * @returns its times; `undefined` if it was not measured
 */
export function fastestOf(
  measurements: readonly Measurement[],
  what: string,
  name: string,
): Measurement | undefined {
  const fixed = name.match(setting) ?? [];
  return measurements
    .filter((one) => one.what === what && programOf(one.name) === programOf(name))
    .filter((one) => fixed.every((part) => one.name.match(setting)?.includes(part)))
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
