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

/**
 * Arranges a directed graph without circles in layers, so that every edge runs forward and none
 * passes behind a node: an edge over several layers holds a place of its own in each of them.
 *
 * @param ids - the nodes
 * @param edges - `from` stands before `to`
 * @throws RangeError if an id is doubled, an edge names no node, or edges form a circle
 * @see Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures" (1981)
 */
export function arrangeGraph(ids: string[], edges: { from: string; to: string }[]): Arrangement {
  if (ids.length === 0) throw new RangeError('Cannot arrange the graph: it has no nodes');
  if (new Set(ids).size < ids.length) {
    throw new RangeError(`Cannot arrange the graph: two nodes have the same id among ${ids}`);
  }
  for (const end of edges.flatMap(({ from, to }) => [from, to])) {
    if (!ids.includes(end))
      throw new RangeError(`Cannot arrange the graph: no node is named '${end}'`);
  }
  const layerOf = assignLayers(ids, edges);
  const layers = 1 + Math.max(...Object.values(layerOf));
  const columns: string[][] = Array.from({ length: layers }, (_, layer) =>
    ids.filter((id) => layerOf[id] === layer),
  );
  const neighbours: Record<string, { before: string[]; after: string[] }> = {};
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
  const rows = Math.max(...columns.map((column) => column.length));
  const placed: Record<string, Place> = {};
  const spread = (layer: number) => {
    columns[layer].forEach((id, index) => {
      placed[id] = { layer, row: index + (rows - columns[layer].length) / 2 };
    });
  };
  columns.forEach((_, layer) => {
    spread(layer);
  });
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 === 0 ? 'before' : 'after';
    const order = columns.map((_, layer) => (side === 'before' ? layer : layers - 1 - layer));
    for (const layer of order) {
      const middle = (id: string) => {
        const near = neighbours[id][side];
        return near.length
          ? near.reduce((sum, other) => sum + placed[other].row, 0) / near.length
          : placed[id].row;
      };
      const middles = new Map(columns[layer].map((id) => [id, middle(id)]));
      columns[layer].sort((a, b) => (middles.get(a) as number) - (middles.get(b) as number));
      spread(layer);
    }
  }
  return {
    places: Object.fromEntries(ids.map((id) => [id, placed[id]])),
    routes: chains.map((chain) => chain.map((id) => placed[id])),
    layers,
    rows,
  };
}

/** The longest way from a source to each node; sources stand right before what uses them. */
function assignLayers(
  ids: string[],
  edges: { from: string; to: string }[],
): Record<string, number> {
  const layerOf: Record<string, number> = Object.fromEntries(ids.map((id) => [id, 0]));
  for (let round = 0; ; round++) {
    const late = edges.filter(({ from, to }) => layerOf[to] <= layerOf[from]);
    if (late.length === 0) break;
    if (round > ids.length)
      throw new RangeError('Cannot arrange the graph: its edges form a circle');
    for (const { from, to } of late) layerOf[to] = Math.max(layerOf[to], layerOf[from] + 1);
  }
  for (const id of ids) {
    const users = edges.filter(({ from }) => from === id).map(({ to }) => layerOf[to]);
    const isSource = !edges.some(({ to }) => to === id);
    if (isSource && users.length) layerOf[id] = Math.min(...users) - 1;
  }
  return layerOf;
}
