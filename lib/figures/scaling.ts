/** Measurements at several sizes, with power laws through them. */
import { extent } from 'simple-statistics';
import { fitPowerLaw } from '../maths/power-law';
import { axisOptions } from './axes';
import { lineFigure, type Series } from './lines';
import { formatNumber } from './text';
import type { AxesOptions, Axis, ColorName, Figure } from './theme';

/** What was measured at several sizes. */
export interface ScalingSeries {
  name: string;
  /** sizes, > 0, shape `[n]` */
  x: ArrayLike<number>;
  /** measured, > 0, shape `[n]` */
  y: ArrayLike<number>;
  /** draws the power law that fits best, to all sizes or to those not smaller than `from` */
  fit?: boolean | { from: number };
  band?: Series['band'];
}

/** Options of {@link scalingFigure}. */
export interface ScalingFigureOptions extends AxesOptions {
  series: ScalingSeries[];
}

/**
 * Measurements at several sizes on two log axes, on which a power law is a straight line, with the
 * fitted laws dashed.
 *
 * @throws RangeError if a size or a measurement is not positive
 * @example
 * scalingFigure({ title: 'Error falls with width', xAxis: 'hidden units', yAxis: { title: 'test error', unit: '%' }, series: [{ name: 'measured', x: widths, y: errors, fit: true }] });
 */
export function scalingFigure(options: ScalingFigureOptions): Figure {
  const series = options.series.flatMap((one, index): Series[] => {
    const color = colors[index % colors.length];
    if (!one.fit) return [{ ...one, style: 'both', color }];
    const law = fittedLaw(one, one.fit === true ? 0 : one.fit.from);
    return [
      { ...one, style: 'points', color },
      { ...law, style: 'theory', color },
    ];
  });
  const log = (axis: Axis): Axis => ({ ...axisOptions(axis), scale: 'log' });
  return lineFigure({ ...options, xAxis: log(options.xAxis), yAxis: log(options.yAxis), series });
}

const colors: ColorName[] = ['blue', 'vermillion', 'green', 'purple', 'orange', 'sky'];

function fittedLaw({ name, x, y }: ScalingSeries, from: number): Series {
  const used = Array.from(x, (size, index) => ({ size, value: y[index] })).filter(({ size }) => size >= from);
  const sizes = used.map(({ size }) => size);
  const law = fitPowerLaw(
    sizes,
    used.map(({ value }) => value),
  );
  const ends = extent(sizes);
  return {
    name: `${name}, fit ∝ x^${formatNumber(law.exponent)}`,
    x: ends,
    y: ends.map((size) => law.factor * size ** law.exponent),
  };
}
