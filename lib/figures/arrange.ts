/**
 * Where the nodes of a directed graph stand: in layers from left to right, every edge forward.
 *
 * @see Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures" (1981)
 */

/** Where a graph's nodes stand, in whole layers and in rows that may be halves. */
export interface Arrangement {
  places: Record<string, Place>;
  /** for each edge the places it passes, its ends included */
  routes: Place[][];
  layers: number;
  rows: number;
}

/** One place of an {@link Arrangement}. */
export interface Place {
  layer: number;
  row: number;
}

/** `from` stands before `to`. */
interface Edge {
  from: string;
  to: string;
}

/** A graph whose edges all run from one layer to the next. */
interface Layered {
  /** the nodes of each layer, from top to bottom */
  columns: string[][];
  /** the nodes next to each node, one layer before and one after it */
  neighbours: Record<string, { before: string[]; after: string[] }>;
  /** for each edge of the graph the nodes it passes */
  chains: string[][];
}

/**
 * Arranges a directed graph without circles in layers, so that every edge runs forward and none
 * passes behind a node: an edge over several layers holds a place of its own in each of them.
 *
 * @param ids - the nodes
 * @param edges - what leads to what
 * @throws RangeError if an id is doubled, an edge names no node, or edges form a circle
 */
export function arrangeGraph(ids: string[], edges: Edge[]): Arrangement {
  requireNodes(ids, edges);
  const { columns, neighbours, chains } = cutEdges(ids, edges, assignLayers(ids, edges));
  const rows = Math.max(...columns.map((column) => column.length));
  const placed: Record<string, Place> = {};
  const spread = (column: string[], layer: number) => {
    column.forEach((id, index) => {
      placed[id] = { layer, row: index + (rows - column.length) / 2 };
    });
  };
  columns.forEach(spread);
  // To and fro: each node goes to the middle of its neighbours in the layer that was swept before.
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 === 0 ? 'before' : 'after';
    const order = [...columns.keys()];
    for (const layer of side === 'before' ? order : order.reverse()) {
      const middles = new Map(columns[layer].map((id) => [id, middleOf(id, neighbours[id][side], placed)]));
      columns[layer].sort((a, b) => (middles.get(a) as number) - (middles.get(b) as number));
      spread(columns[layer], layer);
    }
  }
  return {
    places: Object.fromEntries(ids.map((id) => [id, placed[id]])),
    routes: chains.map((chain) => chain.map((id) => placed[id])),
    layers: columns.length,
    rows,
  };
}

function requireNodes(ids: string[], edges: Edge[]): void {
  if (ids.length === 0) throw new RangeError('Cannot arrange the graph: it has no nodes');
  if (new Set(ids).size < ids.length) {
    throw new RangeError(`Cannot arrange the graph: two nodes have the same id among ${ids}`);
  }
  for (const end of edges.flatMap(({ from, to }) => [from, to])) {
    if (!ids.includes(end)) {
      throw new RangeError(`Cannot arrange the graph: no node is named '${end}'`);
    }
  }
}

/** The row in the middle of a node's neighbours; its own if it has none. */
function middleOf(id: string, near: string[], placed: Record<string, Place>): number {
  if (near.length === 0) return placed[id].row;
  return near.reduce((sum, other) => sum + placed[other].row, 0) / near.length;
}

/** The longest way from a source to each node; sources stand right before what uses them. */
function assignLayers(ids: string[], edges: Edge[]): Record<string, number> {
  const layerOf: Record<string, number> = Object.fromEntries(ids.map((id) => [id, 0]));
  for (let round = 0; ; round++) {
    const late = edges.filter(({ from, to }) => layerOf[to] <= layerOf[from]);
    if (late.length === 0) break;
    if (round > ids.length) {
      throw new RangeError('Cannot arrange the graph: its edges form a circle');
    }
    for (const { from, to } of late) layerOf[to] = Math.max(layerOf[to], layerOf[from] + 1);
  }
  for (const id of ids) {
    const users = edges.filter(({ from }) => from === id).map(({ to }) => layerOf[to]);
    const isSource = !edges.some(({ to }) => to === id);
    if (isSource && users.length) layerOf[id] = Math.min(...users) - 1;
  }
  return layerOf;
}

/** Cuts each edge into pieces from layer to layer, with nodes of its own between them. */
function cutEdges(ids: string[], edges: Edge[], layerOf: Record<string, number>): Layered {
  const columns: string[][] = Array.from({ length: 1 + Math.max(...Object.values(layerOf)) }, (_, layer) =>
    ids.filter((id) => layerOf[id] === layer),
  );
  const neighbours: Layered['neighbours'] = {};
  for (const id of ids) neighbours[id] = { before: [], after: [] };
  const chains = edges.map(({ from, to }, index) => {
    const chain = [from];
    for (let layer = layerOf[from] + 1; layer < layerOf[to]; layer++) {
      const between = `\u0000${index} ${layer}`;
      neighbours[between] = { before: [], after: [] };
      columns[layer].push(between);
      chain.push(between);
    }
    chain.push(to);
    for (let step = 1; step < chain.length; step++) {
      neighbours[chain[step - 1]].after.push(chain[step]);
      neighbours[chain[step]].before.push(chain[step - 1]);
    }
    return chain;
  });
  return { columns, neighbours, chains };
}
