/** A computation drawn as a graph. */
import { say } from '../base/words';
import { arrangeGraph, type Place } from './arrange';
import { hiddenAxes } from './axes';
import { coordinates, type Point, rectangle, words } from './marks';
import { plot } from './plot';
import { escapeText, formatNumber, lettersOf } from './text';
import { type Fields, type Figure, type FigureOptions, inkColor, palette } from './theme';

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
const lineColor = '#8A8A8A';
const rowHeight = 84;
const lineHeight = 17;

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
export function graphFigure({ nodes, edges, ...options }: GraphFigureOptions): Figure {
  const ids = nodes.map(({ id }) => id);
  const { places, routes, layers, rows } = arrangeGraph(ids, edges);
  const boxHeight = 12 + lineHeight * Math.max(...nodes.map((node) => linesOf(node).length));
  const boxWidth = Math.max(74, 16 + 8 * Math.max(...nodes.map(({ label }) => lettersOf(label)), 8));
  const edgeLabel = Math.max(0, ...edges.map(({ label }) => lettersOf(label ?? '')));
  const stepX = boxWidth + Math.max(44, 30 + 8 * edgeLabel);
  const stepY = Math.max(rowHeight, boxHeight + 24);
  const plotHeight = rows * stepY;
  const width = Math.max(options.width ?? 0, 360, layers * stepX - (stepX - boxWidth) + 48);
  const at = ({ layer, row }: Place): Point => ({
    x: 24 + boxWidth / 2 + layer * stepX,
    y: plotHeight - (row + 0.5) * stepY,
  });
  const boxes = nodes.map((node) => ({ node, ...at(places[node.id]) }));
  // An edge leaves a box on its right side and reaches the next on its left.
  const ways = routes.map((route) => {
    const points = route.map(at);
    points[0].x += boxWidth / 2;
    points[points.length - 1].x -= boxWidth / 2;
    return points;
  });
  const layout = {
    ...hiddenAxes([0, width], [0, plotHeight]),
    shapes: boxes.map((box) =>
      rectangle(box, boxWidth, boxHeight, {
        fillcolor: fills[box.node.kind ?? 'operation'],
        line: { color: lineColor, width: 1.2 },
      }),
    ),
    annotations: [
      ...ways.map(arrowHead),
      ...edges.flatMap(({ label }, index) => (label ? [edgeWord(ways[index], label)] : [])),
    ],
  };
  const frame = { margin: { l: 0, r: 0, b: 8 }, plotHeight };
  return plot([...ways.map(edgeLine), ...boxWords(boxes)], { ...options, width }, layout, frame);
}

/** A node at its place. */
interface Box extends Point {
  node: GraphNode;
}

const looks = {
  label: { name: '', font: { size: 16, color: inkColor } },
  value: { name: 'value', font: { size: 13, color: palette.blue } },
  gradient: { name: 'gradient', font: { size: 13, color: '#B84A00' } },
};

/** What stands in a node's box, line by line: its label, and those of its numbers that are known. */
function linesOf({ label, value, gradient }: GraphNode): { kind: string; text: string }[] {
  const numbers = Object.entries({ value, gradient }).flatMap(([kind, number]) =>
    number === undefined ? [] : [{ kind, text: formatNumber(number, 4) }],
  );
  return [{ kind: 'label', text: label }, ...numbers];
}

/** The lines of all boxes, those of one kind as one mark. */
function boxWords(boxes: Box[]): Fields[] {
  const lines = boxes.flatMap(({ node, x, y }) =>
    linesOf(node).map((line, index, { length }) => {
      const rise = lineHeight * ((length - 1) / 2 - index);
      return { ...line, x, y: y + rise };
    }),
  );
  return Object.entries(looks).flatMap(([kind, { name, font }]) => {
    const own = lines.filter((line) => line.kind === kind);
    return own.length > 0 ? [words(own, font, { name: name && say(name), showlegend: name !== '' })] : [];
  });
}

function edgeLine(points: Point[]): Fields {
  return {
    type: 'scatter',
    mode: 'lines',
    ...coordinates(points),
    line: { color: lineColor, width: 1.5 },
    hoverinfo: 'skip',
    showlegend: false,
  };
}

function arrowHead(points: Point[]): Fields {
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
    arrowcolor: palette.grey,
  };
}

/** The word in the middle of an edge's last piece. */
function edgeWord(points: Point[], label: string): Fields {
  const [before, end] = points.slice(-2);
  return {
    x: (before.x + end.x) / 2,
    y: (before.y + end.y) / 2,
    text: escapeText(label),
    showarrow: false,
    bgcolor: '#FFFFFF',
    borderpad: 1,
    font: { size: 12, color: palette.grey },
  };
}
