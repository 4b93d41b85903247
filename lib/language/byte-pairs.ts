/**
 * Byte-pair encoding: tokens that are bytes, and pairs of tokens that occur often. Every string of bytes
 * can be encoded, and comes back as it was.
 *
 * @example
 * const { encode, decode } = trainBytePairs('the whale, the whale', 10);
 * decode(encode('the')); // the bytes of 'the'
 */
import { requireCount } from '../base/checks';

/** Two tokens that become one. */
export type Merge = readonly [number, number];

/** A vocabulary of tokens made of bytes. */
export interface BytePairs {
  /** in the order in which they were learnt; merge `m` makes token 256 + m */
  readonly merges: readonly Merge[];
  /** 256 bytes and one token a merge */
  readonly size: number;
  /** the bytes of each token */
  readonly tokens: readonly Uint8Array[];
  /**
   * @param text - bytes, or a text that is taken as UTF-8
   * @returns tokens; none for an empty text
   */
  encode(text: Uint8Array | string): Int32Array;
  /**
   * @param tokens - each 0 … `size` − 1
   * @returns the bytes
   * @throws RangeError if a token is another
   */
  decode(tokens: ArrayLike<number>): Uint8Array;
}

/**
 * Learns merges: again and again the pair of neighbours that occurs most often becomes a token. A token
 * never reaches over the beginning of a word: a space or an end of line begins a new piece.
 *
 * @param text - bytes, or a text that is taken as UTF-8
 * @param count - how many merges, a whole number >= 0; fewer are learnt when no pair occurs twice
 * @returns the encoding
 * @throws RangeError if `count` is out of range
 * @see Gage, "A new algorithm for data compression" (1994)
 * @see Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units" (2016)
 */
export function trainBytePairs(text: Uint8Array | string, count: number): BytePairs {
  requireCount('count', count, 'learn merges', 0);
  const pieces = piecesOf(bytesOf(text));
  const pairs = new PairCounts(pieces);
  const merges: Merge[] = [];
  while (merges.length < count) {
    const best = pairs.mostFrequent();
    if (!best) break;
    pairs.merge(best, 256 + merges.length);
    merges.push(best);
  }
  return bytePairs(merges);
}

/**
 * The encoding of given merges.
 *
 * @param merges - each of two tokens that exist before it
 * @returns the encoding
 * @throws RangeError if a merge names a token that does not exist yet
 */
export function bytePairs(merges: readonly Merge[]): BytePairs {
  const tokens = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const ranks = new Map<number, number>();
  for (const [rank, [left, right]] of merges.entries()) {
    const [first, second] = [tokens[left], tokens[right]];
    if (!first || !second) {
      throw new RangeError(
        `Cannot use merge ${rank}: it joins ${left} and ${right}, and there are only ${tokens.length} tokens yet`,
      );
    }
    ranks.set(pairKey(left, right), rank);
    tokens.push(Uint8Array.from([...first, ...second]));
  }
  return {
    merges: [...merges],
    size: tokens.length,
    tokens,
    encode(text) {
      const known = new Map<string, number[]>();
      const encoded: number[] = [];
      for (const piece of splitBytes(bytesOf(text))) {
        let list = known.get(piece);
        if (!list) {
          list = mergePiece(bytesOfPiece(piece), ranks);
          known.set(piece, list);
        }
        for (const token of list) encoded.push(token);
      }
      return Int32Array.from(encoded);
    },
    decode(list) {
      const parts = Array.from(list, (token) => {
        if (tokens[token]) return tokens[token];
        throw new RangeError(`Cannot decode: a token must be one of 0 … ${tokens.length - 1}, got ${token}`);
      });
      const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let place = 0;
      for (const part of parts) {
        bytes.set(part, place);
        place += part.length;
      }
      return bytes;
    },
  };
}

const pairKey = (left: number, right: number) => left * 2 ** 24 + right;

function bytesOf(text: Uint8Array | string): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

/** The pieces of a text, one UTF-16 unit a byte; each begins at a space or another byte up to 32. */
function* splitBytes(bytes: Uint8Array): Generator<string> {
  let from = 0;
  for (let place = 1; place <= bytes.length; place++) {
    if (place < bytes.length && bytes[place] > 32) continue;
    let piece = '';
    for (let at = from; at < place; at++) piece += String.fromCharCode(bytes[at]);
    if (piece) yield piece;
    from = place;
  }
}

const bytesOfPiece = (piece: string) => Array.from(piece, (unit) => unit.charCodeAt(0));

/** A piece of text, as tokens so far, and how often it occurs. */
interface Piece {
  tokens: number[];
  count: number;
}

function piecesOf(bytes: Uint8Array): Piece[] {
  const counts = new Map<string, number>();
  for (const piece of splitBytes(bytes)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return [...counts].map(([piece, count]) => ({ tokens: bytesOfPiece(piece), count }));
}

/** Applies to the bytes of one piece the merges, the earliest learnt first. */
function mergePiece(bytes: number[], ranks: ReadonlyMap<number, number>): number[] {
  let tokens = bytes;
  while (tokens.length > 1) {
    let best = Number.POSITIVE_INFINITY;
    for (let place = 1; place < tokens.length; place++) {
      best = Math.min(best, ranks.get(pairKey(tokens[place - 1], tokens[place])) ?? best);
    }
    if (best === Number.POSITIVE_INFINITY) break;
    tokens = joined(tokens, (left, right) => ranks.get(pairKey(left, right)) === best, 256 + best);
  }
  return tokens;
}

/** The tokens with each pair that is meant, from the left, made into one. */
function joined(
  tokens: readonly number[],
  isMeant: (left: number, right: number) => boolean,
  token: number,
): number[] {
  const result: number[] = [];
  for (let place = 0; place < tokens.length; place++) {
    if (place + 1 < tokens.length && isMeant(tokens[place], tokens[place + 1])) {
      result.push(token);
      place++;
    } else result.push(tokens[place]);
  }
  return result;
}

/** How often each pair of neighbours occurs; kept up to date merge by merge. */
class PairCounts {
  private readonly counts = new Map<number, number>();
  /** pieces in which a pair has come up; it may be gone from some of them again */
  private readonly places = new Map<number, Piece[]>();

  constructor(pieces: readonly Piece[]) {
    for (const piece of pieces) this.add(piece, 1, () => true);
  }

  /** @returns of the pairs that occur most often the one with the smallest numbers, if one occurs twice */
  mostFrequent(): Merge | undefined {
    let best = -1;
    let most = 1;
    for (const [key, count] of this.counts) {
      if (count > most || (count === most && most > 1 && key < best)) [best, most] = [key, count];
    }
    return best < 0 ? undefined : [Math.floor(best / 2 ** 24), best % 2 ** 24];
  }

  merge([left, right]: Merge, token: number): void {
    const key = pairKey(left, right);
    for (const piece of this.places.get(key) ?? []) {
      const tokens = joined(piece.tokens, (a, b) => a === left && b === right, token);
      if (tokens.length === piece.tokens.length) continue;
      this.add(piece, -1, () => false);
      piece.tokens = tokens;
      this.add(piece, 1, (a, b) => a === token || b === token);
    }
    this.places.delete(key);
  }

  /** Counts the pairs of a piece, or takes them away; those that are new in it remember it. */
  private add(piece: Piece, sign: 1 | -1, isNew: (left: number, right: number) => boolean): void {
    const { tokens, count } = piece;
    for (let place = 1; place < tokens.length; place++) {
      const [left, right] = [tokens[place - 1], tokens[place]];
      const key = pairKey(left, right);
      const now = (this.counts.get(key) ?? 0) + sign * count;
      if (now > 0) this.counts.set(key, now);
      else this.counts.delete(key);
      if (!isNew(left, right)) continue;
      const places = this.places.get(key);
      if (places) places.push(piece);
      else this.places.set(key, [piece]);
    }
  }
}
