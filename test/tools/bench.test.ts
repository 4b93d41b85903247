import { describe, expect, test } from 'vitest';
import { benchmarkFigure } from '../../lib/figures-benchmark';
import { descentPeer, runWhole, startPeer } from '../../tools/bench/peers';
import {
  type BenchmarkResult,
  describeMachine,
  judge,
  type Measurement,
  ratios,
  tableOf,
} from '../../tools/bench/results';

const epoch = (name: string, ...seconds: number[]): Measurement => ({
  name,
  what: 'one epoch, batch 32',
  seconds,
});

describe('judge()', () => {
  test('takes the median of the ratios within a round, not the ratio of the medians', () => {
    const own = epoch('fused', 1, 10, 1);
    const other = epoch('Keras', 4, 20, 2);
    expect(ratios(own, other)).toEqual([0.25, 0.5, 0.5]);
    expect(judge([own, other])[0]).toMatchObject({ against: 'Keras', ratio: 0.5, met: false });
  });

  test('compares with PyTorch at its better number of threads', () => {
    const found = judge([
      epoch('fused', 0.6, 0.6),
      epoch('PyTorch, 1 thread', 0.9, 0.9),
      epoch('PyTorch, 2 threads', 0.8, 0.8),
    ]);
    const target = found.find(({ against }) => against.startsWith('PyTorch'));
    expect(target).toMatchObject({ against: 'PyTorch, 2 threads', met: true });
    expect(target?.ratio).toBeCloseTo(0.75, 12);
  });

  test('leaves a target open when a program is missing', () => {
    expect(judge([epoch('fused', 1)]).every(({ met }) => met === undefined)).toBe(true);
  });
});

test('tableOf() shows medians, ranges, shares, targets, the machine and what is missing', () => {
  const measurements = [epoch('fused', 1, 2, 3), epoch('Keras', 8, 8, 8)];
  const result: BenchmarkResult = {
    date: '2000-01-01',
    machine: { ...describeMachine(), load: [0.5, 9] },
    versions: { Keras: 'Keras 3' },
    rounds: 3,
    measurements,
    targets: judge(measurements),
    missing: ['PyTorch, because it is too large'],
  };
  const table = tableOf(result);
  for (const part of [
    'load 0.5 before, 9 after',
    'Keras: Keras 3',
    '2.00 s (1.00 … 3.00)',
    'fused takes 0.25 of it',
    'fused / Keras ≤ 0.33 → 0.25: met',
    'fused / PyTorch ≤ 1.00 → not measured',
    'Missing: PyTorch, because it is too large',
  ]) {
    expect(table).toContain(part);
  }
});

test('benchmarkFigure() draws the median of each program and batch size', () => {
  const other = { ...epoch('fused', 0.1), what: 'one epoch, batch 128' };
  const { data } = benchmarkFigure({ measurements: [epoch('fused', 3, 1, 2), other] });
  expect(data.map(({ name, x }) => [name, x])).toEqual([
    ['batch size 32', [2]],
    ['batch size 128', [0.1]],
  ]);
  expect(() => benchmarkFigure({ measurements: [] })).toThrow('no epoch was measured');
});

test('startPeer() runs the course’s training in a process of its own, epoch by epoch', async () => {
  // In plain JavaScript, which every machine has.
  const command = descentPeer('js', ['fused', '64'], { DESCENT_BACKEND: 'js' });
  const peer = await startPeer(command);
  expect(peer.version).toMatch(/^TensorFlow\.js, js /);
  const [first, second] = [await peer.epoch(32), await peer.epoch(32)];
  expect(first.seconds).toBeGreaterThan(0);
  expect(second.loss).toBeLessThan(first.loss);
  peer.stop();
});

test('startPeer() and runWhole() say why a program failed', async () => {
  const args = ['-e', 'console.error("it is broken"); process.exit(3)'];
  const broken = { name: 'it', command: process.execPath, args };
  await expect(startPeer(broken)).rejects.toThrow('it ended before it answered: it is broken');
  expect(() => runWhole(broken)).toThrow('it failed: it is broken');
});
