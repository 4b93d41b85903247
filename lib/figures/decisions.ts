/** What a classifier says at every point of the plane. */
import type { Plot } from 'nodeplotlib';
import { requireSameLength } from '../base/checks';
import { linearSpace } from '../maths/vectors';
import { baseLayout, colorBar, layoutAxis } from './layout';
import { seriesColor } from './lines';
import {
  type AxesOptions,
  type AxisOptions,
  compact,
  escapeTemplate,
  escapeText,
  type Figure,
  trace,
} from './theme';

/** Options of {@link decisionFigure}. */
export interface DecisionFigureOptions extends Omit<AxesOptions, 'xAxis' | 'yAxis'> {
  xAxis: AxisOptions & { range: [number, number] };
  yAxis: AxisOptions & { range: [number, number] };
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
  const classNames = options.classNames ?? ['class 0', 'class 1'];
  requireSameLength('inputs', inputs, 'labels', labels, 'draw a decision boundary');
  const rows = Array.from(probabilities, (row) => Array.from(row, (value) => Math.round(value * 1e5) / 1e3));
  const field = trace({
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
    colorscale: [
      [0, '#7DB8DC'],
      [0.5, '#FFFFFF'],
      [1, '#F0A872'],
    ],
    colorbar: colorBar(`probability of ${classNames[1]} (%)`, { tickvals: [0, 25, 50, 75, 100] }),
    showlegend: false,
    hovertemplate: `(%{x:.3~g}, %{y:.3~g})<br>${escapeTemplate(classNames[1])}: %{z:.1f} %<extra></extra>`,
  });
  return {
    data: [field, ...[0, 1].map((label) => classTrace(label, classNames[label], inputs, labels))],
    layout: baseLayout(options, {
      legend: classNames,
      fields: { xaxis: layoutAxis(xAxis), yaxis: layoutAxis(yAxis) },
    }),
  };
}

function classTrace(
  label: number,
  name: string,
  inputs: ArrayLike<number>[],
  labels: ArrayLike<number>,
): Plot {
  const own = inputs.filter((_, index) => labels[index] === label);
  return trace({
    type: 'scatter',
    mode: 'markers',
    name: escapeText(name),
    x: compact(
      own.map((point) => point[0]),
      4,
    ),
    y: compact(
      own.map((point) => point[1]),
      4,
    ),
    marker: {
      color: seriesColor({}, label),
      symbol: label ? 'diamond' : 'circle',
      size: 7,
      line: { color: '#FFFFFF', width: 1 },
    },
    hovertemplate: `(%{x:.3~g}, %{y:.3~g})<extra>${escapeTemplate(name)}</extra>`,
  });
}
