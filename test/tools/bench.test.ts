import { describe, expect, test } from 'vitest';
import { benchmarkFigure } from '../../lib/figures/benchmark';
import { measureEpochs } from '../../tools/bench/epochs';
import { descentPeer, runWhole, startPeer } from '../../tools/bench/peers';
import { measurePrograms } from '../../tools/bench/programs';
import { type BenchmarkResult, combine, describeMachine, type Measurement } from '../../tools/bench/results';
import { readmeTable, tableOf } from '../../tools/bench/tables';
import { judge, ratios } from '../../tools/bench/targets';

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
    machine: { ...describeMachine(0.5), load: [0.5, 9] },
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

test('readmeTable() takes each program with the number of threads that suits it best', () => {
  const measurements = [
    epoch('fused', 3, 1, 2),
    epoch('fused, all threads', 5),
    epoch('Keras', 8),
    epoch('Keras, 1 thread', 4, 4, 4),
    epoch('Keras, jit_compile', 20),
    epoch('PyTorch, 1 thread', 2),
    epoch('PyTorch, 2 threads', 1, 1, 1),
  ];
  const row = readmeTable({ measurements }).split('\n')[2];
  expect(row).toBe('| one epoch, batch 32 | 2.00 s | – | 4.00 s (0.50) | 20.00 s (0.15) | 1.00 s (2.00) |');
});

test('benchmarkFigure() draws the median of each program and batch size', () => {
  const other = { ...epoch('fused', 0.1), what: 'one epoch, batch 128' };
  const { data } = benchmarkFigure({ measurements: [epoch('fused', 3, 1, 2), other] });
  expect(data.map(({ name, x }) => [name, x])).toEqual([
    ['batch size 32', [2]],
    ['batch size 128', [0.1]],
  ]);
  const title = (...measurements: ReturnType<typeof epoch>[]) =>
    JSON.stringify(benchmarkFigure({ measurements }).layout.title).replace('<br>', ' ');
  expect(title(epoch('fused', 2), other, epoch('Keras', 1))).toContain(
    'The fastest: Keras with batches of 32; fused with batches of 128',
  );
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

test('combine() joins what the parts found, in their order', () => {
  const one = { measurements: [epoch('fused', 1)], versions: { fused: '1' }, missing: ['a'] };
  const two = { measurements: [epoch('Keras', 2)], versions: { Keras: '3' }, missing: ['b'] };
  expect(combine([one, two])).toEqual({
    measurements: [epoch('fused', 1), epoch('Keras', 2)],
    versions: { fused: '1', Keras: '3' },
    missing: ['a', 'b'],
  });
  expect(combine([])).toEqual({ measurements: [], versions: {}, missing: [] });
});

test('measureEpochs() measures what runs, and says what does not', async () => {
  const own = descentPeer('js', ['fused', '64'], { DESCENT_BACKEND: 'js' });
  const gone = { name: 'gone', command: '/no/program', args: [] };
  const said: string[] = [];
  const found = await measureEpochs([own, gone], [32, 64], 2, (text) => said.push(text));
  expect(found.measurements.map(({ name, what }) => [name, what])).toEqual([
    ['js', 'one epoch, batch 32'],
    ['js', 'one epoch, batch 64'],
  ]);
  for (const { seconds } of found.measurements) {
    expect(seconds).toHaveLength(2);
    expect(Math.min(...seconds)).toBeGreaterThan(0);
  }
  expect(Object.keys(found.versions)).toEqual(['js']);
  expect(found.missing).toEqual(['gone ended before it answered: spawn /no/program ENOENT']);
  expect(said.filter((text) => text.startsWith('    batch 32, js: '))).toHaveLength(3);
});

test('measurePrograms() goes on without a program that fails', () => {
  const node = (name: string, script: string) => {
    return { name, command: process.execPath, args: ['-e', script] };
  };
  const commands = [node('broken', 'process.exit(3)'), node('fine', 'console.log("done")')];
  const { measurements, missing } = measurePrograms(commands, 2, () => {});
  expect(measurements.map(({ name, seconds }) => [name, seconds.length])).toEqual([['fine', 2]]);
  expect(missing).toHaveLength(1);
  expect(missing[0]).toMatch(/^broken failed/);
});

test('startPeer() and runWhole() say why a program failed', async () => {
  const args = ['-e', 'console.error("it is broken"); process.exit(3)'];
  const broken = { name: 'it', command: process.execPath, args };
  await expect(startPeer(broken)).rejects.toThrow('it ended before it answered: it is broken');
  expect(() => runWhole(broken)).toThrow('it failed: it is broken');
});
