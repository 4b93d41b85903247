/**
 * Counting what follows what: n-gram models of a sequence of tokens, for all `n` up to a greatest one,
 * with the counts in a tree that lies in a few typed arrays.
 *
 * @example
 * const counts = countNGrams(vocabulary.encode(train), { order: 6, size: vocabulary.size });
 * counts.losses(vocabulary.encode(validation)); // nats a letter, for n = 1 … 6
 */
import { requireBetween, requireCount, requireOneOf } from '../base/checks';

/** What becomes of n-grams that were never seen. */
const smoothings = ['witten-bell', 'add-one', 'none'] as const;
export type Smoothing = (typeof smoothings)[number];

/** How to read the counts. */
export interface NGramOptions {
  /** tokens in an n-gram, the last of which is guessed, 1 … `order`; default `order` */
  n?: number;
  /** default `witten-bell` */
  smoothing?: Smoothing;
}

/** The counts of all sequences of up to `order` tokens. */
export interface NGrams {
  /** the greatest `n` */
  readonly order: number;
  /** `V`, the number of different tokens that there may be */
  readonly size: number;
  /** how many different n-grams were seen, for `n` = 1 … `order` */
  readonly kinds: readonly number[];
  /** @returns how often these tokens were seen in this order; of no tokens, how many there are */
  count(tokens: ArrayLike<number>): number;
  /**
   * The probabilities of the next token. With `c` the last n − 1 tokens of the context (fewer at the
   * beginning of a text), `N(c)` how often something followed them, and `T(c)` how many different
   * tokens did:
   *
   * - `none`: `N(c, w) / N(c)`, or zeros where `c` was never seen
   * - `add-one`: `(N(c, w) + 1) / (N(c) + V)`
   * - `witten-bell`: `(N(c, w) + T(c) p′(w)) / (N(c) + T(c))` with `p′` the same of the context without
   *   its first token, down to `1/V`; where `c` was never seen, `p′`
   *
   * @param context - the tokens before, as many as there are
   * @param options - see {@link NGramOptions}
   * @returns shape `[V]`
   * @throws RangeError if an option is out of range
   * @see Witten and Bell, "The zero-frequency problem" (1991)
   */
  probabilities(context: ArrayLike<number>, options?: NGramOptions): Float64Array;
  /**
   * The mean of `−ln p` over the tokens, each guessed from those before it.
   *
   * @param tokens - of another text, or of the same; at least one
   * @param smoothing - default `witten-bell`
   * @returns nats a token, for `n` = 1 … `order`; Infinity where a token has probability 0
   * @throws RangeError if there is no token
   */
  losses(tokens: ArrayLike<number>, smoothing?: Smoothing): number[];
}

/** One depth of the tree: its nodes are the different sequences of one length, in order. */
interface Level {
  /** the last token of each sequence */
  tokens: Int32Array;
  counts: Uint32Array;
  /** how often something followed it; one less than `counts` for the sequence that ends the text */
  followed: Uint32Array;
  /** where its continuations begin in the next level; one more entry than nodes */
  first: Uint32Array;
}

/**
 * Counts all sequences of up to `order` tokens.
 *
 * @param tokens - whole numbers 0 … `size` − 1, more than `order` of them
 * @param options - `order`, a whole number >= 1; `size`, `V` >= 1
 * @returns the counts
 * @throws RangeError if an option is out of range, there are too few tokens, or one is none of 0 … V − 1
 */
export function countNGrams(
  tokens: ArrayLike<number>,
  { order, size }: { order: number; size: number },
): NGrams {
  const action = 'count n-grams';
  requireCount('order', order, action);
  requireCount('size', size, action);
  if (tokens.length <= order) {
    throw new RangeError(`Cannot ${action}: there must be more than ${order} tokens, got ${tokens.length}`);
  }
  for (let place = 0; place < tokens.length; place++) {
    if (Number.isInteger(tokens[place]) && tokens[place] >= 0 && tokens[place] < size) continue;
    throw new RangeError(
      `Cannot ${action}: token ${place} must be one of 0 … ${size - 1}, got ${tokens[place]}`,
    );
  }
  return new NGramTree(buildLevels(tokens, order, size), order, size);
}

/** Each level is the one above, each of its sequences continued by the tokens that followed it. */
function buildLevels(tokens: ArrayLike<number>, order: number, size: number): Level[] {
  const levels: Level[] = [
    {
      tokens: Int32Array.of(-1),
      counts: Uint32Array.of(tokens.length),
      followed: Uint32Array.of(tokens.length),
      first: new Uint32Array(2),
    },
  ];
  // The node of the sequence that begins at each place; all begin at the root.
  const nodes = new Uint32Array(tokens.length);
  for (let length = 1; length <= order; length++) {
    const above = levels[length - 1];
    const starts = tokens.length - length + 1;
    const keys = new Float64Array(starts);
    for (let start = 0; start < starts; start++)
      keys[start] = nodes[start] * size + tokens[start + length - 1];
    const level = levelOf(keys.sort(), above, size);
    for (let start = 0; start < starts; start++) {
      nodes[start] = continued(above, level, nodes[start], tokens[start + length - 1]);
    }
    if (starts > 1) level.followed[nodes[starts - 1]]--;
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
  return { tokens, counts, followed: counts.slice(), first: new Uint32Array(count + 1) };
}

/** The node of a sequence and one more token; −1 if that was never seen. */
function continued(above: Level, level: Level, node: number, token: number): number {
  let low = above.first[node];
  let high = above.first[node + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (level.tokens[middle] < token) low = middle + 1;
    else high = middle;
  }
  return low < above.first[node + 1] && level.tokens[low] === token ? low : -1;
}

class NGramTree implements NGrams {
  readonly kinds: readonly number[];

  constructor(
    private readonly levels: readonly Level[],
    readonly order: number,
    readonly size: number,
  ) {
    this.kinds = levels.slice(1).map(({ counts }) => counts.length);
  }

  count(tokens: ArrayLike<number>): number {
    requireBetween('the number of tokens', tokens.length, 0, this.order, 'look up a count');
    const node = this.nodeOf(tokens, 0, tokens.length);
    return node < 0 ? 0 : this.levels[tokens.length].counts[node];
  }

  probabilities(context: ArrayLike<number>, options: NGramOptions = {}): Float64Array {
    const { n = this.order, smoothing = 'witten-bell' } = options;
    const action = 'guess the next token';
    requireCount('n', n, action);
    requireBetween('n', n, 1, this.order, action);
    requireOneOf('smoothing', smoothing, smoothings, action);
    const longest = Math.min(n - 1, context.length);
    const result = new Float64Array(this.size).fill(1 / this.size);
    for (let length = smoothing === 'witten-bell' ? 0 : longest; length <= longest; length++) {
      const node = this.nodeOf(context, context.length - length, context.length);
      const { total, kinds } = this.followers(length, node);
      if (smoothing === 'none') result.fill(0);
      if (total === 0) break;
      // The continuations' counts come on top of what every token gets.
      const shared = smoothing === 'add-one' ? this.size : smoothing === 'none' ? 0 : kinds;
      for (let token = 0; token < this.size; token++) result[token] *= shared / (total + shared);
      const { first } = this.levels[length];
      const { tokens, counts } = this.levels[length + 1];
      for (let child = first[node]; child < first[node + 1]; child++) {
        result[tokens[child]] += counts[child] / (total + shared);
      }
    }
    return result;
  }

  losses(tokens: ArrayLike<number>, smoothing: Smoothing = 'witten-bell'): number[] {
    requireOneOf('smoothing', smoothing, smoothings, 'measure a loss');
    if (tokens.length === 0) throw new RangeError('Cannot measure a loss: there is no token');
    const sums = new Array(this.order).fill(0);
    // The nodes of the contexts of 0, 1, 2 … tokens; −1 where there is none.
    let contexts: Int32Array = new Int32Array(this.order + 1).fill(-1);
    contexts[0] = 0;
    for (let place = 0; place < tokens.length; place++) {
      const next = new Int32Array(this.order + 1).fill(-1);
      next[0] = 0;
      let p = 1 / this.size;
      for (let length = 0; length < this.order; length++) {
        if (length <= place) {
          const child = this.child(length, contexts[length], tokens[place]);
          p = this.refined(p, length, { node: contexts[length], child }, smoothing);
          next[length + 1] = child;
        }
        sums[length] -= Math.log(p);
      }
      contexts = next;
    }
    return sums.map((sum) => sum / tokens.length);
  }

  private child(length: number, node: number, token: number): number {
    return node < 0 ? -1 : continued(this.levels[length], this.levels[length + 1], node, token);
  }

  /** The probability of a token after a context of some length, given that after one token less. */
  private refined(
    shorter: number,
    length: number,
    { node, child }: { node: number; child: number },
    smoothing: Smoothing,
  ): number {
    const { total, kinds } = this.followers(length, node);
    const seen = child < 0 ? 0 : this.levels[length + 1].counts[child];
    if (smoothing === 'none') return total === 0 ? 0 : seen / total;
    if (smoothing === 'add-one') return (seen + 1) / (total + this.size);
    return total === 0 ? shorter : (seen + kinds * shorter) / (total + kinds);
  }

  /** How often something followed a sequence, and how many different tokens did. */
  private followers(length: number, node: number): { total: number; kinds: number } {
    if (node < 0) return { total: 0, kinds: 0 };
    const { followed, first } = this.levels[length];
    return { total: followed[node], kinds: first[node + 1] - first[node] };
  }

  private nodeOf(tokens: ArrayLike<number>, from: number, to: number): number {
    let node = 0;
    for (let place = from; place < to && node >= 0; place++) {
      node = this.child(place - from, node, tokens[place]);
    }
    return node;
  }
}
