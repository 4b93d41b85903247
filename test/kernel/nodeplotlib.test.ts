import * as stock from 'nodeplotlib';
import { BehaviorSubject, NEVER, of } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { inline, stopStreams } from '../../kernel/nodeplotlib';
import { lineFigure } from '../../lib/figures/lines';
import { divergingScale, sequentialScale } from '../../lib/figures/theme';
import { type Recorded, recordDisplay } from '../samples/notebook-display';
import { Kernel, messages, plainTraceback, printed } from './client';

const mime = 'application/vnd.plotly.v1+json';
// biome-ignore lint/suspicious/noExplicitAny: the tests also give what its types forbid
const plot = inline.plot as (...given: any[]) => void;

let recorded: Recorded;
beforeEach(() => {
  recorded = recordDisplay();
});
afterEach(() => {
  stopStreams();
  recorded.stop();
  vi.useRealTimers();
});
// biome-ignore lint/suspicious/noExplicitAny: a figure's fields are Plotly's
const figures = (): any[] => recorded.outputs.map((output) => output[mime]);
const shown = (...given: unknown[]) => {
  plot(...given);
  return figures().at(-1);
};

test('every name that the package exports is there', () => {
  expect(Object.keys(inline)).toEqual(Object.keys(stock).filter((name) => name !== 'default'));
});

describe('plot()', () => {
  test('shows the traces in one output, with a line of text', () => {
    plot([{ x: [1, 2], y: [3, 4], type: 'scatter' }], {
      title: 'Loss',
      xaxis: { title: 'step' },
      yaxis: { title: { text: 'error' } },
    });
    plot([{ y: [1] }, { y: [2] }]);
    expect(figures().map(({ data }) => data)).toEqual([
      [{ x: [1, 2], y: [3, 4], type: 'scatter' }],
      [{ y: [1] }, { y: [2] }],
    ]);
    expect(recorded.outputs.map((output) => output['text/plain'])).toEqual([
      'Loss (x: step, y: error)',
      '2 traces',
    ]);
  });

  test('writes titles in full, wherever Plotly has one', () => {
    const { data, layout } = shown(
      [
        { z: [[1]], type: 'heatmap', colorbar: { title: 'ink', titleside: 'right' } },
        { y: [1], marker: { color: [1], colorbar: { title: 'loss' } } },
      ],
      {
        title: 'One',
        titlefont: { size: 30 },
        xaxis: { title: 'x', titlefont: { color: 'red' } },
        yaxis2: { title: 7 },
        polar: { radialaxis: { title: 'r' } },
        scene: { zaxis: { title: { text: 'z' } } },
        legend: { title: { text: 'runs' } },
        template: { layout: { yaxis: { title: 'y' } } },
      },
    );
    expect(layout).toMatchObject({
      title: { text: 'One', font: { size: 30 } },
      xaxis: { title: { text: 'x', font: { color: 'red' } } },
      yaxis2: { title: { text: '7' } },
      polar: { radialaxis: { title: { text: 'r' } } },
      scene: { zaxis: { title: { text: 'z' } } },
      legend: { title: { text: 'runs' } },
      template: { layout: { yaxis: { title: { text: 'y' } } } },
    });
    expect(layout).not.toHaveProperty('titlefont');
    expect(data[0].colorbar).toEqual({ title: { text: 'ink', side: 'right' } });
    expect(data[1].marker.colorbar).toEqual({ title: { text: 'loss' } });
  });

  test("leaves alone what is the reader's own, and his objects", () => {
    const trace = { y: [1], customdata: [{ title: 'a' }], meta: { title: 'b' }, text: ['title'] };
    const layout = { title: 'One', meta: { title: 'c' } };
    const before = structuredClone({ trace, layout });
    const figure = shown([trace], layout, { scrollZoom: true });
    expect(figure.data).toEqual([trace]);
    expect(figure.layout.meta).toEqual({ title: 'c' });
    expect(figure.config).toMatchObject({ scrollZoom: true });
    expect({ trace, layout }).toEqual(before);
  });

  test('takes typed arrays, large integers, dates and gaps', () => {
    const { data } = shown([
      {
        x: Float32Array.of(0.5, 1),
        y: BigInt64Array.of(3n, 4n),
        z: [Uint8Array.of(1, 2), new Float64Array(2)],
        marker: { size: Int16Array.of(-1, 300) },
        error_y: { array: [1n, 2] },
        text: [new Date(0), Number.NaN, null],
      },
    ]);
    expect(data).toEqual([
      {
        x: [0.5, 1],
        y: [3, 4],
        z: [
          [1, 2],
          [0, 0],
        ],
        marker: { size: [-1, 300] },
        error_y: { array: [1, 2] },
        text: ['1970-01-01T00:00:00.000Z', null, null],
      },
    ]);
  });

  test("has the course's look and size where the reader says nothing", () => {
    const house = lineFigure({ title: 'T', xAxis: 'x', yAxis: 'y', series: [{ name: 'n', y: [1, 2] }] });
    // biome-ignore lint/suspicious/noExplicitAny: a layout's fields are Plotly's
    const wanted = house.layout as any;
    const { layout } = shown([{ y: [1] }]);
    const { template, width, height } = layout;
    expect([width, height]).toEqual([wanted.width, wanted.height]);
    const { font, paper_bgcolor, plot_bgcolor, title, xaxis, yaxis, colorway, colorscale } = template.layout;
    expect({ font, paper_bgcolor, plot_bgcolor }).toEqual({
      font: wanted.font,
      paper_bgcolor: wanted.paper_bgcolor,
      plot_bgcolor: wanted.plot_bgcolor,
    });
    expect(title.font).toEqual(wanted.title.font);
    const { title: _, dtick: __, ...axis } = wanted.yaxis;
    expect([xaxis, yaxis]).toEqual([axis, axis]);
    const series = Array.from({ length: 7 }, (_, index) => ({ name: `${index}`, y: [0.5, 1.5] }));
    const { data } = lineFigure({ title: 'T', xAxis: 'x', yAxis: 'y', series });
    const colors = data.map((trace) => (trace as unknown as { line: { color: string } }).line.color);
    expect(colorway).toEqual(colors);
    expect(colorscale).toEqual({ sequential: sequentialScale, diverging: divergingScale });
  });

  test('gives way to what the reader says', () => {
    expect(shown([{ y: [1] }], { width: 300, template: {} }).layout).toMatchObject({
      width: 300,
      height: 400,
      template: {},
    });
    const { layout } = shown([{ y: [1] }], { autosize: true });
    expect(layout).not.toHaveProperty('width');
  });

  test.each<[string, unknown[], string]>([
    ['nothing', [], 'got undefined'],
    ['one trace', [{ y: [1] }], 'got an object'],
    ['numbers', [[1, 2]], 'got number 1'],
    ['a list of lists', [[[1, 2]]], 'got a list'],
    ['a layout that is none', [[], 'Loss'], 'Cannot plot: layout must be an object, got string Loss'],
    ['a config that is none', [[], {}, []], 'Cannot plot: config must be an object, got a list'],
  ])('refuses %s', (_, given, message) => {
    expect(() => plot(...given)).toThrow(TypeError);
    expect(() => plot(...given)).toThrow(message);
    expect(recorded.outputs).toEqual([]);
  });

  test('refuses what contains itself', () => {
    const trace: Record<string, unknown> = { y: [1] };
    trace.parent = trace;
    expect(() => plot([trace])).toThrow('Cannot plot: an object contains itself');
  });
});

describe('plot() of an Observable', () => {
  test('draws one output that changes in place, the last state at the end', () => {
    vi.useFakeTimers();
    const stream = new BehaviorSubject<object[]>([{ y: ['first'] }]);
    plot(stream, { title: 'Live' });
    for (let step = 0; step < 100; step++) {
      stream.next([{ y: [step] }]);
      vi.advanceTimersByTime(10);
    }
    stream.next([{ y: ['last'] }]);
    stream.complete();
    vi.runAllTimers();
    const values = figures().map(({ data }) => data[0].y[0]);
    expect(values[0]).toBe('first');
    expect(values.at(-1)).toBe('last');
    // One in 40 ms of 1,000 ms.
    expect(values.length).toBeGreaterThanOrEqual(25);
    expect(values.length).toBeLessThanOrEqual(27);
    const ids = new Set(recorded.options.map(({ id }) => id));
    expect([...ids]).toEqual([expect.any(String)]);
    expect(recorded.options.map(({ update }) => update)).toEqual(values.map((_, index) => index > 0));
    expect(figures().every(({ layout }) => layout.title.text === 'Live')).toBe(true);
  });

  test('draws the last of what comes at once, and two streams apart', () => {
    plot(of([{ y: [1] }], [{ y: [2] }], [{ y: [3] }]));
    plot(new BehaviorSubject([{ y: [4] }]));
    expect(figures().map(({ data }) => data[0].y[0])).toEqual([1, 3, 4]);
    expect(recorded.options[0].id).toBe(recorded.options[1].id);
    expect(recorded.options[2].id).not.toBe(recorded.options[0].id);
  });

  test('stopStreams() ends all of them, and unsubscribes', () => {
    const stream = new BehaviorSubject([{ y: [1] }]);
    plot(stream);
    plot(NEVER);
    expect(stream.observed).toBe(true);
    stream.next([{ y: [2] }]);
    stopStreams();
    expect(stream.observed).toBe(false);
    stream.next([{ y: [3] }]);
    expect(figures().map(({ data }) => data[0].y[0])).toEqual([1, 2]);
  });
});

describe('in a cell', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await Kernel.start();
  });
  afterAll(() => kernel?.stop());

  const run = async (code: string) => {
    const answer = await kernel.execute(code);
    const failures = messages(answer, 'error').map(plainTraceback);
    expect([code, answer.reply.status, ...failures]).toEqual([code, 'ok']);
    return answer;
  };
  test("the package's name draws inline, with the package's types, and starts no server", async () => {
    const answer = await run(`
      import { plot, type Layout, type Plot } from 'nodeplotlib';
      const data: Plot[] = [{ x: [1, 2], y: [3, 4], type: 'scatter' }];
      const layout: Layout = { title: 'Two points' };
      plot(data, layout);
      plot([{ y: new Float32Array([1, 2]) }]);`);
    const [first, second] = messages(answer, 'display_data');
    expect(first.data['text/plain']).toBe('Two points');
    expect(first.data[mime].layout.title).toEqual({ text: 'Two points' });
    expect(second.data[mime].data).toEqual([{ y: [1, 2] }]);
    expect(printed(answer)).toBe('');
    const modules = "Object.keys(require.cache).filter((file) => file.includes('nestjs')).length";
    expect(printed(await run(`console.log(${modules})`))).toBe('0\n');
    const { reply } = await kernel.execute("import { stack } from 'nodeplotlib'; stack([]);");
    expect(reply.evalue).toContain("no exported member 'stack'");
  });

  test('import() gives the same', async () => {
    const answer = await run("const { plot: draw } = await import('nodeplotlib'); draw([{ y: [1, 2] }]);");
    expect(messages(answer, 'display_data')[0].data[mime].data).toEqual([{ y: [1, 2] }]);
  });

  test('a stream is an output of the cell that plots it, whichever cell brings the values', async () => {
    const plotting = await run(`
      import { BehaviorSubject, Subject } from 'rxjs';
      const [late, early] = [new Subject<Plot[]>(), new BehaviorSubject<Plot[]>([{ y: [1] }])];
      plot(late, { title: 'late' });
      plot(early, { title: 'early' });`);
    const bringing = await run(`
      late.next([{ y: [2] }]);
      early.next([{ y: [3] }]);
      late.complete();
      early.complete();`);
    const all = () =>
      [plotting, bringing].map((answer) =>
        answer.published
          .filter(({ type }) => type.includes('display_data'))
          .map(({ type, content }) => [type, content.data['text/plain'], content.data[mime].data[0].y[0]]),
      );
    await vi.waitFor(() => expect(all()[0]).toHaveLength(2));
    expect(all()).toEqual([
      [
        ['display_data', 'early', 1],
        ['display_data', 'late', 2],
      ],
      [['update_display_data', 'early', 3]],
    ]);
    const ids = messages(plotting, 'display_data').map(({ transient }) => transient.display_id);
    expect(messages(bringing, 'update_display_data')[0].transient.display_id).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test('an interrupt ends the streams', async () => {
    await run('const ticks = new BehaviorSubject([{ y: [1] }]); plot(ticks);');
    await kernel.request('interrupt_request', {}, 'control');
    expect(printed(await run('console.log(ticks.observed)'))).toBe('false\n');
  });
});
