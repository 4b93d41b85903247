/** What the programs are timed at: an epoch of MNIST, a step of the GPT. */
import { descentPeer, type PeerCommand } from './peers';
import { combine, type Findings } from './results';
import { measureTurns } from './turns';

/** The steps of the GPT of which one answer is the mean. */
export const gptSteps = 20;

export const gptStep = 'GPT step';

/**
 * Measures one epoch of each program with each batch size.
 *
 * @param commands - the programs
 * @param batchSizes - digits an update
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns one measurement a program and batch size, and which could not be measured
 */
export function measureEpochs(
  commands: readonly PeerCommand[],
  batchSizes: readonly number[],
  rounds: number,
  say: (text: string) => void,
): Promise<Findings> {
  const tasks = batchSizes.map((batchSize) => ({
    what: `one epoch, batch ${batchSize}`,
    request: { batchSize },
  }));
  return measureTurns(commands, tasks, rounds, say);
}

/**
 * Measures a step of the GPT in each program.
 *
 * @param commands - the programs
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns one measurement a program, and which could not be measured
 */
export function measureGpt(
  commands: readonly PeerCommand[],
  rounds: number,
  say: (text: string) => void,
): Promise<Findings> {
  return measureTurns(commands, [{ what: gptStep, request: { steps: gptSteps } }], rounds, say);
}

/** Of the digits plain JavaScript trains on these; a step costs the same everywhere in the epoch. */
const digitsOfJs = 960;

/**
 * Measures plain JavaScript: an epoch, extrapolated from a part of the digits, and a step of the GPT.
 *
 * @param rounds - how often; at most three times
 * @param say - is told what happens
 * @returns two measurements
 */
export async function measureJs(rounds: number, say: (text: string) => void): Promise<Findings> {
  const env = { DESCENT_BACKEND: 'js' };
  const few = Math.min(rounds, 3);
  const epoch = await measureEpochs(
    [descentPeer('fused, js', ['fused', String(digitsOfJs)], env)],
    [32],
    few,
    say,
  );
  const note = `extrapolated from ${digitsOfJs} digits`;
  const whole = epoch.measurements.map((one) => ({
    ...one,
    note,
    seconds: one.seconds.map((seconds) => (seconds * 60_000) / digitsOfJs),
  }));
  const gpt = [descentPeer('fused, js', ['gpt'], env)];
  const step = await measureTurns(gpt, [{ what: gptStep, request: { steps: 1 } }], few, say);
  return combine([{ ...epoch, measurements: whole }, step]);
}
