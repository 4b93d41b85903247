/** Whether the memory of a long training stays as it is. */
import * as path from 'node:path';
import { median } from 'simple-statistics';
import { root } from '../setup/project.mjs';
import type { GptSizes } from './gpt';
import { type PeerCommand, runWhole } from './peers';
import { type Findings, findings, type Measurement } from './results';

/** What `memory-peer.ts` is asked for: epochs of MNIST, or steps of the GPT. */
export interface LongTraining {
  epochs?: number;
  /** only the first ones; all, if left out */
  digits?: number;
  steps?: number;
  sizes?: Partial<GptSizes>;
  /** bytes */
  leak?: number;
}

/** What it saw. */
export interface Looks {
  /** of the whole training */
  seconds: number;
  /** those that TensorFlow.js knows of */
  tensors: number[];
  /** of the whole process */
  megabytes: number[];
}

/** Of a process the first part fills caches, and JavaScript's heap grows to its size: it does not count. */
const warmUp = 1 / 4;

/**
 * What memory grows by: the median of the slopes between any two looks but those of the first quarter (Theil and Sen), so
 * that the few megabytes which JavaScript's heap takes or gives back at once decide nothing.
 *
 * @param megabytes - at each look, at least eight
 * @returns megabytes from the first of these looks to the last
 * @see P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau" (1968)
 */
export function growthOf(megabytes: readonly number[]): number {
  const settled = megabytes.slice(Math.floor(warmUp * megabytes.length));
  const slopes = settled.flatMap((later, place) =>
    settled.slice(0, place).map((earlier, before) => (later - earlier) / (place - before)),
  );
  return median(slopes) * (settled.length - 1);
}

/**
 * Trains for long, in a process of its own.
 *
 * @param backend - its name
 * @param training - how long, and what
 * @returns what memory it needed
 * @throws Error if it fails
 */
export function watchMemory(backend: string, training: LongTraining): Looks {
  const script = path.join(root, 'tools', 'bench', 'memory-peer.ts');
  const command: PeerCommand = {
    name: `a long training, ${backend}`,
    command: process.execPath,
    args: ['--expose-gc', '--import', 'tsx', script, JSON.stringify(training)],
    env: { DESCENT_BACKEND: backend },
  };
  return JSON.parse(runWhole(command).last);
}

export const longTrainings = { epochs: '200 epochs of MNIST', steps: '5,000 steps of the GPT' };

/** Plain JavaScript takes fifty times as long: it trains on few digits, and a smaller GPT. */
const inJavaScript = { digits: 320, sizes: { layers: 1, width: 24, context: 16, batch: 4 } };

/**
 * Trains for long on each backend, for half an hour all together.
 *
 * @param say - is told what happens
 * @returns one measurement a backend and training, with the megabytes that it grew by; NaN if tensors are left behind
 */
export function measureMemory(say: (text: string) => void): Findings {
  const found: Measurement[] = [];
  const missing: string[] = [];
  for (const backend of ['native', 'wasm', 'js']) {
    const { digits, sizes } = backend === 'js' ? inJavaScript : {};
    for (const [what, training] of [
      [longTrainings.epochs, { epochs: 200, digits }],
      [longTrainings.steps, { steps: 5000, sizes }],
    ] as const) {
      say(`  ${backend}, ${what}`);
      try {
        found.push(grown(`fused, ${backend}`, what, watchMemory(backend, training)));
      } catch (error) {
        missing.push((error as Error).message);
      }
    }
  }
  return findings(found, missing);
}

function grown(name: string, what: string, { seconds, tensors, megabytes }: Looks): Measurement {
  const counts = [...new Set(tensors)];
  const growth = counts.length === 1 ? growthOf(megabytes) : Number.NaN;
  const [first, last] = [megabytes[Math.floor(warmUp * megabytes.length)], megabytes.at(-1) as number];
  const held = counts.length === 1 ? `${counts} tensors throughout` : `tensors: ${counts.join(', ')}`;
  const note = `${held}, ${first.toFixed(1)} MB after a quarter, ${last.toFixed(1)} MB at the end`;
  return { name, what, seconds: [seconds], megabytes: growth, note };
}
