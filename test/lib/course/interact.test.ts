import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { plotlyMimeType, share, symbols, widgetMimeType } from '../../../lib/base/contract';
import { interact } from '../../../lib/course/interact';
import type { Control } from '../../../lib/course/interact/control';
import { button, checkbox, choice, logSlider, slider } from '../../../lib/course/interact/controls';
import { controlOf } from '../../../lib/course/interact/spec';
import { knobs } from '../../../lib/course/knobs';
import { lineFigure } from '../../../lib/figures/lines';
import { type Answer, Kernel, messages, printed } from '../../kernel/client';
import { type Recorded, recordDisplay } from '../../samples/notebook-display';

const figure = (title: string) =>
  lineFigure({ title, xAxis: 'x', yAxis: 'y', series: [{ name: 'one', x: [1, 2], y: [3, 4] }] });

/** Lets `knobs()` see a cell's text, as in the kernel. */
function turnKnobs(source: string, values: Parameters<typeof knobs>[0]): void {
  share('cell', source);
  knobs(values);
  Reflect.deleteProperty(globalThis, symbols.cell);
}

describe('slider()', () => {
  test.each([
    [slider(0.01, 0.3), { value: 0.155, min: 0.01, max: 0.3, step: 0.001, readout_format: '.3f' }],
    [slider(0, 4, { value: 1 }), { value: 1, min: 0, max: 4, step: 0.01, readout_format: '.2f' }],
    [slider(-5, 5, { step: 1 }), { value: 0, step: 1, readout_format: '.0f' }],
    [slider(0, 1, { step: 0.25, value: 0.75 }), { value: 0.75, step: 0.25, readout_format: '.2f' }],
    [slider(1e-5, 2e-5), { value: 1.5e-5, step: 1e-7, readout_format: '.7f' }],
    [slider(0, 1e6), { value: 500_000, step: 10_000, readout_format: '.0f' }],
  ])('%# has steps that can be read', (control, state) => {
    expect(control.state).toMatchObject(state);
    expect(control.value).toBe(state.value);
  });

  test('reads a value without the noise of binary fractions', () => {
    expect(slider(0, 1).read({ value: 0.1 + 0.2 }, 0)).toBe(0.3);
    expect(slider(0, 1).read({ description: 'new' }, 0)).toBeUndefined();
  });

  test('keeps a first value between two steps, until it is moved', () => {
    const control = slider(0, 1, { value: 1 / 3 });
    expect(control.read({ value: 0.33 }, 1 / 3)).toBeUndefined();
    expect(control.read({ value: 0.34 }, 1 / 3)).toBe(0.34);
    expect(control.read({ value: 0.33 }, 0.34)).toBe(0.33);
  });

  test.each([
    [() => slider(3, 1), RangeError, 'Cannot make a slider: 3 … 1 is no range; give the smaller end first'],
    [() => slider(1, 1), RangeError, 'Cannot make a slider: 1 … 1 is no range; give the smaller end first'],
    [() => slider(Number.NaN, 1), TypeError, 'its ends must be finite numbers, got NaN'],
    [() => slider(0, Number.POSITIVE_INFINITY), TypeError, 'its ends must be finite numbers, got Infinity'],
    [() => slider(0, '1' as never), TypeError, "its ends must be finite numbers, got '1'"],
    [() => slider(0, 1, { value: 2 }), RangeError, 'value 2 lies outside 0 … 1; widen the range'],
    [() => slider(0, 1, { value: Number.NaN }), RangeError, 'value NaN lies outside 0 … 1'],
    [() => slider(0, 1, { value: 'x' as never }), TypeError, "value must be a number, got 'x'"],
    [
      () => slider(0, 1, { step: 0 }),
      RangeError,
      'step 0 does not fit 0 … 1; give one above 0, and at most 1',
    ],
    [() => slider(0, 1, { step: 2 }), RangeError, 'step 2 does not fit 0 … 1'],
    [
      () => slider(0, 1, { steps: 2 } as never),
      RangeError,
      "there is no option 'steps'; there is value, step, label",
    ],
    [
      () => logSlider(0, 1),
      RangeError,
      'Cannot make a log slider: 0 has no logarithm; begin above 0, or use slider()',
    ],
    [() => logSlider(2, 1), RangeError, '2 … 1 is no range'],
    [() => logSlider(1, 10, { step: 1 } as never), RangeError, "there is no option 'step'"],
    [() => choice([]), RangeError, 'Cannot make a list: it is empty; give at least one value'],
    [() => choice(['a', 'a']), RangeError, "'a' is in it twice"],
    [() => choice(['a', 'b'], { value: 'c' as 'a' }), RangeError, "'c' is not in it; take one of 'a', 'b'"],
    [() => choice([1, Number.NaN]), TypeError, 'it holds texts and finite numbers, got NaN'],
    [() => choice([{}] as never), TypeError, 'it holds texts and finite numbers'],
    [() => checkbox(1 as never), TypeError, 'it is true or false, got 1'],
    [() => button(' '), TypeError, "it needs a text, got ' '"],
    [
      () => controlOf('rate', 3 as never),
      TypeError,
      'rate is 3; a number has no range: write `rate: slider(least, most, { value: 3 })`',
    ],
    [
      () => controlOf('rate', 'x' as never),
      TypeError,
      "rate is 'x'; write slider(least, most), a list of values",
    ],
    [() => controlOf('rate', null as never), TypeError, 'rate is null'],
    [() => controlOf('rate', undefined as never), TypeError, 'rate is undefined'],
    [
      () => interact({}, () => undefined),
      RangeError,
      'Cannot interact: there is no control; give at least one',
    ],
    [() => interact({ on: true }, undefined as never), TypeError, 'the second argument must be a function'],
    [() => interact({ on: true }, () => '', { film: {} } as never), RangeError, "there is no option 'film'"],
  ])('and its like refuse what they cannot be, %#', (make, kind, message) => {
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});

test('logSlider() gives values of three digits within its range', () => {
  const control = logSlider(0.01, 100);
  expect(control.value).toBe(1);
  expect(control.state).toMatchObject({ base: 10, min: -2, max: 2, value: 1 });
  expect(control.read({ value: 0.0123456 }, 1)).toBe(0.0123);
  // One of its steps is the first value.
  for (const value of [0.01, 0.0101, 0.1, 0.3, 10]) {
    const { min, step } = logSlider(0.01, 10, { value }).state as { min: number; step: number };
    const steps = (Math.log10(value) - min) / step;
    expect(steps).toBeCloseTo(Math.round(steps), 9);
    expect(step).toBeGreaterThan(0.004);
    expect(step).toBeLessThan(0.015);
  }
  expect(logSlider(0.0123456, 1).read({ value: 0.0123456 }, 1)).toBe(0.0123456);
});

test('choice(), checkbox() and button() read what the page says', () => {
  expect(choice(['relu', 'tanh'], { value: 'tanh' }).state).toMatchObject({ index: 1 });
  expect(choice([16, 32]).read({ index: 1 }, 16)).toBe(32);
  expect(choice([16, 32]).read({ value: 32 }, 16)).toBeUndefined();
  expect(checkbox().read({ value: true }, false)).toBe(true);
  expect(button('Again').read({ event: 'click' }, 4)).toBe(5);
  expect(button('Again').read({ event: 'hover' }, 4)).toBeUndefined();
});

describe('a control by the name of a knob', () => {
  const source = `const rate = 0.1; // 0.01 … 1: how far
const size = 32; // 1 … 512: batch
const rule: string = 'adam'; // sgd | adam: the rule
const start = [1, 2]; // -5.0 … 5.0: where
const seed = 1; // the draws`;
  const turn = (more = {}) =>
    turnKnobs(source, { rate: 0.1, size: 32, rule: 'adam', start: [1, 2], seed: 1, ...more });

  test('has its range, its value and its description', () => {
    turn();
    expect(slider('rate')).toMatchObject({
      value: 0.1,
      tooltip: 'how far',
      state: { min: 0.01, max: 1, step: 0.001 },
    });
    expect(slider('rate', { value: 0.5, label: 'α' })).toMatchObject({ value: 0.5, label: 'α' });
    expect(slider('size')).toMatchObject({
      value: 32,
      state: { min: 1, max: 512, step: 1, readout_format: '.0f' },
    });
    expect(logSlider('size').read({ value: 12.6 }, 32)).toBe(13);
    expect(choice('rule')).toMatchObject({
      value: 'adam',
      state: { _options_labels: ['sgd', 'adam'], index: 1 },
    });
  });

  test('begins at a value that lies outside its range', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    turn({ rate: 3 });
    expect(slider('rate')).toMatchObject({ value: 3, state: { min: 0.01, max: 3 } });
    vi.restoreAllMocks();
  });

  test.each([
    [
      () => slider('speed'),
      RangeError,
      "there is no knob 'speed', there is rate, size, rule, start, seed; run the cell that ends in knobs({ speed }) first",
    ],
    [
      () => slider('start'),
      TypeError,
      "the knob 'start' is no number with a range; write `const start = 0.1; // 0.01 … 1: …`",
    ],
    [() => slider('seed'), TypeError, "the knob 'seed' is no number with a range"],
    [() => logSlider('rule'), TypeError, "Cannot make a log slider: the knob 'rule'"],
    [
      () => choice('rate'),
      TypeError,
      "Cannot make a list: the knob 'rate' lists no choices; write them as `a | b: …`",
    ],
  ])('is refused where the knob does not say enough, %#', (make, kind, message) => {
    turn();
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  test('keeps its value where nobody tells the comments, as in a stock tslab', () => {
    knobs({ rate: 0.2, rule: 'sgd' });
    expect(slider('rate').value).toBe(0.2);
    expect(logSlider('rate').value).toBe(0.2);
    expect(choice('rule').value).toBe('sgd');
  });
});

test('the callback’s argument has the types of the controls', () => {
  recorded = recordDisplay();
  interact(
    {
      rate: slider(0, 1),
      size: [16, 32],
      rule: ['sgd', 'adam'],
      on: true,
      seed: button('Again'),
      kind: choice(['a', 'b']),
    },
    (values) => {
      expectTypeOf(values).toEqualTypeOf<{
        rate: number;
        size: 16 | 32;
        rule: 'sgd' | 'adam';
        on: boolean;
        seed: number;
        kind: 'a' | 'b';
      }>();
      expect(values).toEqual({ rate: 0.5, size: 16, rule: 'sgd', on: true, seed: 0, kind: 'a' });
    },
  );
  expectTypeOf(interact({ on: true }, () => 'text')).toEqualTypeOf<void>();
  expectTypeOf(interact({ on: true }, async () => 'text')).toEqualTypeOf<Promise<void>>();
  expectTypeOf(choice('rule')).toEqualTypeOf<Control<string>>();
});

let recorded: Recorded;
afterEach(() => recorded?.stop());

describe('where nothing moves, interact()', () => {
  test('shows what the callback makes of the first values, alone', () => {
    recorded = recordDisplay();
    interact({ rate: slider(0, 1) }, ({ rate }) => figure(`rate ${rate}`));
    interact({ on: true }, ({ on }) => `it is ${on}`);
    interact({ on: true }, () => ({ 'text/html': '<b>3</b>', 'text/plain': '3' }));
    interact({ on: true }, () => undefined);
    interact(
      { on: true },
      () => ({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'own' }) }) as never,
    );
    expect(recorded.outputs.map((output) => output['text/plain'])).toEqual([
      'Figure: rate 0.5 (y over x)',
      'it is true',
      '3',
      'own',
    ]);
    expect(recorded.outputs[0][plotlyMimeType]).toMatchObject({ layout: { title: { text: 'rate 0.5' } } });
    expect(JSON.stringify(recorded.outputs)).not.toContain(widgetMimeType);
  });

  test.each([[[1, 2]], [true], [{ a: 1 }], [() => 1]])('refuses a callback that returns %j', (value) => {
    recorded = recordDisplay();
    expect(() => interact({ on: true }, () => value as never)).toThrow(
      /Cannot interact: the callback returned .+; let it return/,
    );
  });

  test('prints the text where there is no notebook, or says what was not shown', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      interact({ on: true }, () => ({ 'text/html': '<b>3</b>', 'text/plain': '3' }));
      interact({ on: true }, () => ({ 'text/html': '<b>3</b>' }));
      expect(log.mock.calls).toEqual([['3'], ['An output as text/html: it needs a notebook.']]);
    } finally {
      log.mockRestore();
    }
  });

  test('waits for an async callback', async () => {
    recorded = recordDisplay();
    const shown = interact({ on: true }, async () => 'later');
    expect(recorded.outputs).toEqual([]);
    await shown;
    expect(recorded.outputs).toEqual([{ 'text/plain': 'later' }]);
  });

  test('throws what the callback throws', async () => {
    const fail = () => {
      throw new RangeError('no curve');
    };
    expect(() => interact({ on: true }, fail)).toThrow('no curve');
    await expect(interact({ on: true }, async () => fail())).rejects.toThrow('no curve');
  });

  test('makes a filmstrip where it is asked to, with the first value in its place', async () => {
    const rates = { filmstrip: { rate: [0.8, 0.2] } };
    recorded = recordDisplay();
    interact({ rate: slider(0, 1) }, ({ rate }) => figure(`rate ${rate}`), rates);
    await interact({ rate: slider(0, 1, { label: 'α' }) }, async ({ rate }) => figure(`rate ${rate}`), rates);
    for (const [index, name] of ['rate', 'α'].entries()) {
      const { frames, layout } = recorded.outputs[index][plotlyMimeType] as ReturnType<typeof figure>;
      expect(frames?.map((frame) => frame.name)).toEqual(['0.2', '0.5', '0.8']);
      expect(layout).toMatchObject({ title: { text: 'rate 0.5' }, sliders: [{ active: 1 }] });
      expect(JSON.stringify(layout.sliders)).toContain(name);
    }
  });

  test.each([
    [{}, 'it is over one control, got 0; write { name: [values] }'],
    [{ rate: [0.1], on: [true] }, 'it is over one control, got 2'],
    [{ speed: [1] }, "there is no control 'speed'; there is rate, on"],
    [{ rate: [2] }, 'rate cannot be 2; it is slider 0 … 1'],
    [{ rate: ['x'] }, "rate cannot be 'x'; it is slider 0 … 1"],
    [{ rate: [0.5] }, 'rate has one value in it; give at least two'],
    [{ rate: [] }, 'rate has one value in it; give at least two'],
  ])('refuses the filmstrip %j', (filmstrip, message) => {
    const spec = { rate: slider(0, 1), on: true };
    expect(() => interact(spec, () => figure('x'), { filmstrip })).toThrow(
      `Cannot make a filmstrip: ${message}`,
    );
  });

  test('refuses a filmstrip of anything but figures', () => {
    const make = () => interact({ rate: slider(0, 1) }, () => 'text', { filmstrip: { rate: [0.1] } });
    expect(make).toThrow('Cannot make a filmstrip: at rate = 0.1 the callback returns no figure');
  });
});

describe('in the kernel, interact()', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.start();
    const answer =
      await kernel.execute(`import { button, interact, slider, show, showTable } from './lib/course';
import { lineFigure } from './lib/figures';
let computed = 0;
function curve(rate: number) {
  computed++;
  return lineFigure({ title: 'rate ' + rate, xAxis: 'x', yAxis: 'y', series: [{ name: 'one', x: [1, 2], y: [rate, 4] }] });
}`);
    expect(answer.reply.status).toBe('ok');
  });
  afterAll(() => kernel.stop());

  interface Open {
    comm_id: string;
    data: { state: Record<string, unknown> };
  }
  const widget = (answer: Answer, name: string) =>
    messages(answer, 'comm_open').find(({ data }: Open) => data.state._model_name === `${name}Model`) as Open;
  const run = (code: string, metadata: object = {}) =>
    kernel.begin(code, { allow_stdin: true }, metadata).done;
  const move = (to: Open, state: object) =>
    kernel.tell('comm_msg', { comm_id: to.comm_id, data: { method: 'update', state, buffer_paths: [] } });
  const sent = (answer: Answer, to: Open, method: string) =>
    messages(answer, 'comm_msg').filter(
      ({ comm_id, data }) => comm_id === to.comm_id && data.method === method,
    );
  /** What the cell's outputs are replaced with, as texts: they answer the cell, not the move. */
  const updates = (answer: Answer) =>
    messages(answer, 'update_display_data').map(({ data }) => data['text/plain']);

  test('shows controls, and under them the figure in a place of its own', async () => {
    const answer = await run(
      'interact({ rate: slider(0, 4, { value: 1 }), on: true }, ({ rate }) => curve(rate));',
    );
    const box = widget(answer, 'VBox');
    const [controls, shown] = messages(answer, 'display_data');
    expect(controls.data).toEqual({
      [widgetMimeType]: { version_major: 2, version_minor: 0, model_id: box.comm_id },
      'text/plain': 'rate: 1 (slider 0 … 4)\non: true (true | false)',
    });
    expect(shown.transient.display_id).toContain(box.comm_id);
    expect(shown.data['text/plain']).toBe('Figure: rate 1 (y over x)');
    const children = [widget(answer, 'FloatSlider'), widget(answer, 'Checkbox')].map(
      ({ comm_id }) => `IPY_MODEL_${comm_id}`,
    );
    expect((box.data.state.children as string[]).slice(0, 2)).toEqual(children);
    for (const opening of answer.published.filter(({ type }) => type === 'comm_open')) {
      expect(opening.metadata).toEqual({ version: '2.1.0' });
    }
  });

  test('a move is echoed, and the figure replaced in its place', async () => {
    const answer = await run('interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => curve(rate));');
    const handle = widget(answer, 'FloatSlider');
    const moved = await move(handle, { value: 2.5 });
    expect(sent(moved, handle, 'echo_update')[0].data.state).toEqual({ value: 2.5 });
    await expect.poll(() => updates(answer)).toEqual(['Figure: rate 2.5 (y over x)']);
    expect(messages(answer, 'display_data')).toHaveLength(2);
    // What does not move the value computes nothing.
    await move(handle, { value: 2.5, description: 'x' });
    await kernel.execute('0');
    expect(updates(answer)).toHaveLength(1);
  });

  test('of many moves that wait the last alone is computed', async () => {
    const answer = await run(
      'computed = 0; interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => curve(rate));',
    );
    const handle = widget(answer, 'FloatSlider');
    const busy = kernel.execute('await new Promise((resolve) => setTimeout(resolve, 200))');
    const moves = Array.from({ length: 300 }, (_, index) => move(handle, { value: (index + 1) / 100 }));
    await Promise.all([busy, ...moves]);
    await expect.poll(() => updates(answer).at(-1)).toBe('Figure: rate 3 (y over x)');
    expect(updates(answer).length).toBeLessThan(30);
  });

  test('a button counts; what is printed and thrown stands under the controls', async () => {
    const answer = await run(`interact({ presses: button('Again') }, ({ presses }) => {
  if (presses === 2) throw new RangeError('<too often>');
  console.log('pressed', presses);
  return presses + ' times';
});`);
    const press = () => {
      const data = { method: 'custom', content: { event: 'click' } };
      return kernel.tell('comm_msg', { comm_id: widget(answer, 'Button').comm_id, data });
    };
    const message = widget(answer, 'HTML');
    const value = (one: Answer) => sent(one, message, 'update').at(-1)?.data.state.value as string;
    expect(value(answer)).toContain('pressed 0');
    expect(value(await press())).toContain('pressed 1');
    const failed = value(await press());
    expect(failed).toMatch(/RangeError: &lt;too often&gt;[\s\S]*line 2/);
    expect(failed).not.toContain('lib/course');
    expect(value(await press())).toContain('pressed 3');
    await expect.poll(() => updates(answer)).toEqual(['1 times', '3 times']);
    expect(printed(answer)).toBe('');
  });

  test('what the callback shows has places as well; places that are left over become empty', async () => {
    const answer = await run(`interact({ rows: slider(0, 3, { step: 1, value: 2 }) }, ({ rows }) => {
  for (let row = 0; row < rows; row++) showTable(['row'], [['row ' + row]]);
});`);
    const texts = () =>
      messages(answer, 'display_data')
        .slice(1)
        .map(({ data }) => data['text/plain']);
    expect(texts()).toEqual(['row\nrow 0', 'row\nrow 1']);
    await move(widget(answer, 'FloatSlider'), { value: 1 });
    await expect.poll(() => updates(answer)).toEqual(['row\nrow 0', '']);
    await move(widget(answer, 'FloatSlider'), { value: 3 });
    await expect.poll(texts).toEqual(['row\nrow 0', 'row\nrow 1', 'row\nrow 2']);
  });

  test('an async callback is computed to its end, one at a time', async () => {
    const answer = await run(`let running = 0;
await interact({ rate: slider(0, 4, { value: 1 }) }, async ({ rate }) => {
  if (++running > 1) throw new Error('two at a time');
  await new Promise((resolve) => setTimeout(resolve, 30));
  running--;
  return 'rate ' + rate;
});`);
    const handle = widget(answer, 'FloatSlider');
    await Promise.all([2, 3, 4].map((value) => move(handle, { value })));
    await expect.poll(() => updates(answer).at(-1)).toBe('rate 4');
    expect(sent(answer, widget(answer, 'HTML'), 'update').at(-1)?.data.state.value).toBe('');
  });

  test('a page that comes later gets all models, and from then on the figures as well', async () => {
    const answer = await run('interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => curve(rate));', {
      cellId: 'late',
    });
    const handle = widget(answer, 'FloatSlider');
    await move(handle, { value: 2 });
    await kernel.tell('comm_open', { comm_id: 'control', target_name: 'jupyter.widget.control', data: {} });
    const asked = await kernel.tell('comm_msg', { comm_id: 'control', data: { method: 'request_states' } });
    const [{ data }] = messages(asked, 'comm_msg');
    expect(data.method).toBe('update_states');
    expect(data.states[handle.comm_id]).toMatchObject({
      model_name: 'FloatSliderModel',
      state: { value: 2, max: 4 },
    });
    const moved = await move(handle, { value: 3 });
    const [{ data: output }] = sent(moved, widget(answer, 'Output'), 'update');
    expect(JSON.stringify(output.state.outputs)).toContain('rate 3');

    const again = await kernel.begin('0', {}, { cellId: 'late' }).done;
    expect(messages(again, 'comm_close').map(({ comm_id }) => comm_id)).toContain(handle.comm_id);
    const left = await kernel.tell('comm_msg', { comm_id: 'control', data: { method: 'request_states' } });
    expect(messages(left, 'comm_msg')[0].data.states).not.toHaveProperty(handle.comm_id);
  });

  test('answers a request for the state of one model', async () => {
    const answer = await run('interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => curve(rate));');
    const handle = widget(answer, 'FloatSlider');
    const asked = await kernel.tell('comm_msg', {
      comm_id: handle.comm_id,
      data: { method: 'request_state' },
    });
    expect(sent(asked, handle, 'update')[0].data.state).toMatchObject({ value: 1, min: 0, max: 4 });
  });

  test('a callback that fails at the first values is an error of the cell, and leaves no controls', async () => {
    const answer = await run("interact({ on: true }, () => { throw new RangeError('no curve'); });");
    expect(answer.reply).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'no curve' });
    expect(messages(answer, 'comm_open')).toEqual([]);
    // What is printed afterwards reaches the page.
    expect(printed(await kernel.execute("console.log('still here')"))).toBe('still here\n');
  });

  test('without anybody to move it, the figure stands alone', async () => {
    const answer = await kernel.execute(
      'interact({ rate: slider(0, 4, { value: 1 }) }, ({ rate }) => { console.log(rate); return curve(rate); }, { filmstrip: { rate: [2, 3] } });',
    );
    expect(answer.published.map(({ type }) => type)).toEqual(['execute_input', 'stream', 'display_data']);
    expect(printed(answer)).toBe('1\n');
    expect(messages(answer, 'display_data')[0].data[plotlyMimeType].frames).toHaveLength(3);
  });
});
