/**
 * The tree in which n-grams are counted. Its levels are the different sequences of one length; each lies
 * in a few typed arrays, so that a million of them fit.
 */

/** One depth of the tree: its nodes are the different sequences of one length, in order. */
export interface Level {
  /** the last token of each sequence */
  tokens: Int32Array;
  /** how often each came */
  counts: Uint32Array;
  /** how many different tokens came before it; in the deepest level nobody has looked, and all are 0 */
  before: Uint32Array;
  /** where its continuations begin in the next level; one more entry than nodes */
  first: Uint32Array;
}

/** What follows the sequences of one level, by one of the two counts of the level below. */
export interface Following {
  /** of each continuation */
  counts: Uint32Array;
  /** of each sequence: the sum of the counts of its continuations */
  totals: Uint32Array;
  /** of each sequence: how many of its continuations have a count above 0 */
  kinds: Uint32Array;
  /** `D = n₁ / (n₁ + 2 n₂)`, where `n₁` of the counts are 1 and `n₂` are 2; ½ if that would be 0 or 0/0 */
  discount: number;
}

/** Each level is the one above, each of its sequences continued by the tokens that followed it. */
export function buildLevels(tokens: ArrayLike<number>, order: number, size: number): Level[] {
  const levels: Level[] = [
    {
      tokens: Int32Array.of(-1),
      counts: Uint32Array.of(tokens.length),
      before: new Uint32Array(1),
      first: new Uint32Array(2),
    },
  ];
  // The node of the sequence that begins at each place; all begin at the root.
  const nodes = new Uint32Array(tokens.length + 1);
  for (let length = 1; length <= order; length++) {
    const above = levels[length - 1];
    const starts = tokens.length - length + 1;
    const keys = new Float64Array(starts);
    for (let start = 0; start < starts; start++)
      keys[start] = nodes[start] * size + tokens[start + length - 1];
    const level = levelOf(keys.sort(), above, size);
    const known = new Uint8Array(level.counts.length);
    for (let start = 0; start < starts; start++) {
      const node = continued(above, level, nodes[start], tokens[start + length - 1]);
      // One place on stands, still of the length above, what this sequence is without its first token.
      if (known[node] === 0) above.before[nodes[start + 1]]++;
      known[node] = 1;
      nodes[start] = node;
    }
    levels.push(level);
  }
  return levels;
}

/** The nodes of sorted keys, `parent · V + token`; tells the level above where its continuations are. */
function levelOf(keys: Float64Array, above: Level, size: number): Level {
  let count = 0;
  for (let index = 0; index < keys.length; index++) if (keys[index] !== keys[index - 1]) count++;
  const tokens = new Int32Array(count);
  const counts = new Uint32Array(count);
  above.first = new Uint32Array(above.counts.length + 1);
  let node = -1;
  for (let index = 0; index < keys.length; index++) {
    if (keys[index] !== keys[index - 1]) {
      const parent = Math.floor(keys[index] / size);
      tokens[++node] = keys[index] - parent * size;
      above.first[parent + 1]++;
    }
    counts[node]++;
  }
  for (let parent = 0; parent < above.counts.length; parent++) above.first[parent + 1] += above.first[parent];
  return { tokens, counts, before: new Uint32Array(count), first: new Uint32Array(count + 1) };
}

/** The node of a sequence and one more token; −1 if that was never seen. */
export function continued(above: Level, level: Level, node: number, token: number): number {
  let low = above.first[node];
  let high = above.first[node + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (level.tokens[middle] < token) low = middle + 1;
    else high = middle;
  }
  return low < above.first[node + 1] && level.tokens[low] === token ? low : -1;
}

/**
 * @param first - where the continuations of each sequence begin
 * @param counts - of the continuations
 */
export function followingOf(first: Uint32Array, counts: Uint32Array): Following {
  const totals = new Uint32Array(first.length - 1);
  const kinds = new Uint32Array(first.length - 1);
  for (let node = 0; node < totals.length; node++) {
    for (let child = first[node]; child < first[node + 1]; child++) {
      totals[node] += counts[child];
      if (counts[child] > 0) kinds[node]++;
    }
  }
  let [once, twice] = [0, 0];
  for (const count of counts) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  return { counts, totals, kinds, discount: once / (once + 2 * twice) || 0.5 };
}
