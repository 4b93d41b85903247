/** The benchmark as dots. */
import { median } from 'simple-statistics';
import { say } from '../base/words';
import { dotFigure } from './dots';
import type { Figure } from './theme';

/** What `npm run bench` writes down, as far as it is drawn. */
export interface BenchmarkTimes {
  measurements: { name: string; what: string; seconds: number[] }[];
}

const pattern = /^one epoch, batch (\d+)$/;

/**
 * The benchmark: seconds per epoch of each program, with each batch size, on a logarithmic axis: the
 * median of the rounds, and a line from the fastest to the slowest. The title names the fastest.
 *
 * @param times - as `npm run bench` writes them
 * @returns dots, one line for each program
 * @throws RangeError if nothing was measured
 */
export function benchmarkFigure({ measurements }: BenchmarkTimes): Figure {
  const epochs = measurements.filter(({ what }) => pattern.test(what));
  if (epochs.length === 0) throw new RangeError('Cannot draw the benchmark: no epoch was measured');
  const names = [...new Set(epochs.map(({ name }) => name))];
  const sizes = [...new Set(epochs.map(({ what }) => what))];
  const roundsOf = (name: string, what: string) =>
    epochs.find((one) => one.name === name && one.what === what)?.seconds ?? [Number.NaN];
  return dotFigure({
    title: say('The fastest: {list}', { list: fastestByBatch(epochs, sizes) }),
    xAxis: { title: say('time per epoch'), unit: 's', scale: 'log' },
    yAxis: say('program'),
    categories: names.map(benchmarkWords),
    series: sizes.map((what) => {
      const rounds = names.map((name) => roundsOf(name, what));
      return {
        name: say('batch size {size}', { size: what.replace(pattern, '$1') }),
        values: rounds.map((seconds) => median(seconds)),
        range: {
          low: rounds.map((seconds) => Math.min(...seconds)),
          high: rounds.map((seconds) => Math.max(...seconds)),
        },
      };
    }),
  });
}

/** What names and measurements of the benchmark are made of, as far as it is words. */
const parts = ['fused', 'compiled', '1 thread', 'all threads', 'page', 'GPT step'];

/**
 * What a reader calls a program, its setting or what is measured of it.
 *
 * @param name - as `npm run bench` writes it: `PyTorch, compiled, 2 threads`, `one epoch, batch 32`
 * @returns the same in the notebook's language, an epoch as `batch 32`
 */
export function benchmarkWords(name: string): string {
  const size = pattern.exec(name)?.[1];
  if (size) return say('batch {size}', { size });
  const said = name.split(', ').map((part) => {
    const count = /^(\d+) threads$/.exec(part)?.[1];
    if (count) return say('{count} threads', { count });
    return parts.includes(part) ? say(part) : part;
  });
  return said.reduce((one, other) => say('{one}, {other}', { one, other }));
}

/** `fused with 32 digits, PyTorch with 128 and 1024`: by the medians. */
function fastestByBatch(epochs: BenchmarkTimes['measurements'], sizes: string[]): string {
  const won = new Map<string, string[]>();
  for (const what of sizes) {
    const group = epochs.filter((one) => one.what === what);
    const first = group.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
    won.set(first.name, [...(won.get(first.name) ?? []), what.replace(pattern, '$1')]);
  }
  return [...won]
    .map(([name, batches]) =>
      say('{name} with batches of {sizes}', {
        name: benchmarkWords(name),
        sizes: batches.join(say(' and ')),
      }),
    )
    .join(say('; '));
}
