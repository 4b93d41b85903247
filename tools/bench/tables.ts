/** A run of the benchmark as text: for the terminal, and for the README. */
import { median } from 'simple-statistics';
import type { BenchmarkResult, Measurement, Target } from './results';
import { fastestOf, programOf, ratios } from './targets';
import { crossingOf } from './threads';

/** The README's columns: the program, and the heading. */
const columns = {
  fused: 'fused',
  'fused, wasm': 'fused, WebAssembly',
  'fused, page': 'fused, in a page',
  'model.fit': '`model.fit`',
  Keras: 'Keras',
  PyTorch: 'PyTorch',
};

/**
 * The table that the README shows: each program at the setting that suits it best, in each line anew.
 *
 * @param result - of one run
 * @returns Markdown: the machine; medians with the setting, and in brackets the median over the rounds of fused / this
 *   program
 */
export function readmeTable({
  measurements,
  machine,
}: Pick<BenchmarkResult, 'measurements'> & {
  machine: Pick<BenchmarkResult['machine'], 'processor' | 'cores'>;
}): string {
  const rivals = measurements.filter(({ name }) => ['Keras', 'PyTorch'].includes(programOf(name)));
  const conditions = [...new Set(rivals.map(({ what }) => what))];
  const programs = Object.keys(columns).filter((program) =>
    conditions.some((what) => fastestOf(measurements, what, program)),
  ) as (keyof typeof columns)[];
  const rows = conditions.map((what) => {
    const own = fastestOf(measurements, what, 'fused');
    const cells = programs.map((program) => {
      const one = fastestOf(measurements, what, program);
      if (!one) return '–';
      const share = own && one !== own ? ` (${median(ratios(own, one)).toFixed(2)})` : '';
      return `${clock(median(one.seconds))}${one.name.slice(program.length)}${share}`;
    });
    return `| ${[what, ...cells].join(' | ')} |`;
  });
  const headings = programs.map((program) => columns[program]);
  const where = `${machine.processor}, ${machine.cores} cores`;
  return [`| ${[where, ...headings].join(' | ')} |`, `|${'-|'.repeat(headings.length + 1)}`, ...rows].join(
    '\n',
  );
}

/**
 * What the README says of the project's targets.
 *
 * @param result - of one run
 * @returns one sentence that names the targets which that run misses, in Markdown
 */
export function missedTargets({ targets }: Pick<BenchmarkResult, 'targets'>): string {
  const judged = targets.filter(({ met }) => met !== undefined);
  const missed = judged.filter(({ met }) => !met).map((target) => targetLine(target).replace(': MISSED', ''));
  const count = `Of ${judged.length} targets that were measured, this run misses ${missed.length || 'none'}`;
  return `${count}${missed.length > 0 ? `: ${missed.join('; ')}` : ''}.`;
}

/** Seconds; milliseconds below a tenth of one, microseconds below a thousandth. */
function clock(seconds: number): string {
  if (seconds < 0.001) return `${(1e6 * seconds).toFixed(0)} µs`;
  return seconds < 0.1 ? `${(1000 * seconds).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

/**
 * @param result - of one run
 * @returns the machine, a table of medians with their ranges, the targets, and what is missing, as text
 */
export function tableOf(result: BenchmarkResult): string {
  const { measurements, targets, missing, rounds, machine, versions } = result;
  const crossing = crossingOf(measurements);
  const groups = [...new Set(measurements.map(({ what }) => what))].flatMap((what) => [
    what,
    ...groupLines(measurements.filter((one) => one.what === what)),
    '',
  ]);
  return [
    describe(machine),
    ...warningOf(machine),
    ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
    `Medians of ${rounds} rounds, in which the programs took turns; in brackets the fastest and the slowest round.`,
    '',
    ...groups,
    ...(crossing ? [crossing, ''] : []),
    ...targets.map(targetLine),
    ...missing.map((reason) => `Missing: ${reason}`),
  ].join('\n');
}

function describe(machine: BenchmarkResult['machine']): string {
  const { processor, cores, gigabytes, system, node, load } = machine;
  const [before, after] = load;
  return `${processor}, ${cores} cores, ${gigabytes} GiB, ${system}, Node ${node}; load ${before} before, ${after} after`;
}

/** Threads that spin while they wait, as PyTorch's do, suffer most from others: several may then look slower than one. */
function warningOf({ cores, load }: BenchmarkResult['machine']): string[] {
  if (load[0] <= cores / 2) return [];
  return [
    'Not quiet: other programs ran when it began, and several threads suffer from that more than one does.',
  ];
}

/** One line a program, all under the same condition. */
function groupLines(group: Measurement[]): string[] {
  const own = group.find(({ name }) => name === 'fused');
  return group.map((one) => {
    const { name, seconds, note = '' } = one;
    const middle = clock(median(seconds)).padStart(10);
    const range =
      seconds.length > 1 ? `(${clock(Math.min(...seconds))} … ${clock(Math.max(...seconds))})` : '';
    const share = own && own !== one ? `fused takes ${median(ratios(own, one)).toFixed(2)} of it` : '';
    return `  ${name.padEnd(28)}${middle} ${range.padEnd(22)} ${share} ${note}`.trimEnd();
  });
}

function targetLine(target: Target): string {
  const { what, name, against, of, most, ratio, seconds, megabytes, met } = target;
  const write = of === 'memory' ? grown : against === undefined ? clock : share;
  const measured = ratio ?? seconds ?? megabytes;
  const found = measured === undefined ? 'not measured' : `${write(measured)}: ${met ? 'met' : 'MISSED'}`;
  return `${what}: ${name}${against === undefined ? '' : ` / ${against}`} ≤ ${write(most)} → ${found}`;
}

const share = (ratio: number) => ratio.toFixed(2);
const grown = (megabytes: number) => `${megabytes.toFixed(1)} MB more`;
