/** Measurements at several sizes, with power laws through them. */
import { fitPowerLaw } from '../maths/power-law';
import { lineFigure, type Series } from './lines';
import { type AxesOptions, type ColorName, type Figure, formatNumber } from './theme';

/** What was measured at several sizes. */
export interface ScalingSeries {
  name: string;
  /** sizes, > 0, shape `[n]` */
  x: ArrayLike<number>;
  /** measured, > 0, shape `[n]` */
  y: ArrayLike<number>;
  /** draws the power law that fits best; `from` and `to` limit the sizes it is fitted to */
  fit?: boolean | { from?: number; to?: number };
  band?: Series['band'];
  color?: ColorName;
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
  const log = (axis: AxesOptions['xAxis']) =>
    ({ ...(typeof axis === 'string' ? { title: axis } : axis), scale: 'log' }) as const;
  const order: ColorName[] = ['blue', 'vermillion', 'green', 'purple', 'orange', 'sky'];
  const series = options.series.flatMap((one, index): Series[] => {
    const color = one.color ?? order[index % order.length];
    const measured: Series = { ...one, style: one.fit ? 'points' : 'both', color };
    if (!one.fit) return [measured];
    const { from = 0, to = Infinity } = one.fit === true ? {} : one.fit;
    const used = Array.from(one.x, (_, i) => i).filter((i) => one.x[i] >= from && one.x[i] <= to);
    const law = fitPowerLaw(
      used.map((i) => one.x[i]),
      used.map((i) => one.y[i]),
    );
    const sizes = used.map((i) => one.x[i]);
    const ends = [Math.min(...sizes), Math.max(...sizes)];
    return [
      measured,
      {
        name: `${one.name}, fit ∝ x^${formatNumber(law.exponent)}`,
        x: ends,
        y: ends.map((x) => law.factor * x ** law.exponent),
        style: 'theory',
        color,
      },
    ];
  });
  return lineFigure({ ...options, xAxis: log(options.xAxis), yAxis: log(options.yAxis), series });
}
