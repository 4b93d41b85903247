/** What a classifier says at every point of the plane. */
import { requireSameLength } from '../base/checks';
import { inPercent, say } from '../base/words';
import { linearSpace } from '../maths/vectors';
import { axes } from './axes';
import { colorBar, pointsOf } from './marks';
import { plot } from './plot';
import { compact, escapeTemplate, escapeText, hover } from './text';
import { evenScale, type Figure, type PlaneOptions, palette, seriesColor } from './theme';

/** Options of {@link decisionFigure}. */
export interface DecisionFigureOptions extends PlaneOptions {
  /**
   * the probability of class 1, shape `[resolution, resolution]`: one row for each `y`, lowest
   * first, one column for each `x`: see `decisionGrid`
   */
  probabilities: ArrayLike<ArrayLike<number>>;
  /** the examples, shape `[n, 2]` */
  inputs: ArrayLike<number>[];
  /** their classes, 0 or 1, shape `[n]` */
  labels: ArrayLike<number>;
  /** default `['class 0', 'class 1']` */
  classNames?: [string, string];
  /** straight lines across the plane, such as the hidden units'; one entry of the legend for all */
  lines?: { name: string; all: StraightLine[] };
}

/** The line where `w·x + b = 0`. */
export interface StraightLine {
  /** `w`, shape `[2]` */
  weights: ArrayLike<number>;
  /** `b` */
  bias: number;
  /** how thick it is drawn, in pixels */
  width: number;
}

/**
 * What a classifier of two classes says at every point of the plane, and the examples: the line is
 * where both classes are equally probable.
 *
 * @example
 * const xAxis = { title: 'x₁', range: [-2, 3] as [number, number] };
 * const yAxis = { title: 'x₂', range: [-1.5, 2] as [number, number] };
 * const grid = decisionGrid(xAxis.range, yAxis.range, 41);     // 1681 points [x, y]
 * const probabilities = predict(grid.points);                    // shape [1681]
 * decisionFigure({ title: 'Moons', xAxis, yAxis, inputs, labels, probabilities: grid.rows(probabilities) });
 */
export function decisionFigure(options: DecisionFigureOptions): Figure {
  const { xAxis, yAxis, probabilities, inputs, labels } = options;
  const { classNames = [0, 1].map((label) => say('class {label}', { label })) } = options;
  requireSameLength('inputs', inputs, 'labels', labels, 'draw a decision boundary');
  const rows = Array.from(probabilities, (row) => Array.from(row, (value) => Math.round(value * 1e5) / 1e3));
  const field = {
    type: 'contour',
    x: compact(linearSpace(...xAxis.range, rows[0].length), 4),
    y: compact(linearSpace(...yAxis.range, rows.length), 4),
    z: rows,
    zmin: 0,
    zmax: 100,
    zauto: false,
    autocontour: false,
    contours: { coloring: 'heatmap', start: 50, end: 50, size: 100 },
    line: { color: '#333333', width: 2 },
    colorscale: evenScale('#7DB8DC', '#FFFFFF', '#F0A872'),
    colorbar: colorBar(say('probability of {name} (%)', { name: classNames[1] }), {
      tickvals: [0, 25, 50, 75, 100],
    }),
    showlegend: false,
    hovertemplate: hover(
      `(%{x:.3~g}, %{y:.3~g})<br>${escapeTemplate(classNames[1])}${say(': ')}${inPercent('%{z:.1f}')}`,
    ),
  };
  const classes = classNames.map((name, label) => ({
    type: 'scatter',
    mode: 'markers',
    name: escapeText(name),
    ...pointsOf(
      inputs.filter((_, index) => labels[index] === label),
      4,
    ),
    marker: {
      color: seriesColor(label),
      symbol: label ? 'diamond' : 'circle',
      size: 7,
      line: { color: '#FFFFFF', width: 1 },
    },
    hovertemplate: hover('(%{x:.3~g}, %{y:.3~g})', name),
  }));
  const straight = options.lines ? lineMarks(options, options.lines) : [];
  return plot([field, ...straight, ...classes], options, axes(options));
}

function lineMarks(
  { xAxis, yAxis }: DecisionFigureOptions,
  { name, all }: { name: string; all: StraightLine[] },
) {
  return all.map(({ weights, bias, width }, index) => ({
    type: 'scatter',
    mode: 'lines',
    name: escapeText(name),
    legendgroup: 'lines',
    showlegend: index === 0,
    // A line that misses the box is a mark without a point, so that every frame has as many marks.
    ...pointsOf(ends(weights, bias, xAxis.range, yAxis.range), 4),
    line: { color: palette.purple, width },
    hoverinfo: 'skip',
  }));
}

/** Where the line enters the box and where it leaves it; nothing if it misses the box. */
function ends(
  weights: ArrayLike<number>,
  bias: number,
  [left, right]: [number, number],
  [low, high]: [number, number],
): [number, number][] {
  const [u, v] = [weights[0], weights[1]];
  const inside = (value: number, from: number, to: number) => value >= from && value <= to;
  const onSides = [left, right].map((x): [number, number] => [x, -(u * x + bias) / v]);
  const onEnds = [low, high].map((y): [number, number] => [-(v * y + bias) / u, y]);
  const met = [
    ...onSides.filter(([, y]) => inside(y, low, high)),
    ...onEnds.filter(([x]) => inside(x, left, right)),
  ].sort(([a, b], [c, d]) => a - c || b - d);
  return met.length < 2 ? [] : [met[0], met[met.length - 1]];
}
