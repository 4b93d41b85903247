import type { Plot } from 'nodeplotlib';
import { arrangeGraph } from './figures-arrange';
import { baseLayout, hiddenAxis } from './figures-layout';
import {
  escapeTemplate,
  escapeText,
  type Figure,
  type FigureOptions,
  formatNumber,
  inkColor,
  palette,
  trace,
} from './figures-theme';

/** One quantity or operation of a computation. */
export interface GraphNode {
  id: string;
  /** what is written in the box: `'w₁'`, `'×'` */
  label: string;
  value?: number;
  /** the derivative of the result by this node */
  gradient?: number;
  /** parameters and the loss are shaded; default `'operation'` */
  kind?: 'input' | 'parameter' | 'operation' | 'loss';
}

/** `from` is used to compute `to`. */
export interface GraphEdge {
  from: string;
  to: string;
  /** written on the edge: the local derivative */
  label?: string;
}

/** Options of {@link graphFigure}. */
export interface GraphFigureOptions extends FigureOptions {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

const fills = { input: '#FFFFFF', parameter: '#FFF1D6', operation: '#F1F1F1', loss: '#DCEBF5' };
const rowHeight = 84;

/**
 * A computation as a graph from left to right, with values and gradients in its boxes.
 *
 * @throws RangeError if two nodes have the same id, an edge names no node, or edges form a circle
 * @example
 * graphFigure({
 *   title: 'L = (w x − y)²',
 *   nodes: [{ id: 'w', label: 'w', value: 2, gradient: 6, kind: 'parameter' }, { id: 'x', label: 'x', value: 1 }, { id: 'p', label: '×', value: 2 }],
 *   edges: [{ from: 'w', to: 'p', label: 'x' }, { from: 'x', to: 'p' }],
 * });
 */
export function graphFigure(options: GraphFigureOptions): Figure {
  const { nodes, edges } = options;
  const arranged = arrangeGraph(
    nodes.map(({ id }) => id),
    edges,
  );
  const lines = (node: GraphNode) =>
    1 + (node.value === undefined ? 0 : 1) + (node.gradient === undefined ? 0 : 1);
  const boxHeight = 12 + 17 * Math.max(...nodes.map(lines));
  const longest = Math.max(...nodes.map(({ label }) => label.length), 8);
  const boxWidth = Math.max(74, 16 + 8 * longest);
  const edgeLabel = Math.max(0, ...edges.map(({ label }) => label?.length ?? 0));
  const stepX = boxWidth + Math.max(44, 30 + 8 * edgeLabel);
  const stepY = Math.max(rowHeight, boxHeight + 24);
  const width = Math.max(
    options.width ?? 0,
    360,
    arranged.layers * stepX - (stepX - boxWidth) + 48,
  );
  const plotHeight = arranged.rows * stepY;
  const at = (place: { layer: number; row: number }) => ({
    x: 24 + boxWidth / 2 + place.layer * stepX,
    y: plotHeight - (place.row + 0.5) * stepY,
  });
  const boxes = nodes.map((node) => ({ node, ...at(arranged.places[node.id]) }));
  const routes = edges.map((edge, index) => {
    const points = arranged.routes[index].map(at);
    points[0].x += boxWidth / 2;
    points[points.length - 1].x -= boxWidth / 2;
    return { edge, points };
  });
  const texts = (
    name: string,
    color: string,
    line: (node: GraphNode) => string | undefined,
    row: number,
  ) => {
    const shown = boxes.filter(({ node }) => line(node) !== undefined);
    return trace({
      type: 'scatter',
      mode: 'text',
      name,
      x: shown.map(({ x }) => x),
      y: shown.map(
        ({ y, node }) => y + 17 * ((lines(node) - 1) / 2 - Math.min(row, lines(node) - 1)),
      ),
      text: shown.map(({ node }) => escapeText(line(node) as string)),
      textfont: { size: row === 0 ? 16 : 13, color },
      hoverinfo: 'skip',
      showlegend: row > 0,
    });
  };
  const number = (value?: number) => (value === undefined ? undefined : formatNumber(value, 4));
  const hasGradients = nodes.some(({ gradient }) => gradient !== undefined);
  const hasValues = nodes.some(({ value }) => value !== undefined);
  const data: Plot[] = [
    ...routes.map(({ points }) =>
      trace({
        type: 'scatter',
        mode: 'lines',
        x: points.map(({ x }) => x),
        y: points.map(({ y }) => y),
        line: { color: '#8A8A8A', width: 1.5 },
        hoverinfo: 'skip',
        showlegend: false,
      }),
    ),
    texts('', inkColor, ({ label }) => label, 0),
    ...(hasValues ? [texts('value', palette.blue, ({ value }) => number(value), 1)] : []),
    ...(hasGradients ? [texts('gradient', '#B84A00', ({ gradient }) => number(gradient), 2)] : []),
  ];
  const legend = [...(hasValues ? ['value'] : []), ...(hasGradients ? ['gradient'] : [])];
  const layout = baseLayout(
    { ...options, width, height: 2000 },
    { legend, margin: { l: 0, r: 0, b: 8 } },
  );
  const top = layout.margin?.t ?? 0;
  const base = baseLayout(
    { ...options, width, height: top + plotHeight + 8 },
    { legend, margin: { l: 0, r: 0, b: 8 } },
  );
  return {
    data,
    layout: {
      ...base,
      ...(base.legend ? { legend: { ...base.legend, x: 16 / width } } : {}),
      xaxis: { ...hiddenAxis, range: [0, width] },
      yaxis: { ...hiddenAxis, range: [0, plotHeight] },
      shapes: boxes.map(({ node, x, y }) => ({
        type: 'rect',
        x0: x - boxWidth / 2,
        x1: x + boxWidth / 2,
        y0: y - boxHeight / 2,
        y1: y + boxHeight / 2,
        fillcolor: fills[node.kind ?? 'operation'],
        line: { color: '#8A8A8A', width: 1.2 },
        layer: 'below',
      })),
      annotations: [...routes.map(arrowHead), ...routes.flatMap(edgeWord)],
    } as unknown as Figure['layout'],
  };
}

interface Route {
  edge: GraphEdge;
  points: { x: number; y: number }[];
}

function arrowHead({ points }: Route): Record<string, unknown> {
  const [before, end] = points.slice(-2);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  return {
    x: end.x,
    y: end.y,
    ax: end.x - (14 * (end.x - before.x)) / length,
    ay: end.y - (14 * (end.y - before.y)) / length,
    axref: 'x',
    ayref: 'y',
    text: '',
    showarrow: true,
    arrowhead: 2,
    arrowsize: 1.1,
    arrowwidth: 1.5,
    arrowcolor: '#6B6B6B',
  };
}

function edgeWord({ edge, points }: Route): Record<string, unknown>[] {
  if (!edge.label) return [];
  const [before, end] = points.slice(-2);
  return [
    {
      x: (before.x + end.x) / 2,
      y: (before.y + end.y) / 2,
      text: escapeText(edge.label),
      showarrow: false,
      bgcolor: '#FFFFFF',
      borderpad: 1,
      font: { size: 12, color: palette.grey },
    },
  ];
}

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
