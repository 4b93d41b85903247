/** A function of two variables as contour lines, with the paths of descents. */
import type { Plot } from 'nodeplotlib';
import { linearSpace } from '../maths/vectors';
import { axisTitle, baseLayout, colorBar, layoutAxis } from './layout';
import {
  type AxesOptions,
  type AxisOptions,
  type ColorName,
  compact,
  compactRows,
  escapeTemplate,
  escapeText,
  type Figure,
  palette,
  seriesColors,
  trace,
} from './theme';

/** The points an optimizer visited, in order. */
export interface DescentPath {
  name: string;
  /** shape `[steps + 1, 2]`, the start first */
  points: ArrayLike<number>[];
  color?: ColorName;
}

/** Options of {@link contourFigure}. */
export interface ContourFigureOptions extends Omit<AxesOptions, 'xAxis' | 'yAxis'> {
  xAxis: AxisOptions & { range: [number, number] };
  yAxis: AxisOptions & { range: [number, number] };
  /** the function whose value is drawn */
  surface: (x: number, y: number) => number;
  /** what the value is: `'J(θ)'` */
  surfaceName: string;
  paths?: DescentPath[];
  /** a cross at the lowest point */
  minimum?: [number, number];
  /** values computed along each axis; default 61 */
  resolution?: number;
}

/**
 * A function of two variables as contour lines, with the paths of optimizers on it. What leaves
 * the ranges is cut off at the edge.
 *
 * @throws RangeError if a range is missing
 * @example
 * contourFigure({
 *   title: 'Descent zigzags across the valley', surfaceName: 'J',
 *   xAxis: { title: 'θ₁', range: [-3, 3] }, yAxis: { title: 'θ₂', range: [-2, 2] },
 *   surface: (x, y) => x * x + 10 * y * y, minimum: [0, 0],
 *   paths: [{ name: 'learningRate 0.09', points: path }],
 * });
 */
export function contourFigure(options: ContourFigureOptions): Figure {
  const { xAxis, yAxis, surface, surfaceName, paths = [], minimum } = options;
  const { resolution = 61 } = options;
  if (!xAxis.range || !yAxis.range) {
    throw new RangeError('Cannot draw contours: xAxis.range and yAxis.range must be given');
  }
  const xs = linearSpace(...xAxis.range, resolution);
  const ys = linearSpace(...yAxis.range, resolution);
  const field = trace({
    type: 'contour',
    x: compact(xs),
    y: compact(ys),
    z: compactRows(
      ys.map((y) => xs.map((x) => surface(x, y))),
      4,
    ),
    colorscale: paleScale,
    ncontours: 22,
    contours: { coloring: 'fill' },
    line: { width: 0.6, color: '#8A9BA8' },
    colorbar: colorBar(surfaceName),
    showlegend: false,
    hovertemplate: `${axisTitle(xAxis)} %{x:.3~g}<br>${axisTitle(yAxis)} %{y:.3~g}<br>${escapeTemplate(surfaceName)} %{z:.4~g}<extra></extra>`,
  });
  const low = minimum
    ? [
        trace({
          type: 'scatter',
          name: 'minimum',
          mode: 'markers',
          x: [minimum[0]],
          y: [minimum[1]],
          marker: { symbol: 'x', size: 11, color: palette.black },
          hovertemplate: 'minimum<extra></extra>',
        }),
      ]
    : [];
  const names = [...paths.map((path) => path.name), ...(minimum ? ['minimum'] : [])];
  return {
    data: [field, ...paths.map(pathTrace), ...low],
    layout: baseLayout(options, {
      legend: names,
      fields: { xaxis: layoutAxis(xAxis), yaxis: layoutAxis(yAxis) },
    }),
  };
}

const paleScale: [number, string][] = [
  [0, '#3E7FB1'],
  [0.25, '#8FBBDB'],
  [0.6, '#CFE2F0'],
  [1, '#FAFCFD'],
];

const pathColors = [1, 2, 4, 3].map((index) => seriesColors[index]);

function pathTrace(path: DescentPath, index: number): Plot {
  const color = path.color ? palette[path.color] : pathColors[index % pathColors.length];
  const many = path.points.length > 60;
  return trace({
    type: 'scatter',
    name: escapeText(path.name),
    mode: many ? 'lines' : 'lines+markers',
    x: compact(path.points.map((point) => point[0])),
    y: compact(path.points.map((point) => point[1])),
    line: { color, width: 2 },
    ...(many ? {} : { marker: { color, size: 6, line: { color: '#FFFFFF', width: 1 } } }),
    hovertemplate: `step %{pointNumber}<br>(%{x:.4~g}, %{y:.4~g})<extra>${escapeTemplate(path.name)}</extra>`,
  });
}
