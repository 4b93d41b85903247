/** What the benchmark finds: times, the machine that they were measured on, and what could not be measured. */
import * as os from 'node:os';

/** One program under one condition. */
export interface Measurement {
  name: string;
  /** such as `one epoch, batch 32` */
  what: string;
  /** one per round, in the order of the rounds */
  seconds: number[];
  /** what its memory grew by, where that was asked for */
  megabytes?: number;
  /** such as `extrapolated from 6,000 digits` */
  note?: string;
}

/** What the project promises: a ratio of two programs' times, or, of one program alone, seconds or megabytes. */
export interface Target {
  what: string;
  name: string;
  /** the other program; of the settings that it does not name the best counts */
  against?: string;
  /** the ratio, or the seconds, must not be higher; megabytes where `of` says so */
  most: number;
  of?: 'memory';
  /** measured; `undefined` if one of the two is missing */
  ratio?: number;
  /** measured, where there is no other program; `undefined` if it is missing */
  seconds?: number;
  /** measured, of memory */
  megabytes?: number;
  met?: boolean;
}

/** What one part of the benchmark found. */
export interface Findings {
  measurements: Measurement[];
  /** of each program that was asked for it, by its name */
  versions: Record<string, string>;
  /** what was not measured and why, in one sentence each */
  missing: string[];
}

/** All that one run of the benchmark found, as `docs/benchmark.json` holds it. */
export interface BenchmarkResult extends Findings {
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
  rounds: number;
  targets: Target[];
}

/**
 * @param measurements - of a part that asks for no versions
 * @param missing - what that part could not measure
 * @returns the findings of that part
 */
export function findings(measurements: Measurement[], missing: string[] = []): Findings {
  return { measurements, versions: {}, missing };
}

/**
 * @param parts - in the order in which they were measured
 * @returns all of them as one
 */
export function combine(parts: readonly Findings[]): Findings {
  return {
    measurements: parts.flatMap(({ measurements }) => measurements),
    versions: Object.assign({}, ...parts.map(({ versions }) => versions)),
    // A program that two parts ask for is missing once.
    missing: [...new Set(parts.flatMap(({ missing }) => missing))],
  };
}

/**
 * @param loadBefore - the load when the benchmark began
 * @returns this machine, with the load before and now
 */
export function describeMachine(loadBefore: number): BenchmarkResult['machine'] {
  const cpus = os.cpus();
  return {
    processor: processorName(cpus[0]?.model ?? 'unknown'),
    cores: cpus.length,
    gigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    load: [loadBefore, loadNow()],
  };
}

/**
 * @param model - as the system calls a processor: `Intel(R) Xeon(R) Processor`
 * @returns its name alone: `Intel Xeon`
 */
export function processorName(model: string): string {
  return model
    .replace(/\((?:R|TM)\)|\b(?:Processor|CPU)\b/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** @returns the load average over a minute */
export function loadNow(): number {
  return Math.round(os.loadavg()[0] * 100) / 100;
}
