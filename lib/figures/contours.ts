/** A function of two variables as contour lines, with the paths of descents. */
import { linearSpace } from '../maths/vectors';
import { axes, hoverAt } from './axes';
import { colorBar, pointsOf } from './marks';
import { plot } from './plot';
import { compact, compactRows, escapeTemplate, escapeText, hover } from './text';
import { type Fields, type Figure, type Named, type PlaneOptions, palette } from './theme';

/** The points an optimizer visited, in order. */
export interface DescentPath extends Named {
  /** shape `[steps + 1, 2]`, the start first */
  points: ArrayLike<number>[];
}

/** Options of {@link contourFigure}. */
export interface ContourFigureOptions extends PlaneOptions {
  /** the function whose value is drawn */
  surface: (x: number, y: number) => number;
  /** what the value is: `'J(θ)'` */
  surfaceName: string;
  paths?: DescentPath[];
  /** a cross at the lowest point */
  minimum?: [number, number];
  /** values computed along each axis; default 61 */
  resolution?: number;
  /** one unit is as long on both axes, so that right angles look right; default false */
  equalScales?: boolean;
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
  const { xAxis, yAxis, surface, surfaceName, paths = [], minimum, resolution = 61, equalScales } = options;
  if (!xAxis.range || !yAxis.range) {
    throw new RangeError('Cannot draw contours: xAxis.range and yAxis.range must be given');
  }
  const xs = linearSpace(...xAxis.range, resolution);
  const ys = linearSpace(...yAxis.range, resolution);
  const heights = ys.map((y) => xs.map((x) => surface(x, y)));
  const field = {
    type: 'contour',
    x: compact(xs),
    y: compact(ys),
    z: compactRows(heights, 4),
    colorscale: paleScale,
    ncontours: 22,
    contours: { coloring: 'fill' },
    line: { width: 0.6, color: '#8A9BA8' },
    colorbar: colorBar(surfaceName),
    showlegend: false,
    hovertemplate: hoverAt(options, `${escapeTemplate(surfaceName)} %{z:.4~g}`, ':.3~g'),
  };
  const lowest = minimum ? [minimumMark(minimum)] : [];
  const fixed = { constrain: 'domain' };
  return plot(
    [field, ...paths.map(pathMark), ...lowest],
    options,
    equalScales ? axes(options, fixed, { ...fixed, scaleanchor: 'x' }) : axes(options),
  );
}

const paleScale = [
  [0, '#3E7FB1'],
  [0.25, '#8FBBDB'],
  [0.6, '#CFE2F0'],
  [1, '#FAFCFD'],
];

function minimumMark([x, y]: [number, number]): Fields {
  return {
    type: 'scatter',
    name: 'minimum',
    mode: 'markers',
    x: [x],
    y: [y],
    marker: { symbol: 'x', size: 11, color: palette.black },
    hovertemplate: hover('minimum'),
  };
}

const pathColors = ['vermillion', 'green', 'orange', 'purple'] as const;

function pathMark({ name, points, color: own }: DescentPath, index: number): Fields {
  const color = palette[own ?? pathColors[index % pathColors.length]];
  const many = points.length > 60;
  return {
    type: 'scatter',
    name: escapeText(name),
    mode: many ? 'lines' : 'lines+markers',
    ...pointsOf(points),
    line: { color, width: 2 },
    marker: many ? undefined : { color, size: 6, line: { color: '#FFFFFF', width: 1 } },
    hovertemplate: hover('step %{pointNumber}<br>(%{x:.4~g}, %{y:.4~g})', name),
  };
}
