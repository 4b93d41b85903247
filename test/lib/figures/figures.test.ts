import { describe, expect, test } from 'vitest';
import { describeFigure, missingNames, show } from '../../../lib/course/show';
import * as figures from '../../../lib/figures';
import { arrangeGraph } from '../../../lib/figures/arrange';
import * as text from '../../../lib/figures/text';
import { gallery } from '../../samples/figures-gallery';

const kinds = Object.entries(gallery);

describe('every kind of figure', () => {
  test('has an example here', () => {
    const builders = Object.keys(figures).filter((name) => /Figure$|^with|^sideBySide$/.test(name));
    expect(builders.sort()).toEqual(Object.keys(gallery).sort());
  });

  // A filmstrip names the axes that its frames share at its edges alone: see filmstrip.test.ts.
  const alone = kinds.filter(([name]) => name !== 'filmstripFigure');

  test.each(alone)('%s names its title and axes', (_, figure) => {
    expect(missingNames(figure)).toEqual([]);
  });

  test.each(kinds)('%s is small plain data, the same again after JSON', (_, figure) => {
    const text = JSON.stringify(figure);
    expect(text.length).toBeLessThan(150_000);
    expect(JSON.parse(text)).toEqual(figure);
  });

  test.each(kinds)('%s stands on a white card of fixed size', (_, { layout }) => {
    expect(layout).toMatchObject({ autosize: false, paper_bgcolor: '#FFFFFF' });
    expect(layout.width).toBeGreaterThan(300);
    expect(layout.height).toBeGreaterThan(200);
  });
});

describe('text and numbers', () => {
  test('escapeText() leaves no HTML', () => {
    expect(text.escapeText('<b>a & b</b>\n%{x}')).toBe('&lt;b&gt;a &amp; b&lt;/b&gt;<br>%{x}');
    expect(text.escapeTemplate('%{x} < 1')).toBe('%&#123;x} &lt; 1');
  });

  test.each([
    ['a line of words', 9, ['a line of', 'words']],
    ['坡度变缓，步子变短', 20, ['坡度变缓，步子变短']],
    // Nine signs of 1.75 letters.
    ['坡度变缓，步子变短', 15, ['坡度变缓，', '步子变短']],
    ['批量大小 32 时，PyTorch 用 2 个线程', 24, ['批量大小 32 时，', 'PyTorch 用 2 个线程']],
    ['梯度下降学习神经网络', 13, ['梯度下降学习', '神经网络']],
    ['一行\n又一行', 20, ['一行', '又一行']],
  ])('breakLines(%j, %d) breaks between words, and Chinese between clauses or words', (line, most, lines) => {
    expect(text.breakLines(line, most)).toEqual(lines);
  });

  test.each([
    ['a line<br>of words', 'a line of words'],
    ['坡度变缓，<br>步子变短', '坡度变缓，步子变短'],
    ['大小 32 时，<br>PyTorch 快', '大小 32 时，PyTorch 快'],
    ['梯度<br>下降', '梯度下降'],
    ['用 PyTorch<br>训练', '用 PyTorch 训练'],
  ])('onOneLine(%j) has spaces where the language has them', (broken, line) => {
    expect(text.onOneLine(broken)).toBe(line);
  });

  test('lineFigure() escapes title, axes, names and marks', () => {
    const evil = '<a href="javascript:1">';
    const figure = figures.lineFigure({
      title: evil,
      xAxis: evil,
      yAxis: { title: evil, unit: evil },
      series: [
        { name: evil, y: [1, 2] },
        { name: 'b', y: [1, 2] },
      ],
      marks: [{ x: 1, label: evil }],
    });
    expect(JSON.stringify(figure)).not.toContain('<a');
  });

  test('compact() rounds to 5 digits and makes gaps of what is not finite', () => {
    expect(text.compact(new Float32Array([0.1, 1 / 3]))).toEqual([0.1, 0.33333]);
    expect(text.compact([Number.NaN, 1e-9, -Infinity])).toEqual([null, 1e-9, null]);
  });

  test('formatNumber() is short', () => {
    expect([0, 1234.5, -0.5, 2.14e-7].map((value) => text.formatNumber(value))).toEqual([
      '0',
      '1230',
      '−0.5',
      '2.14e−7',
    ]);
  });

  test('an axis carries its unit and its range in powers of ten', () => {
    const { layout } = figures.lineFigure({
      title: 't',
      xAxis: { title: 'time', unit: 'ms' },
      yAxis: { title: 'error', scale: 'log', range: [0.01, 100] },
      series: [{ name: 'a', y: [1, 2] }],
    });
    expect(layout.xaxis).toMatchObject({ title: { text: 'time (ms)' } });
    expect(layout.yaxis).toMatchObject({ type: 'log', range: [-2, 2] });
  });
});

describe('builders', () => {
  test.each<[number[], string[]]>([
    [
      [0.031, 0.047],
      ['0.035', '0.04', '0.045'],
    ],
    [
      [0.073115, 0.07319],
      ['0.07312', '0.07314', '0.07316', '0.07318'],
    ],
    [
      [210, 460],
      ['300', '400'],
    ],
  ])('lineFigure() names values on a log axis that spans only %j', (y, names) => {
    const axis = { title: 'loss', scale: 'log' as const };
    const { layout } = figures.lineFigure({
      title: 't',
      xAxis: 'x',
      yAxis: axis,
      series: [{ name: 'a', y }],
    });
    expect(layout.yaxis).toMatchObject({ tickmode: 'array', ticktext: names });
  });

  test('lineFigure() rejects arrays of different lengths', () => {
    const series = [{ name: 'a', x: [1], y: [1, 2] }];
    expect(() => figures.lineFigure({ title: 't', xAxis: 'x', yAxis: 'y', series })).toThrow(
      "Cannot draw lines: x of 'a' has 1 and y has 2 elements",
    );
  });

  test('histogramFigure() counts every value once, the largest too', () => {
    const { data } = figures.histogramFigure({
      title: 't',
      xAxis: 'x',
      yAxis: 'count',
      series: [{ name: 'a', values: [0, 0.1, 0.5, 1] }],
      bins: 2,
    });
    expect(data[0].y).toEqual([2, 2]);
  });

  test('confusionFigure() colours mistakes only', () => {
    const counts = [
      [9, 1],
      [2, 8],
    ];
    const { data } = figures.confusionFigure({ title: 't', counts });
    expect(data[0].z).toEqual([
      [null, 1],
      [2, null],
    ]);
    expect(data[1].text).toEqual(['9', '1', '2', '8']);
    expect(counts).toEqual([
      [9, 1],
      [2, 8],
    ]);
  });

  test('imagesFigure() centres one scale at 0 for all pictures', () => {
    const images = [
      [0, 1, 2, 3],
      [0, -7, 0, 0],
    ];
    const { layout } = figures.imagesFigure({ title: 't', images, valueName: 'weight' });
    expect((layout as Record<string, unknown>).coloraxis).toMatchObject({ cmin: -7, cmax: 7 });
  });

  test('imagesFigure() begins its scale at 0 where no number is negative', () => {
    const images = [new Float32Array(4).fill(0.5), new Float32Array(4)];
    const { layout } = figures.imagesFigure({ title: 't', images, valueName: 'share' });
    expect(layout).toMatchObject({ coloraxis: { cmin: 0, cmax: 0.5 } });
  });

  test('imagesFigure() draws ink grey, and leaves it out of the scale', () => {
    const images = [
      [0, 1, 1, 0],
      [0, -0.2, 0.1, 0],
    ];
    const { data, layout } = figures.imagesFigure({ title: 't', images, valueName: 'share', ink: [0] });
    expect(layout).toMatchObject({ coloraxis: { cmin: -0.2, cmax: 0.2 } });
    expect(data[0]).toMatchObject({ coloraxis: undefined, zmin: 0, zmax: 1, showscale: false });
    expect(data[1]).toMatchObject({ coloraxis: 'coloraxis' });
    expect(() => figures.imagesFigure({ title: 't', images, valueName: 'share', ink: [0, 1] })).toThrow(
      'Cannot draw pictures: all are ink',
    );
  });

  test('barFigure() writes large numbers as a reader likes them, and few ticks on a log axis', () => {
    const { data, layout } = figures.barFigure({
      title: 't',
      xAxis: 'x',
      yAxis: { title: 'y', scale: 'log' },
      categories: ['a', 'b', 'c', 'd'],
      series: [{ name: 's', values: [17, 101770, 6e7, 1.75e10] }],
    });
    expect(data[0]).toMatchObject({
      text: ['17', '101,770', '6·10<sup>7</sup>', '1.75·10<sup>10</sup>'],
    });
    expect(layout.yaxis).toMatchObject({ type: 'log', dtick: 1 });
  });

  test('barFigure() leaves room over its bars though one has no value', () => {
    const series = [{ name: 's', values: [1, Number.NaN, 3] }];
    const { layout } = figures.barFigure({
      title: 't',
      xAxis: 'x',
      yAxis: 'y',
      categories: [1, 2, 3],
      series,
    });
    expect(layout.yaxis).toMatchObject({ range: [0, 3.36] });
  });

  test('lineFigure() writes labels beside points, escaped', () => {
    const labels = [{ text: '<b>' }, { text: 'below', side: 'below' as const }];
    const series = [{ name: 's', y: [1, 2], style: 'points' as const, labels }];
    const { data } = figures.lineFigure({ title: 't', xAxis: 'x', yAxis: 'y', series });
    expect(data[0]).toMatchObject({
      mode: 'markers+text',
      text: ['&lt;b&gt;', 'below'],
      textposition: ['middle right', 'bottom center'],
    });
    const short = [{ ...series[0], labels: labels.slice(1) }];
    expect(() => figures.lineFigure({ title: 't', xAxis: 'x', yAxis: 'y', series: short })).toThrow(
      RangeError,
    );
  });

  test('imagesFigure() keeps every number to the precision of float32', () => {
    const weights = Array.from({ length: 784 }, (_, index) => Math.sin(index));
    const { data } = figures.imagesFigure({ title: 't', images: [weights], valueName: 'weight' });
    const { bdata, dtype, shape } = data[0].z as unknown as Record<string, string>;
    expect([dtype, shape]).toEqual(['f4', '28,28']);
    const bytes = Uint8Array.from(Buffer.from(bdata, 'base64'));
    expect(new Float32Array(bytes.buffer)).toEqual(Float32Array.from(weights));
  });

  test('digitGridFigure() keeps every byte', () => {
    const digit = Array.from({ length: 784 }, (_, index) => index % 256);
    const { data } = figures.digitGridFigure({ title: 't', digits: [digit] });
    const { bdata, shape } = data[0].z as unknown as { bdata: string; shape: string };
    expect(shape).toBe('28,28');
    expect([...Buffer.from(bdata, 'base64')]).toEqual(digit);
    expect(() => figures.digitGridFigure({ title: 't', digits: [[1, 2, 3]] })).toThrow(
      'Cannot draw pictures: 3 values do not make a square',
    );
  });

  test('digitGridFigure() draws oblong pictures beside each other, not over each other', () => {
    const oblong = Array.from({ length: 28 }, () => new Array<number>(56).fill(9));
    const { data } = figures.digitGridFigure({ title: 't', digits: [oblong, oblong], captions: ['a', 'b'] });
    const [first, second, words] = data as unknown as { z: { shape: string }; x0: number; x: number[] }[];
    expect(first.z.shape).toBe('28,56');
    expect(second.x0 - first.x0).toBeGreaterThanOrEqual(56);
    expect(words.x).toEqual([27.5, second.x0 + 27.5]);
  });

  test('digitGridFigure() gives captions of Chinese signs the room that they take', () => {
    const digits = Array.from({ length: 6 }, () => new Uint8Array(784));
    const widthOf = (caption: string) => {
      const captions = digits.map(() => caption);
      return figures.digitGridFigure({ title: 't', digits, captions }).layout.width as number;
    };
    const wide = widthOf('输入乘以梯度所得的图');
    expect(wide).toBeGreaterThan(widthOf('a'.repeat(17)));
    expect(wide).toBeLessThan(widthOf('a'.repeat(18)));
  });

  test('a name of Chinese signs stands a line above its colour bar', () => {
    const titleOf = (valueName: string) => {
      const { layout } = figures.imagesFigure({ title: 't', images: [new Float32Array(784)], valueName });
      return (layout as unknown as { coloraxis: { colorbar: { title: { text: string } } } }).coloraxis
        .colorbar.title.text;
    };
    expect(titleOf('share')).toBe('share');
    expect(titleOf('份额')).toMatch(/^份额<br>/);
  });

  test('imagesFigure() leaves a gap above the captions if told, and moves the next row down by it', () => {
    const images = [[1], [-1]];
    const places = (captionGap?: number) => {
      const options = { title: 't', images, captions: ['a', 'b'], columns: 1, valueName: 'v', captionGap };
      const { data } = figures.imagesFigure(options);
      const [first, second, words] = data as unknown as { y0: number; y: number[] }[];
      return { caption: words.y[0] - first.y0, row: second.y0 - first.y0 };
    };
    const [plain, apart] = [places(), places(6)];
    expect(plain.caption).toBe(0.5);
    expect(apart.caption).toBeGreaterThan(0.5);
    expect(apart.row - plain.row).toBeCloseTo(apart.caption - plain.caption, 12);
  });
});

describe('arrangeGraph()', () => {
  test('lets every edge run forward and gives every place to one', () => {
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'a', to: 'c' },
    ];
    const { places, routes, layers } = arrangeGraph(['a', 'b', 'c'], edges);
    expect(layers).toBe(3);
    for (const route of routes) {
      expect(route.map(({ layer }) => layer)).toEqual(route.map((_, i) => route[0].layer + i));
    }
    // The edge from a to c goes around b.
    expect(routes[2][1].row).not.toBe(places.b.row);
  });

  test('puts a source right before what uses it, not at the far left', () => {
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'late', to: 'c' },
    ];
    const { places } = arrangeGraph(['a', 'b', 'c', 'late'], edges);
    expect(places.late.layer).toBe(places.c.layer - 1);
  });

  test('rejects a circle and an unknown node', () => {
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect(() => arrangeGraph(['a', 'b'], circle)).toThrow('its edges form a circle');
    expect(() => arrangeGraph(['a'], [{ from: 'a', to: 'q' }])).toThrow("no node is named 'q'");
  });
});

describe('frames', () => {
  const line = (factor: number) =>
    figures.lineFigure({
      title: 'same',
      xAxis: 'x',
      yAxis: 'y',
      series: [
        { name: 'still', y: [0, 1] },
        { name: 'moving', y: [0, factor] },
      ],
    });
  const steps = [1, 2, 4].map((factor) => ({ label: factor, figure: line(factor) }));

  test('withSlider() has one frame for each position and stores only what changes', () => {
    const { frames, layout, data } = figures.withSlider(steps, { name: 'factor', start: 1 });
    const slider = (layout.sliders as unknown as { active: number; steps: { value: string }[] }[])[0];
    expect(frames?.map(({ name }) => name)).toEqual(slider.steps.map(({ value }) => value));
    expect(slider.active).toBe(1);
    expect(data).toEqual(steps[1].figure.data);
    expect(frames?.[2]).toEqual({ name: '4', traces: [1], data: [{ y: [0, 4] }] });
  });

  test('withSlider() gives all positions one range', () => {
    const { layout } = figures.withSlider(steps, { name: 'factor' });
    const [low, high] = (layout.yaxis as { range: number[] }).range;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(4);
    expect(high).toBeLessThan(5);
  });

  test('withSlider() leaves out of a logarithmic range what has no logarithm', () => {
    const at = (last: number) =>
      figures.lineFigure({
        title: 't',
        xAxis: 'x',
        yAxis: { title: 'y', scale: 'log' },
        series: [{ name: 'falls', y: [1, 0, last] }],
      });
    const { layout } = figures.withSlider(
      [10, 100].map((last) => ({ label: last, figure: at(last) })),
      { name: 'last' },
    );
    const [low, high] = (layout.yaxis as { range: number[] }).range;
    expect(low).toBeCloseTo(-0.08, 10);
    expect(high).toBeCloseTo(2.08, 10);
  });

  test('withAnimation() starts, and is stored, at the step that tells the story', () => {
    expect(figures.withAnimation(steps, { name: 'epoch' }).data).toEqual(steps[2].figure.data);
  });

  test('withSlider() rejects one step, equal labels and different traces', () => {
    expect(() => figures.withSlider(steps.slice(1, 2), { name: 'a' })).toThrow('whole number >= 2');
    expect(() => figures.withSlider([steps[0], steps[0]], { name: 'a' })).toThrow('the same label');
    const short = { label: 'b', figure: { ...line(1), data: [] } };
    expect(() => figures.withSlider([steps[0], short], { name: 'a' })).toThrow('has 0 traces');
  });
});

test('sideBySide() keeps one colour bar, at the right, and one legend entry of a name', () => {
  const { data } = figures.sideBySide([gallery.contourFigure, gallery.contourFigure], {
    title: 'twice',
  });
  const traces = data as unknown as { type: string; name?: string; showscale?: boolean }[];
  const scales = traces.filter(({ type }) => type === 'contour').map(({ showscale }) => showscale);
  expect(scales).toEqual([false, undefined]);
  const named = traces.filter(({ name }) => name === 'minimum');
  expect(named.map((one) => (one as { showlegend?: boolean }).showlegend)).toEqual([undefined, false]);
});

test('sideBySide() gives the legend the rows of its names as they are read, not as they are escaped', () => {
  const twice = (names: string[]) => {
    const series = names.map((name) => ({ name, y: [1, 2] }));
    const line = figures.lineFigure({ title: 't', xAxis: 'x', yAxis: 'y', series });
    return figures.sideBySide([line, line], { title: 'twice' }).layout.margin?.t;
  };
  const plain = ['a', 'b', 'c', 'd'].map((name) => name + 'o'.repeat(14));
  expect(twice(plain.map((name) => name.replace('oooooo', '< & > &')))).toBe(
    twice(plain.map((name) => `${name}o`)),
  );
});

test('networkFigure() has one legend entry for each sign, of the thickest line', () => {
  const { data } = figures.networkFigure({
    title: 't',
    layers: [
      { name: 'in', units: 2 },
      { name: 'out', units: 2 },
    ],
    weights: [
      [
        [1, -0.1],
        [0.1, -1],
      ],
    ],
  });
  const lines = data.filter(({ mode }) => mode === 'lines');
  const inLegend = lines.filter(({ showlegend }) => showlegend);
  expect(inLegend.map(({ name }) => name).sort()).toEqual(['negative weight', 'positive weight']);
  const widths = lines.map(({ line }) => line?.width as number);
  for (const { line } of inLegend) expect(line?.width).toBe(Math.max(...widths));
});

describe('show()', () => {
  test('says what a figure lacks', () => {
    const figure = figures.lineFigure({ title: ' ', xAxis: '', yAxis: 'y', series: [] });
    expect(() => show({ ...figure, data: [{ y: [1] }] })).toThrow(
      'Cannot show the figure: a title and a name for axis x must be given',
    );
  });

  test('describes a figure in a line', () => {
    expect(describeFigure(gallery.lineFigure)).toMatch(/^Figure: .*\(error over step\)$/);
  });
});
