/** A network drawn as units and lines. */
import { extent } from 'simple-statistics';
import { say } from '../base/words';
import { hiddenAxes } from './axes';
import { coordinates, type Point, words } from './marks';
import { plot } from './plot';
import { escapeTemplate, hover } from './text';
import { type Fields, type Figure, type FigureOptions, inkColor, palette } from './theme';

/** One layer of a network. */
export interface NetworkLayer {
  name: string;
  units: number;
}

/** Options of {@link networkFigure}. */
export interface NetworkFigureOptions extends FigureOptions {
  layers: NetworkLayer[];
  /** of layer to layer, each of shape `[units before, units after]` */
  weights: ArrayLike<ArrayLike<number>>[];
}

/**
 * A network's layers and weights: blue lines are negative weights, vermillion ones positive, thick
 * ones large. Of wide layers only some units are drawn, with dots between.
 *
 * @example
 * networkFigure({ title: '2-3-1', layers: [{ name: 'input', units: 2 }, { name: 'hidden', units: 3 }, { name: 'output', units: 1 }], weights: [first, second] });
 */
export function networkFigure(options: NetworkFigureOptions): Figure {
  const { layers, weights } = options;
  const columns = layers.map(({ units }, layer) => slotsOf(units, layer));
  const tallest = Math.max(...columns.map((slots) => slots.length));
  // Strong weights last, above the weak ones; the strongest of a sign stands in the legend.
  const bins = binLines(columns, weights).sort((a, b) => a.size - b.size);
  const strongest = new Map(bins.map((bin) => [bin.sign, bin]));
  const lines = bins.map((bin) => lineMark(bin, strongest.get(bin.sign) === bin));
  return plot(
    [...lines, ...unitMarks(layers, columns.flat(), tallest)],
    { ...options, height: options.height ?? Math.max(300, 150 + 34 * tallest) },
    hiddenAxes([-0.5, layers.length - 0.5], [-tallest / 2 - 1.5, tallest / 2]),
    { margin: { l: 16, r: 16, b: 8 } },
  );
}

/** One place of a layer: a unit, or `null` for those left out. */
interface Slot extends Point {
  unit: number | null;
}

/** Units drawn of a layer, half of them the first and half the last. */
const most = 10;

/** The places of a layer, centred on 0. */
function slotsOf(units: number, layer: number): Slot[] {
  const half = Math.floor((most - 1) / 2);
  const all = [...Array(units).keys()];
  const shown = units <= most ? all : [...all.slice(0, most - 1 - half), null, ...all.slice(-half)];
  return shown.map((unit, slot) => ({ unit, x: layer, y: (shown.length - 1) / 2 - slot }));
}

/** Lines of one sign and one thickness, which one mark draws. */
interface Bin {
  sign: 'negative' | 'positive';
  /** 1 … 5, as large as the weights are */
  size: number;
  x: (number | null)[];
  y: (number | null)[];
}

/** The lines from layer to layer, by sign and size of their weights. */
function binLines(columns: Slot[][], weights: NetworkFigureOptions['weights']): Bin[] {
  const bins = new Map<string, Bin>();
  const sizes = weights.flatMap((matrix) =>
    Array.from(matrix, (row) => extent(Array.from(row, Math.abs))[1]),
  );
  const largest = Math.max(...sizes) || 1;
  for (const [layer, matrix] of weights.entries()) {
    for (const from of columns[layer]) {
      for (const to of columns[layer + 1]) {
        if (from.unit === null || to.unit === null) continue;
        const weight = matrix[from.unit][to.unit];
        const size = Math.ceil((5 * Math.abs(weight)) / largest) || 1;
        const sign = weight < 0 ? 'negative' : 'positive';
        const bin = bins.get(`${sign} ${size}`) ?? { sign, size, x: [], y: [] };
        bins.set(`${sign} ${size}`, bin);
        bin.x.push(from.x, to.x, null);
        bin.y.push(from.y, to.y, null);
      }
    }
  }
  return [...bins.values()];
}

const colors = { negative: palette.blue, positive: palette.vermillion };

function lineMark({ sign, size, x, y }: Bin, inLegend: boolean): Fields {
  return {
    type: 'scatter',
    mode: 'lines',
    x,
    y,
    name: sign === 'negative' ? say('negative weight') : say('positive weight'),
    legendgroup: sign,
    showlegend: inLegend,
    line: { color: colors[sign], width: 0.2 + 0.75 * size },
    opacity: 0.3 + 0.14 * size,
    hoverinfo: 'skip',
  };
}

/** The units as circles, dots for those left out, and the names of the layers under them. */
function unitMarks(layers: NetworkLayer[], slots: Slot[], tallest: number): Fields[] {
  const circles = slots.filter(({ unit }) => unit !== null);
  const dots = slots.filter(({ unit }) => unit === null).map(({ x, y }) => ({ x, y, text: '⋮' }));
  const names = layers.map(({ name, units }, x) => ({
    x,
    y: -tallest / 2 - 0.75,
    text: `${name}\n${units === 1 ? say('1 unit') : say('{units} units', { units })}`,
  }));
  return [
    {
      type: 'scatter',
      mode: 'markers',
      ...coordinates(circles),
      marker: { size: 18, color: '#FFFFFF', line: { color: inkColor, width: 1.5 } },
      text: circles.map(({ unit, x }) =>
        say('{layer}, unit {unit}', { layer: escapeTemplate(layers[x].name), unit: String(unit) }),
      ),
      hovertemplate: hover('%{text}'),
      showlegend: false,
    },
    words([...dots, ...names], { size: 14 }, { cliponaxis: false }),
  ];
}
