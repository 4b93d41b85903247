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
  /** units drawn of a layer, half of them the first and half the last; default 10 */
  mostUnits?: number;
}

/**
 * A network's layers and weights: blue lines are negative weights, vermillion ones positive, thick
 * ones large. Of wide layers only some units are drawn, with dots between.
 *
 * @example
 * networkFigure({ title: '2-3-1', layers: [{ name: 'input', units: 2 }, { name: 'hidden', units: 3 }, { name: 'output', units: 1 }], weights: [first, second] });
 */
export function networkFigure(options: NetworkFigureOptions): Figure {
  const { layers, weights, mostUnits = 10 } = options;
  const shown = layers.map(({ units }) => shownUnits(units, mostUnits));
  const place = (layer: number, slot: number) => ({
    x: layer,
    y: (shown[layer].length - 1) / 2 - slot,
  });
  const bins = new Map<string, { x: (number | null)[]; y: (number | null)[] }>();
  let most = 0;
  for (const matrix of weights ?? []) {
    for (const row of Array.from(matrix))
      for (const w of Array.from(row)) most = Math.max(most, Math.abs(w));
  }
  for (let layer = 0; layer + 1 < layers.length; layer++) {
    shown[layer].forEach((unit, slot) => {
      shown[layer + 1].forEach((next, nextSlot) => {
        if (unit === null || next === null) return;
        const weight = weights?.[layer]?.[unit]?.[next];
        const size =
          weight === undefined ? 2 : Math.ceil((5 * Math.abs(weight)) / (most || 1)) || 1;
        const sign = weight === undefined ? 'any' : weight < 0 ? 'negative' : 'positive';
        const key = `${sign} ${size}`;
        const bin = bins.get(key) ?? { x: [], y: [] };
        bins.set(key, bin);
        const [from, to] = [place(layer, slot), place(layer + 1, nextSlot)];
        bin.x.push(from.x, to.x, null);
        bin.y.push(from.y, to.y, null);
      });
    });
  }
  const colors: Record<string, string> = {
    any: '#B5B5B5',
    negative: palette.blue,
    positive: palette.vermillion,
  };
  // Strong weights last, above the weak ones; the strongest of a sign stands in the legend.
  const order = [...bins].sort(([a], [b]) => Number(a.slice(-1)) - Number(b.slice(-1)));
  const strongest = new Map(order.map(([key]) => [key.split(' ')[0], key]));
  strongest.delete('any');
  const lines = order.map(([key, bin]): Plot => {
    const [sign, size] = key.split(' ');
    return trace({
      type: 'scatter',
      mode: 'lines',
      ...bin,
      name: `${sign} weight`,
      legendgroup: sign,
      showlegend: strongest.get(sign) === key,
      line: { color: colors[sign], width: sign === 'any' ? 0.8 : 0.2 + 0.75 * Number(size) },
      opacity: sign === 'any' ? 1 : 0.3 + 0.14 * Number(size),
      hoverinfo: 'skip',
    });
  });
  const tallest = Math.max(...shown.map((units) => units.length));
  const units = shown.flatMap((slots, layer) =>
    slots.map((unit, slot) => ({ unit, layer, ...place(layer, slot) })),
  );
  const circles = units.filter(({ unit }) => unit !== null);
  const dots = units.filter(({ unit }) => unit === null);
  const data = [
    ...lines,
    trace({
      type: 'scatter',
      mode: 'markers',
      x: circles.map(({ x }) => x),
      y: circles.map(({ y }) => y),
      marker: { size: 18, color: '#FFFFFF', line: { color: inkColor, width: 1.5 } },
      text: circles.map(({ unit, layer }) => `${escapeTemplate(layers[layer].name)}, unit ${unit}`),
      hovertemplate: '%{text}<extra></extra>',
      showlegend: false,
    }),
    trace({
      type: 'scatter',
      mode: 'text',
      x: [...dots.map(({ x }) => x), ...layers.map((_, index) => index)],
      y: [...dots.map(({ y }) => y), ...layers.map(() => -tallest / 2 - 0.75)],
      text: [
        ...dots.map(() => '⋮'),
        ...layers.map((layer) =>
          escapeText(`${layer.name}\n${layer.units} unit${layer.units === 1 ? '' : 's'}`),
        ),
      ],
      textfont: { size: 14 },
      hoverinfo: 'skip',
      cliponaxis: false,
      showlegend: false,
    }),
  ];
  return {
    data,
    layout: baseLayout(
      { ...options, height: options.height ?? Math.max(300, 150 + 34 * tallest) },
      {
        legend: [...strongest.keys()].map((sign) => `${sign} weight`),
        margin: { l: 16, r: 16, b: 8 },
        fields: {
          xaxis: { ...hiddenAxis, range: [-0.5, layers.length - 0.5] },
          yaxis: { ...hiddenAxis, range: [-tallest / 2 - 1.5, tallest / 2] },
        },
      },
    ),
  };
}

/** Which units of a layer are drawn; `null` stands for those left out. */
function shownUnits(units: number, most: number): (number | null)[] {
  if (units <= most) return Array.from({ length: units }, (_, unit) => unit);
  const half = Math.floor((most - 1) / 2);
  const first = Array.from({ length: most - 1 - half }, (_, unit) => unit);
  const last = Array.from({ length: half }, (_, unit) => units - half + unit);
  return [...first, null, ...last];
}
