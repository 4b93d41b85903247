import { describe, expect, test } from 'vitest';
import { benchmarkFigure } from '../../lib/figures/benchmark';
import { measureEpochs } from '../../tools/bench/epochs';
import { growthOf } from '../../tools/bench/memory';
import { descentPeer, pagePeer, runWhole, startPeer } from '../../tools/bench/peers';
import { measurePrograms } from '../../tools/bench/programs';
import {
  type BenchmarkResult,
  combine,
  describeMachine,
  type Measurement,
  processorName,
} from '../../tools/bench/results';
import { missedTargets, readmeTable, tableOf } from '../../tools/bench/tables';
import { judge, programOf, ratios } from '../../tools/bench/targets';
import { crossingOf } from '../../tools/bench/threads';

const epoch = (name: string, ...seconds: number[]): Measurement => ({
  name,
  what: 'one epoch, batch 32',
  seconds,
});

describe('judge()', () => {
  const targetOf = (measurements: Measurement[], name: string, against?: string) =>
    judge(measurements).find(
      (one) => one.name === name && (against === undefined || one.against?.startsWith(against)),
    );

  test('takes the median of the ratios within a round, not the ratio of the medians', () => {
    const own = epoch('fused', 1, 10, 1);
    const other = epoch('Keras', 4, 20, 2);
    expect(ratios(own, other)).toEqual([0.25, 0.5, 0.5]);
    expect(judge([own, other])[0]).toMatchObject({ against: 'Keras', ratio: 0.5, met: false });
  });

  test('compares with a program at its best setting, and names it', () => {
    const measurements = [
      epoch('fused', 0.6, 0.6),
      epoch('fused, wasm', 0.1),
      epoch('PyTorch, 1 thread', 1.2, 1.2),
      epoch('PyTorch, compiled, 1 thread', 1, 1),
      epoch('PyTorch, 2 threads', 1.1, 1.1),
    ];
    const target = targetOf(measurements, 'fused', 'PyTorch');
    expect(target).toMatchObject({ against: 'PyTorch, compiled, 1 thread', met: true });
    expect(target?.ratio).toBeCloseTo(0.6, 12);
  });

  test('varies no setting that the target names', () => {
    const step = (name: string, seconds: number) => ({ name, what: 'GPT step', seconds: [seconds] });
    const measurements = [
      step('fused', 0.9),
      step('PyTorch, 1 thread', 0.5),
      step('PyTorch, 2 threads', 2),
      step('PyTorch, compiled, 2 threads', 1),
    ];
    expect(targetOf(measurements, 'fused', 'PyTorch, compiled')).toMatchObject({
      what: 'GPT step',
      ratio: 0.9,
      met: true,
    });
  });

  test('holds a program without another against its seconds', () => {
    const [what, name] = ['kernel', 'kernel answers'];
    expect(targetOf([{ what, name, seconds: [1, 3, 2] }], name)).toMatchObject({ seconds: 2, met: false });
    expect(targetOf([{ what, name, seconds: [1] }], name)).toMatchObject({ seconds: 1, met: true });
  });

  test('leaves a target open when a program is missing', () => {
    expect(judge([epoch('fused', 1)]).every(({ met }) => met === undefined)).toBe(true);
  });

  test('holds what memory grew by against megabytes, and says nothing of memory that was not watched', () => {
    const [what, name] = ['200 epochs of MNIST', 'fused, wasm'];
    const grown = (megabytes: number) =>
      judge([{ what, name, seconds: [300], megabytes }]).find(({ of }) => of);
    expect(grown(0.5)).toMatchObject({ of: 'memory', megabytes: 0.5, met: true });
    expect(grown(50)).toMatchObject({ met: false });
    // Tensors were left behind.
    expect(grown(Number.NaN)).toMatchObject({ met: false });
    expect(judge([epoch('fused', 1)]).filter(({ of }) => of)).toEqual([]);
  });
});

describe('growthOf()', () => {
  const looks = (grow: (place: number) => number) =>
    Array.from({ length: 200 }, (_, place) => 300 + grow(place));

  test('is what is added after the first quarter', () => {
    expect(growthOf(looks((place) => 0.1 * place))).toBeCloseTo(14.9, 6);
    expect(growthOf(looks((place) => Math.min(place, 50)))).toBeCloseTo(0, 6);
  });

  test('is little where memory only goes up and down, and sees a leak through what is given back at once', () => {
    expect(Math.abs(growthOf(looks((place) => 5 * Math.sin(place))))).toBeLessThan(0.5);
    expect(growthOf(looks((place) => 0.1 * place - (place > 160 ? 20 : 0)))).toBeGreaterThan(10);
  });
});

test('programOf() leaves out the settings, and no more', () => {
  const names = [
    'Keras, jit_compile, 1 thread',
    'PyTorch, compiled, 16 threads',
    'fused, wasm',
    'fused, all threads',
  ];
  expect(names.map(programOf)).toEqual(['Keras', 'PyTorch', 'fused, wasm', 'fused']);
});

test.each([
  ['Intel(R) Xeon(R) Processor', 'Intel Xeon'],
  ['Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz', 'Intel Core i7-8550U @ 1.80GHz'],
  ['AMD EPYC', 'AMD EPYC'],
  ['Apple M1', 'Apple M1'],
])('processorName() of %j', (model, name) => {
  expect(processorName(model)).toBe(name);
});

describe('crossingOf()', () => {
  const run = (size: number, one: number, all: number): Measurement[] => {
    const what = `20,480 digits, batch ${size}`;
    return [
      { name: 'fused, 1 thread', what, seconds: [one] },
      { name: 'fused, all threads', what, seconds: [all] },
    ];
  };

  test('is the size from which on all threads are faster at each', () => {
    const measured = [...run(1024, 2, 1), ...run(32, 4, 2), ...run(128, 2, 3), ...run(512, 3, 2)];
    expect(crossingOf(measured)).toBe(
      'All threads are faster from a batch of 512 on; all / one thread at each batch size: 32: 0.50, 128: 1.50, 512: 0.67, 1024: 0.50',
    );
  });

  test('may be at no size, and is not there if nothing was measured', () => {
    expect(crossingOf(run(2048, 2, 2))).toContain('All threads are faster at no size that was tried');
    expect(crossingOf([epoch('fused, 1 thread', 1), epoch('fused, all threads', 1)])).toBeUndefined();
  });
});

test('tableOf() shows medians, ranges, shares, targets, the machine and what is missing', () => {
  const step = { name: 'fused', what: 'GPT step', seconds: [0.03, 0.05, 0.04] };
  const measurements = [epoch('fused', 1, 2, 3), epoch('Keras', 8, 8, 8), step];
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
  expect(table).not.toContain('Not quiet');
  const busy = { ...result.machine, cores: 2, load: [1.1, 9] as [number, number] };
  expect(tableOf({ ...result, machine: busy })).toContain('Not quiet: other programs ran when it began');
  for (const part of [
    'load 0.5 before, 9 after',
    'Keras: Keras 3',
    '2.00 s (1.00 s … 3.00 s)',
    'fused takes 0.25 of it',
    'fused / Keras ≤ 0.33 → 0.25: met',
    'fused / PyTorch ≤ 0.70 → not measured',
    'kernel answers ≤ 1.20 s → not measured',
    'GPT step\n  fused                          40.0 ms (30.0 ms … 50.0 ms)',
    'Missing: PyTorch, because it is too large',
  ]) {
    expect(table).toContain(part);
  }
});

test('readmeTable() takes each program at the setting that suits it best, and names it', () => {
  const measurements = [
    epoch('fused', 3, 1, 2),
    epoch('fused, all threads', 5),
    epoch('model.fit', 9),
    epoch('Keras', 8),
    epoch('Keras, 1 thread', 4, 4, 4),
    epoch('Keras, jit_compile', 20),
    epoch('PyTorch, 1 thread', 2),
    epoch('PyTorch, compiled, 2 threads', 1, 1, 1),
    { name: 'fused', what: 'GPT step', seconds: [0.036] },
    { name: 'PyTorch, 2 threads', what: 'GPT step', seconds: [0.04] },
    { name: 'fused, js', what: 'one epoch, batch 32, js', seconds: [35] },
  ];
  const machine = { processor: 'Some Processor', cores: 2 };
  expect(readmeTable({ measurements, machine }).split('\n')).toEqual([
    '| Some Processor, 2 cores | fused | `model.fit` | Keras | PyTorch |',
    '|-|-|-|-|-|',
    '| one epoch, batch 32 | 2.00 s | 9.00 s (0.33) | 4.00 s, 1 thread (0.50) | 1.00 s, compiled, 2 threads (2.00) |',
    '| GPT step | 36.0 ms | – | – | 40.0 ms, 2 threads (0.90) |',
  ]);
  const [wasm, page] = ['fused, wasm', 'fused, page'].map((name) =>
    readmeTable({ measurements: [...measurements, epoch(name, 1)], machine }),
  );
  expect(wasm).toContain('| fused | fused, WebAssembly |');
  expect(page).toContain('| fused | fused, in a page |');
  expect(wasm).toContain('| GPT step | 36.0 ms | – | – | – | 40.0 ms');
});

test('missedTargets() names those that a run misses, and passes over those that it did not measure', () => {
  const told = (...measurements: Measurement[]) => missedTargets({ targets: judge(measurements) });
  expect(told(epoch('fused', 1), epoch('Keras', 4))).toBe(
    'Of 1 targets that were measured, this run misses none.',
  );
  expect(told(epoch('fused', 1), epoch('Keras', 2), epoch('PyTorch, 2 threads', 2))).toBe(
    'Of 2 targets that were measured, this run misses 1: one epoch, batch 32: fused / Keras ≤ 0.33 → 0.50.',
  );
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
  const [first, second] = [await peer.train({ batchSize: 32 }), await peer.train({ batchSize: 32 })];
  expect(first.seconds).toBeGreaterThan(0);
  expect(second.loss).toBeLessThan(first.loss as number);
  peer.stop();
});

test('startPeer() runs the GPT, in seconds a step', async () => {
  const sizes = JSON.stringify({ layers: 1, width: 8, heads: 2, context: 8, batch: 2, vocabulary: 5 });
  const peer = await startPeer(descentPeer('js', ['gpt', sizes], { DESCENT_BACKEND: 'js' }));
  const start = performance.now();
  const answers = [await peer.train({ steps: 10 }), await peer.train({ steps: 10 })];
  const whole = (performance.now() - start) / 1000;
  peer.stop();
  expect(10 * answers[0].seconds).toBeGreaterThan(0);
  expect(10 * (answers[0].seconds + answers[1].seconds)).toBeLessThanOrEqual(whole);
  expect(answers[1].loss).toBeLessThan(answers[0].loss as number);
});

test('combine() joins what the parts found, in their order, and what two of them miss, once', () => {
  const one = { measurements: [epoch('fused', 1)], versions: { fused: '1' }, missing: ['a'] };
  const two = { measurements: [epoch('Keras', 2)], versions: { Keras: '3' }, missing: ['b', 'a'] };
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
  expect(said.filter((text) => text.startsWith('    one epoch, batch 32, js: '))).toHaveLength(3);
});

test('a page is missing, with the reason, where there is no browser', async () => {
  const blind = { ...pagePeer('page', [{ batchSize: 32 }]), env: { CHROMIUM_PATH: '/no/browser' } };
  const { measurements, missing } = await measureEpochs([blind], [32], 1, () => {});
  expect(measurements).toEqual([]);
  expect(missing).toEqual(['page ended before it answered: CHROMIUM_PATH names no file: /no/browser']);
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
