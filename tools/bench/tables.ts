/** A run of the benchmark as text: for the terminal, and for the README. */
import { median } from 'simple-statistics';
import type { BenchmarkResult, Measurement, Target } from './results';
import { ratios } from './targets';

/** The README's columns: the name in the measurements, and the heading. */
const columns = {
  fused: 'fused',
  'model.fit': '`model.fit`',
  Keras: 'Keras',
  'Keras, jit_compile': 'Keras, jit',
  PyTorch: 'PyTorch',
};

/**
 * The table that the README shows: each program with the number of threads that suits it best, in
 * each line anew.
 *
 * @param result - of one run
 * @returns Markdown: medians, and in brackets the median over the rounds of fused / this program
 */
export function readmeTable({ measurements }: Pick<BenchmarkResult, 'measurements'>): string {
  const conditions = measurements.filter(({ name }) => name === 'Keras').map(({ what }) => what);
  const rows = conditions.map((what) => {
    const own = bestOfThreads(measurements, what, 'fused');
    const cells = Object.keys(columns).map((name) => {
      const one = bestOfThreads(measurements, what, name);
      if (!one) return '–';
      const share = own && one !== own ? ` (${median(ratios(own, one)).toFixed(2)})` : '';
      return `${median(one.seconds).toFixed(2)} s${share}`;
    });
    return `| ${[what, ...cells].join(' | ')} |`;
  });
  const names = Object.values(columns);
  return [`| | ${names.join(' | ')} |`, `|${'-|'.repeat(names.length + 1)}`, ...rows].join('\n');
}

/** The fastest of those that are the same program with other numbers of threads. */
function bestOfThreads(measurements: Measurement[], what: string, name: string): Measurement | undefined {
  return measurements
    .filter((one) => one.what === what && one.name.replace(/, (?:\d+|all) threads?$/, '') === name)
    .sort((a, b) => median(a.seconds) - median(b.seconds))[0];
}

/**
 * @param result - of one run
 * @returns the machine, a table of medians with their ranges, the targets, and what is missing, as text
 */
export function tableOf(result: BenchmarkResult): string {
  const { measurements, targets, missing, rounds, machine, versions } = result;
  const groups = [...new Set(measurements.map(({ what }) => what))].flatMap((what) => [
    what,
    ...groupLines(measurements.filter((one) => one.what === what)),
    '',
  ]);
  return [
    describe(machine),
    ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
    `Medians of ${rounds} rounds, in which the programs took turns; in brackets the fastest and the slowest round.`,
    '',
    ...groups,
    ...targets.map(targetLine),
    ...missing.map((reason) => `Missing: ${reason}`),
  ].join('\n');
}

function describe(machine: BenchmarkResult['machine']): string {
  const { processor, cores, gigabytes, system, node, load } = machine;
  const [before, after] = load;
  return `${processor}, ${cores} cores, ${gigabytes} GiB, ${system}, Node ${node}; load ${before} before, ${after} after`;
}

/** One line a program, all under the same condition. */
function groupLines(group: Measurement[]): string[] {
  const own = group.find(({ name }) => name === 'fused');
  return group.map((one) => {
    const { name, seconds, note = '' } = one;
    const middle = median(seconds).toFixed(2).padStart(8);
    const range = `(${Math.min(...seconds).toFixed(2)} … ${Math.max(...seconds).toFixed(2)})`;
    const share = own && own !== one ? `fused takes ${median(ratios(own, one)).toFixed(2)} of it` : '';
    return `  ${name.padEnd(24)}${middle} s ${range.padEnd(20)} ${share} ${note}`.trimEnd();
  });
}

function targetLine({ what, name, against, most, ratio, met }: Target): string {
  const found = ratio === undefined ? 'not measured' : `${ratio.toFixed(2)}: ${met ? 'met' : 'MISSED'}`;
  return `${what}: ${name} / ${against} ≤ ${most.toFixed(2)} → ${found}`;
}
