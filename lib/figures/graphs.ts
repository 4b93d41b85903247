import type { Plot } from 'nodeplotlib';
import { arrangeGraph } from './arrange';
import { baseLayout, hiddenAxis } from './layout';
import {
  escapeText,
  type Figure,
  type FigureOptions,
  formatNumber,
  inkColor,
  palette,
  trace,
} from './theme';

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
