/** What the benchmark found, and how it is written down. */
import * as os from 'node:os';
import { median } from 'simple-statistics';

/** One program under one condition. */
export interface Measurement {
  name: string;
  /** such as `one epoch, batch 32` */
  what: string;
  /** one per round, in the order of the rounds */
  seconds: number[];
  /** such as `extrapolated from 6,000 digits` */
  note?: string;
}

/** A ratio that the project promises. */
export interface Target {
  what: string;
  name: string;
  against: string;
  /** the ratio must not be higher */
  most: number;
  /** measured; `undefined` if one of the two is missing */
  ratio?: number;
  met?: boolean;
}

/** All that one run of the benchmark found. */
export interface BenchmarkResult {
  date: string;
  machine: {
    processor: string;
    cores: number;
    gigabytes: number;
    system: string;
    node: string;
    /** programs that wanted to run, averaged over a minute, before and after; more than cores: noisy */
    load: [number, number];
  };
  versions: Record<string, string>;
  rounds: number;
  measurements: Measurement[];
  targets: Target[];
  missing: string[];
}

/** Describes this machine; `load` is filled in twice. */
export function describeMachine(): BenchmarkResult['machine'] {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    gigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    load: [loadNow(), loadNow()],
  };
}

/** @returns the load average over a minute */
export function loadNow(): number {
  return Math.round(os.loadavg()[0] * 100) / 100;
}

const targets: Target[] = [
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
  return targets.map((target) => {
    const { what, name, against, most } = target;
    const own = measurements.find((one) => one.what === what && one.name === name);
    const other = fastestOf(measurements, what, against);
    if (!own || !other) return target;
    const ratio = median(ratios(own, other));
    return { ...target, against: other.name, ratio, met: ratio <= most };
  });
}

/** The program of that name; if there is none, the fastest of those that name their threads after it. */
function fastestOf(
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

/** Own time divided by the other's, round by round. */
export function ratios(own: Measurement, other: Measurement): number[] {
  const rounds = Math.min(own.seconds.length, other.seconds.length);
  return Array.from({ length: rounds }, (_, round) => own.seconds[round] / other.seconds[round]);
}

/** The README's columns: as the measurement names them, and as a reader sees them. */
const columns = {
  fused: 'fused',
  'model.fit': '`model.fit`',
  Keras: 'Keras',
  'Keras, 1 thread': 'Keras, 1 thread',
  'Keras, jit_compile': 'Keras, jit',
  PyTorch: 'PyTorch',
};

/**
 * The table that the README shows; PyTorch with the number of threads that suits it best.
 *
 * @returns Markdown: medians, and in brackets the median over the rounds of own / Keras
 */
export function readmeTable({ measurements }: Pick<BenchmarkResult, 'measurements'>): string {
  const compared = measurements.filter(({ name }) => name === 'Keras');
  const rows = compared.map((keras) => {
    const cells = Object.keys(columns).map((name) => {
      const one = fastestOf(measurements, keras.what, name);
      if (!one) return '–';
      const share = one === keras ? '' : ` (${median(ratios(one, keras)).toFixed(2)})`;
      return `${median(one.seconds).toFixed(2)} s${share}`;
    });
    return `| ${[keras.what, ...cells].join(' | ')} |`;
  });
  const names = Object.values(columns);
  return [`| | ${names.join(' | ')} |`, `|${'-|'.repeat(names.length + 1)}`, ...rows].join('\n');
}

/** The result as text: a table of medians, then the targets. */
export function tableOf({
  machine,
  versions,
  rounds,
  measurements,
  targets,
  missing,
}: BenchmarkResult): string {
  const { processor, cores, gigabytes, system, node, load } = machine;
  const lines = [
    `${processor}, ${cores} cores, ${gigabytes} GiB, ${system}, Node ${node}; load ${load[0]} before, ${load[1]} after`,
    ...Object.entries(versions).map(([name, version]) => `${name}: ${version}`),
    `Medians of ${rounds} rounds, in which the programs took turns; in brackets the fastest and the slowest round.`,
    '',
  ];
  for (const what of new Set(measurements.map((one) => one.what))) {
    const group = measurements.filter((one) => one.what === what);
    const own = group.find(({ name }) => name === 'fused');
    lines.push(what);
    for (const one of group) {
      const middle = median(one.seconds).toFixed(2).padStart(8);
      const range = `(${Math.min(...one.seconds).toFixed(2)} … ${Math.max(...one.seconds).toFixed(2)})`;
      const share =
        own && own !== one ? `fused takes ${median(ratios(own, one)).toFixed(2)} of it` : '';
      lines.push(
        `  ${one.name.padEnd(24)}${middle} s ${range.padEnd(20)} ${share} ${one.note ?? ''}`.trimEnd(),
      );
    }
    lines.push('');
  }
  for (const { what, name, against, most, ratio, met } of targets) {
    const found =
      ratio === undefined ? 'not measured' : `${ratio.toFixed(2)}: ${met ? 'met' : 'MISSED'}`;
    lines.push(`${what}: ${name} / ${against} ≤ ${most.toFixed(2)} → ${found}`);
  }
  for (const reason of missing) lines.push(`Missing: ${reason}`);
  return lines.join('\n');
}
