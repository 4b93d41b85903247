/** A computation drawn as a graph. */
import type { Plot } from 'nodeplotlib';
import { arrangeGraph, type Place } from './arrange';
import { baseLayout, hiddenAxis } from './layout';
import { escapeText, type Figure, type FigureOptions, formatNumber, inkColor, palette, trace } from './theme';

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
const lineHeight = 17;

/** A point of the figure, in pixels from the lower left corner. */
interface Point {
  x: number;
  y: number;
}

/** A node at its place. */
interface Box extends Point {
  node: GraphNode;
}

/** An edge on its way, from box to box. */
interface Route {
  edge: GraphEdge;
  points: Point[];
}

/** How large everything is, in pixels, and where it stands. */
interface Plan {
  boxWidth: number;
  boxHeight: number;
  width: number;
  plotHeight: number;
  boxes: Box[];
  routes: Route[];
}

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
  const { boxWidth, boxHeight, width, plotHeight, boxes, routes } = plan(options);
  const hasValues = boxes.some(({ node }) => node.value !== undefined);
  const hasGradients = boxes.some(({ node }) => node.gradient !== undefined);
  const number = (value?: number) => (value === undefined ? undefined : formatNumber(value, 4));
  const data: Plot[] = [
    ...routes.map(edgeLine),
    texts(boxes, '', inkColor, ({ label }) => label, 0),
    ...(hasValues ? [texts(boxes, 'value', palette.blue, ({ value }) => number(value), 1)] : []),
    ...(hasGradients ? [texts(boxes, 'gradient', '#B84A00', ({ gradient }) => number(gradient), 2)] : []),
  ];
  const legend = [...(hasValues ? ['value'] : []), ...(hasGradients ? ['gradient'] : [])];
  const base = (height: number) =>
    baseLayout({ ...options, width, height }, { legend, margin: { l: 0, r: 0, b: 8 } });
  const top = base(2000).margin?.t ?? 0;
  const layout = base(top + plotHeight + 8);
  return {
    data,
    layout: {
      ...layout,
      ...(layout.legend ? { legend: { ...layout.legend, x: 16 / width } } : {}),
      xaxis: { ...hiddenAxis, range: [0, width] },
      yaxis: { ...hiddenAxis, range: [0, plotHeight] },
      shapes: boxes.map((box) => rectangle(box, boxWidth, boxHeight)),
      annotations: [...routes.map(arrowHead), ...routes.flatMap(edgeWord)],
    } as unknown as Figure['layout'],
  };
}

function plan({ nodes, edges, ...options }: GraphFigureOptions): Plan {
  const ids = nodes.map(({ id }) => id);
  const { places, routes, layers, rows } = arrangeGraph(ids, edges);
  const boxHeight = 12 + lineHeight * Math.max(...nodes.map(linesOf));
  const boxWidth = Math.max(74, 16 + 8 * Math.max(...nodes.map(({ label }) => label.length), 8));
  const edgeLabel = Math.max(0, ...edges.map(({ label }) => label?.length ?? 0));
  const stepX = boxWidth + Math.max(44, 30 + 8 * edgeLabel);
  const stepY = Math.max(rowHeight, boxHeight + 24);
  const plotHeight = rows * stepY;
  const at = ({ layer, row }: Place): Point => ({
    x: 24 + boxWidth / 2 + layer * stepX,
    y: plotHeight - (row + 0.5) * stepY,
  });
  return {
    boxWidth,
    boxHeight,
    width: Math.max(options.width ?? 0, 360, layers * stepX - (stepX - boxWidth) + 48),
    plotHeight,
    boxes: nodes.map((node) => ({ node, ...at(places[node.id]) })),
    routes: edges.map((edge, index) => {
      const points = routes[index].map(at);
      points[0].x += boxWidth / 2;
      points[points.length - 1].x -= boxWidth / 2;
      return { edge, points };
    }),
  };
}

/** How many lines a box holds: its label, its value, its gradient. */
function linesOf({ value, gradient }: GraphNode): number {
  return 1 + (value === undefined ? 0 : 1) + (gradient === undefined ? 0 : 1);
}

/** What stands in line `row` of the boxes, in one colour. */
function texts(
  boxes: Box[],
  name: string,
  color: string,
  textOf: (node: GraphNode) => string | undefined,
  row: number,
): Plot {
  const shown = boxes.filter(({ node }) => textOf(node) !== undefined);
  const height = ({ y, node }: Box) => {
    const last = linesOf(node) - 1;
    return y + lineHeight * (last / 2 - Math.min(row, last));
  };
  return trace({
    type: 'scatter',
    mode: 'text',
    name,
    x: shown.map(({ x }) => x),
    y: shown.map(height),
    text: shown.map(({ node }) => escapeText(textOf(node) as string)),
    textfont: { size: row === 0 ? 16 : 13, color },
    hoverinfo: 'skip',
    showlegend: row > 0,
  });
}

function edgeLine({ points }: Route): Plot {
  return trace({
    type: 'scatter',
    mode: 'lines',
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    line: { color: '#8A8A8A', width: 1.5 },
    hoverinfo: 'skip',
    showlegend: false,
  });
}

function rectangle({ node, x, y }: Box, width: number, height: number): Record<string, unknown> {
  return {
    type: 'rect',
    x0: x - width / 2,
    x1: x + width / 2,
    y0: y - height / 2,
    y1: y + height / 2,
    fillcolor: fills[node.kind ?? 'operation'],
    line: { color: '#8A8A8A', width: 1.2 },
    layer: 'below',
  };
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
