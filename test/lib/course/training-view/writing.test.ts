import { afterEach, expect, test, vi } from 'vitest';
import { writingView } from '../../../../lib/course/training-view/writing';
import { lineFigure } from '../../../../lib/figures';
import { type Recorded, recordDisplay } from '../../../samples/notebook-display';

let recorded: Recorded | undefined;
afterEach(() => {
  recorded?.stop();
  vi.restoreAllMocks();
});

const samples = [
  { step: 0, loss: 4.4641, text: 'xq\n  <!' },
  { step: 100, loss: 2.4738, text: 'the whale' },
];

const figureOf = (some: readonly { step: number; loss: number }[]) =>
  lineFigure({
    title: `After ${some[some.length - 1].step} steps`,
    ...{ xAxis: 'step', yAxis: 'loss' },
    series: [{ name: 'loss', x: some.map(({ step }) => step), y: some.map(({ loss }) => loss) }],
  });

test('in a notebook a figure and a table of the samples grow in place', () => {
  recorded = recordDisplay();
  const view = writingView(figureOf);
  for (const sample of samples) view.add(sample);
  view.end();
  const { outputs, options } = recorded;
  expect(options.map(({ update }) => update)).toEqual([false, false, true, true]);
  expect(options.map(({ id }) => id)).toEqual([0, 1, 0, 1].map((index) => options[index].id));
  expect(options[0].id).not.toBe(options[1].id);
  expect(outputs.map((output) => output['text/plain'])).toEqual([
    'Figure: After 0 steps (loss over step)',
    'step  loss   written\n0     4.464  xq <!',
    'Figure: After 100 steps (loss over step)',
    'step  loss   written\n0     4.464  xq <!\n100   2.474  the whale',
  ]);
  expect(outputs[1]['text/html']).toContain('xq &lt;!');
  expect(view.samples).toEqual(samples);
});

test('two views have outputs of their own', () => {
  recorded = recordDisplay();
  for (let count = 0; count < 2; count++) writingView(figureOf).add(samples[0]);
  expect(new Set(recorded.options.map(({ id }) => id)).size).toBe(4);
});

test('elsewhere each sample is a line, and the figure comes at the end', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.stubEnv('DESCENT_HEADLESS', '1');
  const view = writingView(figureOf);
  view.end();
  for (const sample of samples) view.add(sample);
  view.end();
  expect(log.mock.calls.map(([line]) => line)).toEqual([
    '0 · 4.464 · xq <!',
    '100 · 2.474 · the whale',
    'Figure: After 100 steps (loss over step)',
  ]);
  vi.unstubAllEnvs();
});
