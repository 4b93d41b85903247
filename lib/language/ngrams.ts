/**
 * Counting what follows what: n-gram models of a sequence of tokens, for all `n` up to a greatest one,
 * with the counts in a tree that lies in a few typed arrays.
 *
 * @example
 * const counts = countNGrams(vocabulary.encode(train), { order: 6, size: vocabulary.size });
 * counts.losses(vocabulary.encode(validation)); // nats a letter, for n = 1 … 6
 */
import { requireBetween, requireCount, requireOneOf } from '../base/checks';
import { buildLevels, continued, type Following, followingOf, type Level } from './ngram-tree';

/** What becomes of n-grams that were never seen. */
const smoothings = ['witten-bell', 'kneser-ney', 'absolute', 'add-one', 'none'] as const;
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
  /**
   * `D = n₁ / (n₁ + 2 n₂)` for `n` = 1 … `order`, where `n₁` of the n-grams came once and `n₂` twice; ½ where
   * none came once.
   *
   * @see Ney, Essen and Kneser, "On structuring probabilistic dependences" (1994)
   */
  readonly discounts: readonly number[];
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
   * - `absolute`: `(max(N(c, w) − D, 0) + D T(c) p′(w)) / N(c)` with `D` from {@link NGrams.discounts}, and
   *   `p′` as before
   * - `kneser-ney`: as `absolute`, but in `p′` and for all shorter contexts the number of different tokens
   *   that came before a sequence stands for how often it came, and each `D` comes likewise from these counts
   *
   * @param context - the tokens before, as many as there are
   * @param options - see {@link NGramOptions}
   * @returns shape `[V]`
   * @throws RangeError if an option is out of range
   * @see Witten and Bell, "The zero-frequency problem" (1991); Kneser and Ney, "Improved backing-off for
   *   m-gram language modeling" (1995), in the form that Chen and Goodman (1999) call interpolated
   */
  probabilities(context: ArrayLike<number>, options?: NGramOptions): Float64Array;
  /**
   * `−ln p` of each token, guessed from those before it.
   *
   * @param tokens - of another text, or of the same
   * @param options - see {@link NGramOptions}
   * @returns nats, shape `[tokens]`; Infinity where a token has probability 0
   * @throws RangeError if an option is out of range
   */
  surprises(tokens: ArrayLike<number>, options?: NGramOptions): Float64Array;
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

class NGramTree implements NGrams {
  readonly kinds: readonly number[];
  readonly discounts: readonly number[];
  /** what followed contexts of 0, 1, 2 … tokens: how often it came, and after how many different tokens */
  private readonly often: readonly Following[];
  private readonly ways: readonly Following[];

  constructor(
    private readonly levels: readonly Level[],
    readonly order: number,
    readonly size: number,
  ) {
    const below = levels.slice(1);
    this.kinds = below.map(({ counts }) => counts.length);
    this.often = below.map(({ counts }, length) => followingOf(levels[length].first, counts));
    this.ways = below.map(({ before }, length) => followingOf(levels[length].first, before));
    this.discounts = this.often.map(({ discount }) => discount);
  }

  count(tokens: ArrayLike<number>): number {
    requireBetween('the number of tokens', tokens.length, 0, this.order, 'look up a count');
    const node = this.nodeOf(tokens, 0, tokens.length);
    return node < 0 ? 0 : this.levels[tokens.length].counts[node];
  }

  probabilities(context: ArrayLike<number>, options: NGramOptions = {}): Float64Array {
    const { n, smoothing } = this.checked(options, 'guess the next token');
    const longest = Math.min(n - 1, context.length);
    let result = new Float64Array(this.size).fill(1 / this.size);
    for (let length = 0; length <= longest; length++) {
      const node = this.nodeOf(context, context.length - length, context.length);
      const following =
        smoothing === 'kneser-ney' && length < longest ? this.ways[length] : this.often[length];
      const { first } = this.levels[length];
      const shorter = result;
      result = shorter.map((p) => this.refined(following, { node, child: -1, shorter: p }, smoothing));
      for (let child = node < 0 ? 0 : first[node]; child < (node < 0 ? 0 : first[node + 1]); child++) {
        const token = this.levels[length + 1].tokens[child];
        result[token] = this.refined(following, { node, child, shorter: shorter[token] }, smoothing);
      }
    }
    return result;
  }

  surprises(tokens: ArrayLike<number>, options: NGramOptions = {}): Float64Array {
    const { n, smoothing } = this.checked(options, 'measure a surprise');
    const result = new Float64Array(tokens.length);
    this.walk(tokens, smoothing, (p, place, length) => {
      if (length === n - 1) result[place] = -Math.log(p);
    });
    return result;
  }

  losses(tokens: ArrayLike<number>, smoothing: Smoothing = 'witten-bell'): number[] {
    requireOneOf('smoothing', smoothing, smoothings, 'measure a loss');
    if (tokens.length === 0) throw new RangeError('Cannot measure a loss: there is no token');
    const sums: number[] = new Array(this.order).fill(0);
    this.walk(tokens, smoothing, (p, _, length) => {
      sums[length] -= Math.log(p);
    });
    return sums.map((sum) => sum / tokens.length);
  }

  /** Goes through the tokens; tells the probability of each after contexts of 0, 1, 2 … tokens. */
  private walk(
    tokens: ArrayLike<number>,
    smoothing: Smoothing,
    tell: (p: number, place: number, length: number) => void,
  ): void {
    const { levels, order } = this;
    // The nodes of the contexts of 0, 1, 2 … tokens; −1 where there is none.
    let contexts = new Int32Array(order + 1).fill(-1);
    contexts[0] = 0;
    for (let place = 0; place < tokens.length; place++) {
      const next = new Int32Array(order + 1).fill(-1);
      next[0] = 0;
      let p = 1 / this.size;
      let shorter = p;
      for (let length = 0; length < order; length++) {
        if (length <= place) {
          const node = contexts[length];
          const child = node < 0 ? -1 : continued(levels[length], levels[length + 1], node, tokens[place]);
          const at = { node, child, shorter };
          p = this.refined(this.often[length], at, smoothing);
          shorter = smoothing === 'kneser-ney' ? this.refined(this.ways[length], at, smoothing) : p;
          next[length + 1] = child;
        }
        tell(p, place, length);
      }
      contexts = next;
    }
  }

  /**
   * The probability of a token after a context, given that after one token less.
   *
   * @param following - what follows contexts of this length
   * @param at - the nodes of the context and of its continuation by the token, −1 where there is none
   */
  private refined(
    { counts, totals, kinds, discount }: Following,
    { node, child, shorter }: { node: number; child: number; shorter: number },
    smoothing: Smoothing,
  ): number {
    const total = node < 0 ? 0 : totals[node];
    const seen = child < 0 ? 0 : counts[child];
    if (smoothing === 'add-one') return (seen + 1) / (total + this.size);
    if (total === 0) return smoothing === 'none' ? 0 : shorter;
    if (smoothing === 'none') return seen / total;
    if (smoothing === 'witten-bell') return (seen + kinds[node] * shorter) / (total + kinds[node]);
    return (Math.max(seen - discount, 0) + discount * kinds[node] * shorter) / total;
  }

  private nodeOf(tokens: ArrayLike<number>, from: number, to: number): number {
    let node = 0;
    for (let place = from; place < to && node >= 0; place++) {
      const length = place - from;
      node = continued(this.levels[length], this.levels[length + 1], node, tokens[place]);
    }
    return node;
  }

  private checked(options: NGramOptions, action: string): Required<NGramOptions> {
    const { n = this.order, smoothing = 'witten-bell' } = options;
    requireCount('n', n, action);
    requireBetween('n', n, 1, this.order, action);
    requireOneOf('smoothing', smoothing, smoothings, action);
    return { n, smoothing };
  }
}
