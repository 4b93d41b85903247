/** A function of two variables as contour lines, with the paths of descents. */

import { requireBetween, requirePositive } from '../base/checks';
import { say } from '../base/words';
import { linearSpace } from '../maths/vectors';
import { axes, hoverAt } from './axes';
import { colorBar, pointsOf } from './marks';
import { plot } from './plot';
import { compact, compactRows, escapeTemplate, escapeText, formatNumber, hover } from './text';
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
  /**
   * contour lines at the values `least · factorᵏ`, k = 0, 1, 2, …, so that the floor of a valley has some, too;
   * for a surface that is nowhere negative
   */
  geometricLevels?: { least: number; factor: number };
}

/**
 * A function of two variables as contour lines, with the paths of optimizers on it. What leaves
 * the ranges is cut off at the edge.
 *
 * @throws RangeError if a range is missing, or a geometric level is not positive
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
  const { geometricLevels } = options;
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
    ...(geometricLevels
      ? geometricField(heights, geometricLevels, surfaceName)
      : {
          z: compactRows(heights, 4),
          ncontours: 22,
          contours: { coloring: 'fill' },
          colorbar: colorBar(surfaceName),
          hovertemplate: hoverAt(options, `${escapeTemplate(surfaceName)} %{z:.4~g}`, ':.3~g'),
        }),
    colorscale: paleScale,
    line: { width: 0.6, color: '#8A9BA8' },
    showlegend: false,
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

/** Heights counted in factors above the least level: even steps of these are the levels. */
function geometricField(
  heights: number[][],
  { least, factor }: { least: number; factor: number },
  surfaceName: string,
): Fields {
  requirePositive('geometricLevels.least', least, 'draw contours');
  requireBetween('geometricLevels.factor', factor, 1.01, 1e6, 'draw contours');
  const powers = heights.map((row) =>
    row.map((height) => Math.max(-1, Math.log(height / least) / Math.log(factor))),
  );
  const end = Math.max(0, Math.floor(Math.max(...powers.flat())));
  const levels = Array.from({ length: end + 1 }, (_, k) => k);
  return {
    z: compactRows(powers, 4),
    autocontour: false,
    contours: { coloring: 'fill', start: 0, end, size: 1 },
    colorbar: colorBar(surfaceName, {
      tickvals: levels,
      ticktext: levels.map((k) => formatNumber(least * factor ** k, 3)),
    }),
    hovertemplate: hover('(%{x:.3~g}, %{y:.3~g})'),
  };
}

function minimumMark([x, y]: [number, number]): Fields {
  return {
    type: 'scatter',
    name: say('minimum'),
    mode: 'markers',
    x: [x],
    y: [y],
    marker: { symbol: 'x', size: 11, color: palette.black },
    hovertemplate: hover(say('minimum')),
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
    hovertemplate: hover(`${say('step {step}', { step: '%{pointNumber}' })}<br>(%{x:.4~g}, %{y:.4~g})`, name),
  };
}
