import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as figures from '../../../lib/figures';
import { stillsOf } from '../../../lib/figures/stills';
import type { Figure } from '../../../lib/figures/theme';

type Fields = Record<string, unknown>;

const line = (factor: number, title = 'same', yAxis: string | object = 'y') =>
  figures.lineFigure({
    title,
    xAxis: 'x',
    yAxis: yAxis as string,
    series: [
      { name: 'still', y: [0, 1] },
      { name: 'moving', y: [0, factor] },
    ],
    marks: [{ x: 0.5, label: 'half' }],
  });
const slider = (count: number, draw: (index: number) => Figure = (index) => line(index + 1), options = {}) =>
  figures.withSlider(
    Array.from({ length: count }, (_, index) => ({ label: 10 * index, figure: draw(index) })),
    { name: 'step', ...options },
  );
const strip = figures.filmstripFigure;
const labels = (figure: Figure) =>
  stillsOf(figure).map(({ label }) => Number(label.replace('step: ', '')) / 10);
const layoutOf = (figure: Figure) =>
  figure.layout as unknown as Record<string, Fields> & { annotations: Fields[] };
const wordsOf = (figure: Figure) => layoutOf(figure).annotations.map(({ text }) => String(text));

describe('stillsOf()', () => {
  test('takes all of up to six frames, and of more six evenly spread ones', () => {
    expect(labels(slider(2))).toEqual([0, 1]);
    expect(labels(slider(6))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(labels(slider(11))).toEqual([0, 2, 4, 6, 8, 10]);
    expect(labels(slider(10))).toEqual([0, 2, 4, 5, 7, 9]);
  });

  test('has the first, the last and the one shown first among them, in order, each once', () => {
    const cases = fc
      .integer({ min: 2, max: 40 })
      .chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1)));
    fc.assert(
      fc.property(cases, ([count, start]) => {
        const taken = labels(slider(count, undefined, { start }));
        expect(taken).toHaveLength(Math.min(6, count));
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        expect(taken).toEqual(expect.arrayContaining([0, start, count - 1]));
      }),
    );
  });

  test('takes the frames that the figure names', () => {
    expect(labels(slider(10, undefined, { filmstrip: [0, 30, 90] }))).toEqual([0, 3, 9]);
    expect(labels(slider(10, undefined, { filmstrip: ['0', '20'], start: 5 }))).toEqual([0, 2]);
  });

  test('gives each frame as the whole figure that it was made from, whichever is shown first', () => {
    const draw = (index: number) => line(index + 1, `title ${index}`, { title: 'y', range: [0, 9] });
    for (const start of [0, 2]) {
      const stills = stillsOf(slider(4, draw, { start }));
      for (const [index, { figure }] of stills.entries()) {
        expect(figure.data).toEqual(draw(index).data);
        const { xaxis, ...rest } = figure.layout;
        expect(rest).toEqual({ ...draw(index).layout, xaxis: undefined });
      }
    }
  });

  test('finds none without frames, nor where marks stand on no axes', () => {
    expect(stillsOf(line(1))).toEqual([]);
    const pie = { ...slider(3), data: [{ type: 'pie' }] } as unknown as Figure;
    expect(stillsOf(pie)).toEqual([]);
  });
});

test('withSlider() rejects a filmstrip of unknown, doubled, too few or too many steps', () => {
  const make = (filmstrip: number[]) => () => slider(10, undefined, { filmstrip });
  expect(make([0, 35])).toThrow("no step is labelled '35' among 0,10,20");
  for (const list of [[0, 10, 10], [0], [], [0, 10, 20, 30, 40, 50, 60]]) {
    expect(make(list)).toThrow(/^Cannot make a filmstrip: it takes 2 to 6 different steps, got /);
  }
});

describe('filmstripFigure()', () => {
  test('draws the marks of each frame, under its label, without slider and buttons', () => {
    const animation = figures.withAnimation(
      [1, 2, 4].map((factor) => ({ label: factor, figure: line(factor) })),
      { name: 'update' },
    );
    const before = JSON.stringify(animation);
    const { data, layout, frames } = strip(animation);
    expect(frames).toBeUndefined();
    expect(layout).not.toHaveProperty('sliders');
    expect(layout).not.toHaveProperty('updatemenus');
    expect(data.map(({ y }) => y)).toEqual(
      [1, 2, 4].flatMap((factor) => [
        [0, 1],
        [0, factor],
      ]),
    );
    expect(wordsOf(strip(animation)).slice(0, 3)).toEqual([
      '<b>update: 1</b>',
      '<b>update: 2</b>',
      '<b>update: 4</b>',
    ]);
    expect(JSON.stringify(animation)).toBe(before);
  });

  test('leaves a figure without frames as it is, and of marks without axes what is shown first', () => {
    const figure = line(1);
    expect(strip(figure)).toBe(figure);
    const { data, layout, frames } = strip({ ...slider(3), data: [{ type: 'pie' }] } as unknown as Figure);
    expect(data).toEqual([{ type: 'pie' }]);
    expect(frames).toBeUndefined();
    expect(layout).not.toHaveProperty('sliders');
    expect(layout.height).toBe(figure.layout.height);
  });

  test('stands a title that all frames share above them, and else each under its label', () => {
    const shared = strip(slider(3));
    expect(layoutOf(shared).title.text).toBe('same');
    expect(wordsOf(shared)[1]).toBe('<b>step: 10</b>');
    const own = strip(slider(3, (index) => line(index, `loss ${index} < 3`)));
    expect(layoutOf(own).title.text).toBe('');
    expect(wordsOf(own)[1]).toBe('<b>step: 10</b><br>loss 1 &lt; 3');
  });

  test('gives every frame a place of its own, at most 900 pixels wide in all', () => {
    for (let count = 2; count <= 6; count++) {
      const layout = layoutOf(strip(slider(count)));
      expect(Number(layout.width)).toBeLessThanOrEqual(900);
      const boxes = Array.from({ length: count }, (_, index) => {
        const number = index === 0 ? '' : index + 1;
        return [layout[`xaxis${number}`], layout[`yaxis${number}`]].map(({ domain }) => domain as number[]);
      });
      for (const [first, [x, y]] of boxes.entries()) {
        for (const end of [...x, ...y]) expect(end).toBeGreaterThanOrEqual(-1e-9);
        for (const end of [...x, ...y]) expect(end).toBeLessThanOrEqual(1 + 1e-9);
        for (const [otherX, otherY] of boxes.slice(first + 1)) {
          const apart = (a: number[], b: number[]) => a[1] < b[0] || b[1] < a[0];
          expect(apart(x, otherX) || apart(y, otherY)).toBe(true);
        }
      }
    }
  });

  test('numbers and names an axis that all share at the edges alone, an axis of its own each time', () => {
    const axisWords = (figure: Figure, letter: string) =>
      [1, 2, 3, 4, 5].map((number) => {
        const axis = layoutOf(figure)[`${letter}axis${number === 1 ? '' : number}`];
        return [(axis.title as Fields).text, axis.showticklabels !== false];
      });
    const [shown, silent] = [(name: string) => [name, true], ['', false]];
    const shared = strip(slider(5));
    expect(axisWords(shared, 'y')).toEqual([shown('y'), silent, silent, shown('y'), silent]);
    // Nothing stands under the third.
    expect(axisWords(shared, 'x')).toEqual([silent, silent, shown('x'), shown('x'), shown('x')]);
    const range = (index: number) => line(1, 'same', { title: 'y', range: [0, index + 1] });
    const own = axisWords(strip(slider(5, range)), 'y');
    expect(own).toEqual([shown('y'), ['', true], ['', true], shown('y'), ['', true]]);
  });

  test('names each series once in the legend, and draws one bar of colours', () => {
    const both = strip(slider(3)).data as unknown as Fields[];
    const named = both.filter(({ showlegend }) => showlegend !== false).map(({ name }) => name);
    expect(named).toEqual(['still', 'moving']);
    const heat = (factor: number) =>
      figures.heatmapFigure({
        title: 'heat',
        xAxis: 'x',
        yAxis: 'y',
        values: [
          [0, factor],
          [1, 2],
        ],
        valueName: 'v',
      });
    const bars = (strip(slider(3, heat)).data as unknown as Fields[]).filter(({ colorbar }) => colorbar);
    expect(bars.filter(({ showscale }) => showscale !== false)).toHaveLength(1);
  });

  test('takes marks and words of a figure along to its place', () => {
    const { shapes, annotations } = layoutOf(strip(slider(3))) as unknown as Record<string, Fields[]>;
    expect(shapes.map(({ xref, x0 }) => [xref, x0])).toEqual([
      ['x', 0.5],
      ['x2', 0.5],
      ['x3', 0.5],
    ]);
    const words = annotations.filter(({ text }) => String(text).includes('half'));
    expect(words.map(({ xref }) => xref)).toEqual(['x', 'x2', 'x3']);
  });

  test('keeps plots side by side apart, two such frames in a row', () => {
    const two = (index: number) =>
      figures.sideBySide([line(index, 'left'), line(1, 'right')], { title: 'both' });
    const figure = strip(slider(3, two));
    const axes = Object.keys(figure.layout).filter((key) => /^xaxis\d*$/.test(key));
    expect(axes).toHaveLength(6);
    expect(new Set((figure.data as unknown as Fields[]).map(({ xaxis }) => xaxis)).size).toBe(6);
    const [third, fifth] = ['xaxis3', 'xaxis5'].map((key) => layoutOf(figure)[key].domain as number[]);
    expect(third[0]).toBeGreaterThan(0.5);
    expect(fifth[0]).toBe(0);
  });

  test('gives pictures on unlike scales their own colours, and no bar that were right for one alone', () => {
    const images = (index: number) =>
      figures.imagesFigure({ title: 't', valueName: 'v', images: [[0, index + 1, -1, 0]] });
    const figure = strip(slider(3, images));
    const largest = ['coloraxis', 'coloraxis2', 'coloraxis3'].map((key) => layoutOf(figure)[key]);
    expect(largest.map(({ cmax, showscale }) => [cmax, showscale])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ]);
    const used = (figure.data as unknown as Fields[]).flatMap(({ coloraxis }) => coloraxis ?? []);
    expect(used).toEqual(['coloraxis', 'coloraxis2', 'coloraxis3']);
  });
});

describe('alternativeText()', () => {
  test('says the title and the axes', () => {
    expect(figures.alternativeText(line(1, 'a < b & c\nd'))).toBe('a < b & c d. Horizontal: x; vertical: y.');
    expect(figures.alternativeText(line(1, 'Why?'))).toBe('Why? Horizontal: x; vertical: y.');
    const images = figures.imagesFigure({ title: 'Pictures', valueName: 'v', images: [[1, 2, 3, 4]] });
    expect(figures.alternativeText(images)).toBe('Pictures.');
  });

  test('says each axis of plots side by side once', () => {
    const loss = line(1, 'left', 'loss');
    const both = figures.sideBySide([loss, line(1, 'right', 'curvature')], { title: 'The loss spikes' });
    expect(figures.alternativeText(both)).toBe('The loss spikes. Horizontal: x; vertical: loss, curvature.');
  });

  test('says the frames of a filmstrip, and their titles where these differ', () => {
    expect(figures.alternativeText(slider(3))).toBe(
      'same. Frames: step: 0; step: 10; step: 20. Horizontal: x; vertical: y.',
    );
    const own = slider(2, (index) => line(1, `${index} of 2`));
    expect(figures.alternativeText(own)).toBe(
      'Frames: step: 0, “0 of 2”; step: 10, “1 of 2”. Horizontal: x; vertical: y.',
    );
  });
});
