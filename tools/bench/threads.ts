/** From which batch size on a second thread gains more than it costs. */
import { median } from 'simple-statistics';
import { descentPeer } from './peers';
import type { Findings, Measurement } from './results';
import { ratios } from './targets';
import { measureTurns } from './turns';

const batchSizes = [32, 64, 128, 256, 384, 512, 768, 1024, 2048];

/** So many that the largest batch makes ten steps. */
const digits = 20_480;

const names = { one: 'fused, 1 thread', all: 'fused, all threads' };

const pattern = /^(?:[\d,]+) digits, batch (\d+)$/;

/**
 * Measures the course's training with one thread and with one for each core, whatever the size of the batch.
 *
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns two measurements a batch size
 */
export function measureThreads(rounds: number, say: (text: string) => void): Promise<Findings> {
  const args = ['fused', String(digits)];
  const peers = [
    descentPeer(names.one, args, { TF_NUM_INTRAOP_THREADS: '1' }),
    descentPeer(names.all, args, { TF_NUM_INTRAOP_THREADS: '0' }),
  ];
  const tasks = batchSizes.map((batchSize) => ({
    what: `${digits.toLocaleString('en')} digits, batch ${batchSize}`,
    request: { batchSize },
  }));
  return measureTurns(peers, tasks, rounds, say);
}

/**
 * @param measurements - of one run
 * @returns where all threads begin to be the faster ones, in one sentence; `undefined` if that was not measured
 */
export function crossingOf(measurements: readonly Measurement[]): string | undefined {
  const shares = measurements.flatMap((all) => {
    const size = pattern.exec(all.what)?.[1];
    const one = measurements.find(({ name, what }) => name === names.one && what === all.what);
    return size && one && all.name === names.all
      ? { size: Number(size), share: median(ratios(all, one)) }
      : [];
  });
  if (shares.length === 0) return undefined;
  shares.sort((a, b) => a.size - b.size);
  const told = shares.map(({ size, share }) => `${size}: ${share.toFixed(2)}`).join(', ');
  const first = shares.find((_, from) => shares.slice(from).every(({ share }) => share < 1));
  const where = first
    ? `are faster from a batch of ${first.size} on`
    : 'are faster at no size that was tried';
  return `All threads ${where}; all / one thread at each batch size: ${told}`;
}
