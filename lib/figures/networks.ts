/** A network drawn as units and lines. */
import type { Plot } from 'nodeplotlib';
import { baseLayout, hiddenAxis } from './layout';
import {
  escapeTemplate,
  escapeText,
  type Figure,
  type FigureOptions,
  inkColor,
  palette,
  trace,
} from './theme';

/** One layer of a network. */
export interface NetworkLayer {
  name: string;
  units: number;
}

/** Options of {@link networkFigure}. */
export interface NetworkFigureOptions extends FigureOptions {
  layers: NetworkLayer[];
  /** of layer to layer, each of shape `[units before, units after]`; left out: all alike */
  weights?: ArrayLike<ArrayLike<number>>[];
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
  const shown = layers.map(({ units }) => shownUnits(units));
  const tallest = Math.max(...shown.map((slots) => slots.length));
  const bins = binLines(shown, weights);
  // Strong weights last, above the weak ones; the strongest of a sign stands in the legend.
  const order = bins.sort((a, b) => a.size - b.size);
  const strongest = new Map(order.map((bin) => [bin.sign, bin]));
  strongest.delete('any');
  const legend = [...strongest.keys()].map((sign) => `${sign} weight`);
  return {
    data: [
      ...order.map((bin) => lineTrace(bin, strongest.get(bin.sign) === bin)),
      ...unitTraces(layers, shown, tallest),
    ],
    layout: baseLayout(
      { ...options, height: options.height ?? Math.max(300, 150 + 34 * tallest) },
      {
        legend,
        margin: { l: 16, r: 16, b: 8 },
        fields: {
          xaxis: { ...hiddenAxis, range: [-0.5, layers.length - 0.5] },
          yaxis: { ...hiddenAxis, range: [-tallest / 2 - 1.5, tallest / 2] },
        },
      },
    ),
  };
}

/** What stands in each place of a layer: a unit, or `null` for those left out. */
type Slots = (number | null)[];

/** Lines of one sign and one thickness, which one trace draws. */
interface Bin {
  sign: 'any' | 'negative' | 'positive';
  /** 1 … 5, as large as the weights are */
  size: number;
  x: (number | null)[];
  y: (number | null)[];
}

/** The height of a slot; each layer is centred on 0. */
function heightOf(slots: Slots, slot: number): number {
  return (slots.length - 1) / 2 - slot;
}

/** The lines from layer to layer, by sign and size of their weights. */
function binLines(shown: Slots[], weights: NetworkFigureOptions['weights']): Bin[] {
  const bins = new Map<string, Bin>();
  const largest = Math.max(0, ...(weights ?? []).map(largestOf)) || 1;
  shown.slice(1).forEach((after, layer) => {
    const before = shown[layer];
    before.forEach((unit, slot) => {
      after.forEach((next, nextSlot) => {
        if (unit === null || next === null) return;
        const weight = weights?.[layer]?.[unit]?.[next];
        const size = weight === undefined ? 2 : Math.ceil((5 * Math.abs(weight)) / largest) || 1;
        const sign = weight === undefined ? 'any' : weight < 0 ? 'negative' : 'positive';
        const bin = bins.get(`${sign} ${size}`) ?? { sign, size, x: [], y: [] };
        bins.set(`${sign} ${size}`, bin);
        bin.x.push(layer, layer + 1, null);
        bin.y.push(heightOf(before, slot), heightOf(after, nextSlot), null);
      });
    });
  });
  return [...bins.values()];
}

function largestOf(matrix: ArrayLike<ArrayLike<number>>): number {
  let largest = 0;
  for (const row of Array.from(matrix)) {
    for (const weight of Array.from(row)) largest = Math.max(largest, Math.abs(weight));
  }
  return largest;
}

const colors = { any: '#B5B5B5', negative: palette.blue, positive: palette.vermillion };

function lineTrace({ sign, size, x, y }: Bin, inLegend: boolean): Plot {
  return trace({
    type: 'scatter',
    mode: 'lines',
    x,
    y,
    name: `${sign} weight`,
    legendgroup: sign,
    showlegend: inLegend,
    line: { color: colors[sign], width: sign === 'any' ? 0.8 : 0.2 + 0.75 * size },
    opacity: sign === 'any' ? 1 : 0.3 + 0.14 * size,
    hoverinfo: 'skip',
  });
}

/** The units as circles, dots for those left out, and the names of the layers under them. */
function unitTraces(layers: NetworkLayer[], shown: Slots[], tallest: number): Plot[] {
  const places = shown.flatMap((slots, layer) =>
    slots.map((unit, slot) => ({ unit, x: layer, y: heightOf(slots, slot) })),
  );
  const circles = places.filter(({ unit }) => unit !== null);
  const dots = places.filter(({ unit }) => unit === null);
  const nameOf = ({ name, units }: NetworkLayer) =>
    escapeText(`${name}\n${units} unit${units === 1 ? '' : 's'}`);
  return [
    trace({
      type: 'scatter',
      mode: 'markers',
      x: circles.map(({ x }) => x),
      y: circles.map(({ y }) => y),
      marker: { size: 18, color: '#FFFFFF', line: { color: inkColor, width: 1.5 } },
      text: circles.map(({ unit, x }) => `${escapeTemplate(layers[x].name)}, unit ${unit}`),
      hovertemplate: '%{text}<extra></extra>',
      showlegend: false,
    }),
    trace({
      type: 'scatter',
      mode: 'text',
      x: [...dots.map(({ x }) => x), ...layers.keys()],
      y: [...dots.map(({ y }) => y), ...layers.map(() => -tallest / 2 - 0.75)],
      text: [...dots.map(() => '⋮'), ...layers.map(nameOf)],
      textfont: { size: 14 },
      hoverinfo: 'skip',
      cliponaxis: false,
      showlegend: false,
    }),
  ];
}

/** Units drawn of a layer, half of them the first and half the last. */
const most = 10;

/** Which units of a layer are drawn; `null` stands for those left out. */
function shownUnits(units: number): Slots {
  if (units <= most) return Array.from({ length: units }, (_, unit) => unit);
  const half = Math.floor((most - 1) / 2);
  const first = Array.from({ length: most - 1 - half }, (_, unit) => unit);
  const last = Array.from({ length: half }, (_, unit) => units - half + unit);
  return [...first, null, ...last];
}
