import { afterEach, describe, expect, test } from 'vitest';
import { missingNames } from '../../../lib/course/show';
import { recordCurves, trainingFigure } from '../../../lib/course/training-view/curves';
import { duration, statusOf, trainingPage } from '../../../lib/course/training-view/page';
import { terminalView } from '../../../lib/course/training-view/terminal';
import { trainingView } from '../../../lib/course/training-view/view';
import { type LoopOptions, runTraining } from '../../../lib/training/loop';
import type { Trainer } from '../../../lib/training/trainer';
import { type Recorded, recordDisplay } from '../../samples/notebook-display';

/** A training whose losses a formula gives: the batch with number k has loss 2 / (k + 1). */
function train(
  { validation, ...options }: Partial<LoopOptions> & Pick<Trainer, 'validation'>,
  count = 100,
  loss = (k: number) => 2 / (k + 1),
) {
  let k = 0;
  const step = ({ length }: Uint32Array) => {
    const sums = [loss(k) * length, (1 - 1 / (k + 2)) * length];
    k++;
    return sums;
  };
  const trainer: Trainer = {
    ...{ fused: true, labels: ['loss', 'acc'], count, step, validation },
    ...{ sync() {}, dispose() {} },
  };
  return runTraining(trainer, { epochs: 4, batchSize: 8, seed: 1, ...options });
}

const validation = { count: 2, measure: () => [0.5, 1.8] };

async function recorded(options: Parameters<typeof train>[0] = {}, count = 100) {
  const curves = recordCurves();
  const view = { onStep: curves.step, onEpoch: curves.epoch };
  const history = await train({ view, ...options }, count);
  return { curves, history };
}

describe('recordCurves()', () => {
  test('has a point for each window, whose means add up to the mean of the epoch', async () => {
    const { curves, history } = await recorded({ epochs: 200 }, 1000);
    expect(curves.window).toBe(63);
    expect(curves.training).toHaveLength(2 * 200);
    const [first, second] = curves.training;
    expect([first.epochs, second.epochs]).toEqual([0.504, 1]);
    const mean = (504 * first.loss + 496 * second.loss) / 1000;
    expect(mean).toBeCloseTo(history.epochs[0].loss, 12);
  });

  test('has a point for each batch where there are few, and validations where there are any', async () => {
    const { curves } = await recorded({ validation });
    expect(curves.window).toBe(1);
    expect(curves.training).toHaveLength(4 * 13);
    expect(curves.training[5].loss).toBeCloseTo(2 / 6, 12);
    expect(curves.validation).toEqual([1, 2, 3, 4].map((epochs) => ({ epochs, loss: 0.25, accuracy: 0.9 })));
    expect((await recorded()).curves.validation).toEqual([]);
  });
});

describe('trainingFigure()', () => {
  test('is the same for the same training, however fast it ran', async () => {
    const figures = [];
    for (const pause of [0, 2]) {
      const { curves, history } = await recorded({
        validation: {
          count: 2,
          measure: async () => {
            await new Promise((resolve) => setTimeout(resolve, pause));
            return validation.measure();
          },
        },
      });
      figures.push(JSON.stringify(trainingFigure(curves, history, 'A test')));
    }
    expect(figures[1]).toBe(figures[0]);
  });

  test('says what came out and names its axes', async () => {
    const title = async (options: Parameters<typeof train>[0]) => {
      const { curves, history } = await recorded(options);
      const figure = trainingFigure(curves, history, 'A test');
      if (!figure) throw new Error('there is no figure');
      expect(missingNames(figure)).toEqual([]);
      return (figure.layout.title as { text: string }).text.replace(/<br>/g, ' ');
    };
    expect(await title({ validation })).toBe(
      'A test: 90.0 % of the validation digits read correctly after 4 epochs',
    );
    expect(await title({ epochs: 1 })).toBe(
      'A test: 82.3 % of the training digits read correctly, mean over epoch 1',
    );
  });

  test('shows where a training was stopped, and nothing if it had not begun', async () => {
    const controller = new AbortController();
    const curves = recordCurves();
    const view = {
      onStep(progress: Parameters<typeof curves.step>[0]) {
        curves.step(progress);
        if (progress.epoch === 2 && progress.step === 3) controller.abort();
      },
      onEpoch: curves.epoch,
    };
    const history = await train({ view, validation, signal: controller.signal });
    const figure = trainingFigure(curves, history, 'A test');
    expect(JSON.stringify(figure?.layout)).toContain(
      'A test: interrupted in epoch 2 after step 3; 90.0 % of the validation digits read<br>correctly after 1 epoch',
    );
    expect(figure?.layout.annotations?.map(({ text }) => text)).toContain('stopped');
    const none = await train({ signal: AbortSignal.abort() });
    expect(trainingFigure(recordCurves(), none, 'A test')).toBeUndefined();
  });

  test('without validation digits, an interrupted training tells the mean over what it saw last', async () => {
    const title = async (epoch: number, step: number) => {
      const controller = new AbortController();
      const curves = recordCurves();
      const onStep = (progress: Parameters<typeof curves.step>[0]) => {
        curves.step(progress);
        if (progress.epoch === epoch && progress.step === step) controller.abort();
      };
      const history = await train({ view: { onStep }, signal: controller.signal });
      const figure = trainingFigure(curves, history, 'A test');
      return (figure?.layout.title as { text: string } | undefined)?.text.replace(/<br>/g, ' ');
    };
    // The batches have the accuracies 1/2, 2/3, 3/4 …
    expect(await title(1, 3)).toBe(
      'A test: interrupted in epoch 1 after step 3; 75.0 % of the training digits read correctly, mean over one batch',
    );
    expect(await title(2, 3)).toBe(
      'A test: interrupted in epoch 2 after step 3; 82.3 % of the training digits read correctly, mean over epoch 1',
    );
  });

  test('says that a loss is no longer finite', async () => {
    const curves = recordCurves();
    const view = { onStep: curves.step };
    const history = await train({ view }, 100, (k) => (k < 5 ? 3 ** k : Number.NaN));
    const figure = trainingFigure(curves, history, 'Too fast');
    expect(JSON.stringify(figure?.layout)).toContain(
      'Too fast: the loss is no longer finite in epoch 1, at step 6',
    );
  });
});

describe('trainingView() in a notebook', () => {
  let shown: Recorded;
  afterEach(() => shown.stop());

  test('moves one output, which becomes a figure', async () => {
    shown = recordDisplay();
    await train({ view: trainingView({ title: 'A test', interval: 0 }), validation });
    const { outputs, options } = shown;
    expect(outputs.length).toBeGreaterThan(40);
    expect(new Set(options.map(({ id }) => id)).size).toBe(1);
    expect(options.map(({ update }) => update)).toEqual(outputs.map((_, index) => index > 0));
    expect(outputs[20]['text/plain']).toMatch(
      /^Epoch 2 of 4 · \d+\.\d % · loss \d\.\d{4} · accuracy \d\d\.\d\d % · [\d,]+ examples\/s · \d+ s left$/,
    );
    const last = outputs[outputs.length - 1];
    expect(Object.keys(last)).toEqual(['application/vnd.plotly.v1+json', 'text/plain']);
    expect(last['text/plain']).toBe(
      'Figure: A test: 90.0 % of the validation digits read correctly after 4 epochs (cross-entropy (nats) over epochs)',
    );
  });

  test('is renewed no more often than asked, and at each epoch', async () => {
    shown = recordDisplay();
    await train({ view: trainingView({ interval: 1e6 }) });
    // The first moment, four epochs, the end.
    expect(shown.outputs).toHaveLength(6);
  });

  test('gives each training an output of its own', async () => {
    shown = recordDisplay();
    await train({ epochs: 1, view: trainingView() });
    await train({ epochs: 1, view: trainingView() });
    expect(new Set(shown.options.map(({ id }) => id)).size).toBe(2);
  });

  test('says so when a training is stopped before its first step', async () => {
    shown = recordDisplay();
    await train({ view: trainingView(), signal: AbortSignal.abort() });
    expect(shown.outputs).toEqual([
      { 'text/plain': expect.stringMatching(/interrupted in epoch 1 of 4, after step 0/) },
    ]);
  });
});

describe('trainingPage()', () => {
  test('has a bar, the figures and both curves, and no script', async () => {
    const { curves } = await recorded({ validation });
    const page = trainingPage(
      {
        epoch: 3,
        epochs: 4,
        step: 2,
        steps: 13,
        examples: 216,
        examplesPerEpoch: 100,
        loss: 0.0123,
        accuracy: 0.9876,
        seconds: 2,
      },
      curves,
    );
    const html = String(page['text/html']);
    expect(html).toContain('aria-valuenow="54.0"');
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html.match(/<circle/g)).toHaveLength(8);
    expect(html).not.toMatch(/<script|NaN|undefined|Infinity/);
    expect(page['text/plain']).toBe(
      'Epoch 3 of 4 · 54.0 % · loss 0.0123 · accuracy 98.76 % · 108 examples/s · 2 s left',
    );
  });

  test('shows no curve of nothing, of one point or of infinities', () => {
    const progress = {
      epoch: 1,
      epochs: 1,
      step: 1,
      steps: 2,
      examples: 1,
      examplesPerEpoch: 2,
      loss: Number.NaN,
      accuracy: 0,
      seconds: 0,
    };
    const curves = recordCurves();
    curves.step(progress);
    expect(String(trainingPage(progress, curves)['text/html'])).not.toContain('<svg');
  });
});

test('statusOf() and duration() write times as a reader says them', () => {
  expect([0.4, 59, 60, 3599, 3600, 7260].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '59 min 59 s',
    '1 h 0 min',
    '2 h 1 min',
  ]);
  const base = { step: 1, steps: 1, examplesPerEpoch: 60_000, loss: 1, accuracy: 0.5 };
  const status = statusOf({ ...base, epoch: 1, epochs: 10, examples: 60_000, seconds: 5 });
  expect(status).toMatchObject({ done: 0.1, speed: '12,000 examples/s', left: '45 s left' });
});

describe('terminalView()', () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = [];
    const nothing = () => true;
    return {
      isTTY,
      columns: 200,
      write: (text: string) => written.push(text),
      cursorTo: nothing,
      text: () => written.join(''),
    };
  };

  test('writes a line for each epoch where there is no terminal', async () => {
    const out = stream(false);
    await train({ epochs: 2, view: terminalView(out), validation });
    const lines = out.text().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^Epoch 2 of 2: loss 0\.1048, accuracy 95\.03 %, validation loss 0\.2500, validation accuracy 90\.00 %, \d\.\d s$/,
    );
    expect(lines[2]).toBe('');
  });

  test('shows a bar in a terminal, takes it away, and gives the cursor back', async () => {
    const out = stream(true);
    const view = terminalView(out);
    await view.ready;
    await train({ epochs: 2, view });
    expect(out.text()).toMatch(/Epoch 1 of 2 \|░/);
    expect(out.text()).toMatch(/Epoch 2 of 2: loss 0\.1048/);
    const [hidden, given] = ['\x1b[?25l', '\x1b[?25h'].map((code) => out.text().split(code).length);
    expect(hidden).toBe(3);
    expect(given).toBe(hidden);
  });

  test('says where a training was stopped', async () => {
    const out = stream(false);
    await train({ view: terminalView(out), signal: AbortSignal.abort() });
    expect(out.text()).toBe(
      'Training was interrupted in epoch 1 of 4, after step 0. The model keeps what it learnt until then.\n',
    );
  });
});
