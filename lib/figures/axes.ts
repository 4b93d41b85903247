/** The axes of all figures, in one look. */
import { extent } from 'simple-statistics';
import { say } from '../base/words';
import { escapeText, formatNumber, hover } from './text';
import { type AxesOptions, type Axis, type AxisOptions, type Fields, gridColor, inkColor } from './theme';

/** Two axes, as a builder takes them. */
type Axes = Pick<AxesOptions, 'xAxis' | 'yAxis'>;

/** The long form of an axis. */
export function axisOptions(axis: Axis): AxisOptions {
  return typeof axis === 'string' ? { title: axis } : axis;
}

/** An axis's name with its unit, escaped. */
export function axisTitle(axis: Axis): string {
  const { title, unit } = axisOptions(axis);
  return escapeText(unit ? say('{title} ({unit})', { title, unit }) : title);
}

/** Whether an axis counts in powers of ten. */
export function isLogarithmic(axis: Axis): boolean {
  return axisOptions(axis).scale === 'log';
}

/** A value as the axis itself counts: on a log axis in powers of ten. */
export function onAxis(axis: Axis, value: number): number {
  return isLogarithmic(axis) ? Math.log10(value) : value;
}

/** Both axes in the house's look, each with the fields that a builder adds or replaces. */
export function axes({ xAxis, yAxis }: Axes, x: Fields = {}, y: Fields = {}): Fields {
  return { xaxis: { ...layoutAxis(xAxis), ...x }, yaxis: { ...layoutAxis(yAxis), ...y } };
}

/** Axes that only place things: pictures, graphs. */
export function hiddenAxes(x: [number, number], y: [number, number]): Fields {
  const hidden = { visible: false, fixedrange: true };
  return { xaxis: { ...hidden, range: x }, yaxis: { ...hidden, range: y } };
}

/** What hovering says at a place: both coordinates, and the value there. */
export function hoverAt({ xAxis, yAxis }: Axes, value: string, digits = ''): string {
  return hover(`${axisTitle(xAxis)} %{x${digits}}<br>${axisTitle(yAxis)} %{y${digits}}<br>${value}`);
}

function layoutAxis(axis: Axis): Fields {
  const { range, ticks } = axisOptions(axis);
  return {
    title: { text: axisTitle(axis), standoff: 8 },
    automargin: true,
    zeroline: false,
    gridcolor: gridColor,
    linecolor: inkColor,
    showline: true,
    ticks: 'outside',
    tickcolor: inkColor,
    ...(isLogarithmic(axis) && { type: 'log' }),
    exponentformat: 'power',
    ...(range && { range: range.map((value) => onAxis(axis, value)) }),
    ...(ticks && namedTicks(ticks.values, ticks.labels)),
  };
}

/** Ticks at these values; without words of their own they say the value. */
export function namedTicks(values: number[], words?: string[]): Fields {
  return { tickmode: 'array', tickvals: values, ...(words && { ticktext: words.map(escapeText) }) };
}

/**
 * Where the ticks go if the axis itself does not say: on a log axis at powers of ten, or at 1, 2
 * and 5 times them where it spans less than two, at evenly spaced values where none of these lie in
 * it; at whole numbers where few whole numbers are drawn.
 *
 * @param values - everything drawn over this axis; gaps are left out
 */
export function ticksFor(axis: Axis, values: number[]): Fields {
  const logarithmic = isLogarithmic(axis);
  const drawn = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  if (axisOptions(axis).ticks || drawn.length === 0) return {};
  const [low, high] = extent(drawn);
  if (!logarithmic) {
    return drawn.every(Number.isInteger) && high - low <= 10 && high > low ? { dtick: 1 } : {};
  }
  const decades = Math.log10(high / low);
  if (decades >= 2) return decades <= 10 ? { dtick: 1 } : {};
  const first = Math.floor(Math.log10(low)) - 1;
  const count = Math.ceil(Math.log10(high)) + 2 - first;
  const usual = Array.from({ length: count }, (_, power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${first + power}`)),
  ).flat();
  const few = usual.filter((value) => value >= low && value <= high).length < 2 && high > low;
  const at = few ? roundValues(low, high) : usual;
  return namedTicks(
    at,
    at.map((value) => formatNumber(value, few ? 6 : 1)),
  );
}

/** About four values from `low` to `high`, at multiples of 1, 2 or 5 times a power of ten. */
function roundValues(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
