/**
 * Latent semantic analysis: texts as directions in a space of few dimensions, in which words that occur in like
 * texts lie together; so a text can fit a question with which it shares no word.
 *
 * @example
 * const space = createLatentSpace(texts.map(wordsOf), { dimensions: 100 });
 * space.scores(wordsOf('how fast is a graphics card?'));
 */
import { requireCount } from '../base/checks';
import { seededRandom } from '../base/random';
import { countWords } from './bm25';

/** How the space is found. */
export interface LatentSpaceOptions {
  /** `r`; default 100, and never more than there are texts or words */
  dimensions?: number;
  /** of the power iteration; default 4 */
  rounds?: number;
  /** of its random start; default 1 */
  seed?: number;
}

/** Texts as directions, ready to be asked. */
export interface LatentSpace {
  /** `r`, after the limits */
  readonly dimensions: number;
  /**
   * The cosine of the angle between the question and each text.
   *
   * @param words - of the question
   * @returns shape `[N]`, −1 … 1; 0 where no text holds any of the words
   */
  scores(words: readonly string[]): Float64Array;
}

/** One text, or a question: the numbers of its words, and their weights, of length 1 together. */
interface SparseRow {
  words: number[];
  weights: number[];
}

/**
 * Finds the space. With `A` the texts as rows of weights `(1 + ln f) · ln(N/n)` for a word that stands in the text
 * `f` times and in `n` of the `N` texts, each row of length 1, its `r` directions `Q`, shape `[words, r]`, are
 * those in which the rows spread most: the first right singular vectors of `A`, or any turned among themselves,
 * which changes no angle. Power iteration finds them: `Q ← orthonormal(Aᵀ A Q)`, from a random start. A text is
 * then its row times `Q`, and so is a question.
 *
 * @param texts - the words of each text, at least one text with a word
 * @param options - see {@link LatentSpaceOptions}
 * @returns the texts as directions
 * @throws RangeError if no text holds a word, or an option is no whole number >= 1
 * @see Deerwester, Dumais, Furnas, Landauer and Harshman, "Indexing by latent semantic analysis" (1990); Halko,
 *   Martinsson and Tropp, "Finding structure with randomness" (2011), for the iteration
 */
export function createLatentSpace(
  texts: readonly (readonly string[])[],
  { dimensions = 100, rounds = 4, seed = 1 }: LatentSpaceOptions = {},
): LatentSpace {
  const action = 'find a latent space';
  requireCount('dimensions', dimensions, action);
  requireCount('rounds', rounds, action);
  const counts = countWords(texts);
  if (counts.size === 0) throw new RangeError(`Cannot ${action}: there is no text with a word`);
  const numbers = new Map(Array.from(counts.keys(), (word, index) => [word, index]));
  const rowOf = (words: readonly string[]) =>
    sparseRow(words, (word) => {
      const places = counts.get(word);
      return places && { index: numbers.get(word) as number, weight: Math.log(texts.length / places.size) };
    });
  const rows = texts.map(rowOf);
  const rank = Math.min(dimensions, texts.length, counts.size);
  const random = seededRandom(seed, 'latent space');
  let directions: Float64Array[] = Array.from({ length: rank }, () =>
    Float64Array.from({ length: counts.size }, () => random.normal()),
  );
  for (let round = 0; round < rounds; round++) {
    directions = orthonormal(directions.map((direction) => back(rows, forth(rows, direction), counts.size)));
  }
  const placed = rows.map((row) => place(row, directions));
  return {
    dimensions: rank,
    scores(words) {
      const question = place(rowOf(words), directions);
      return Float64Array.from(placed, (text) => dot(text, question));
    },
  };
}

function sparseRow(
  words: readonly string[],
  known: (word: string) => { index: number; weight: number } | undefined,
): SparseRow {
  const row: SparseRow = { words: [], weights: [] };
  for (const [word, places] of countWords([words])) {
    const found = known(word);
    if (!found) continue;
    row.words.push(found.index);
    row.weights.push((1 + Math.log(places.get(0) as number)) * found.weight);
  }
  const length = Math.hypot(...row.weights) || 1;
  row.weights = row.weights.map((weight) => weight / length);
  return row;
}

/** `a · q`, of a row and a direction. */
function along({ words, weights }: SparseRow, direction: Float64Array): number {
  return weights.reduce((sum, weight, index) => sum + weight * direction[words[index]], 0);
}

/** `A q`, shape `[N]`. */
function forth(rows: readonly SparseRow[], direction: Float64Array): Float64Array {
  return Float64Array.from(rows, (row) => along(row, direction));
}

/** `Aᵀ p`, shape `[words]`. */
function back(rows: readonly SparseRow[], parts: Float64Array, size: number): Float64Array {
  const sum = new Float64Array(size);
  rows.forEach(({ words, weights }, text) => {
    for (let index = 0; index < words.length; index++) sum[words[index]] += parts[text] * weights[index];
  });
  return sum;
}

/** Gram and Schmidt's rule: each direction without its parts along those before it, of length 1; 0 if nothing is left. */
function orthonormal(directions: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const direction of directions) {
    const rest = direction.slice();
    const before = Math.sqrt(dot(rest, rest));
    for (const other of done) {
      const part = dot(rest, other);
      for (let index = 0; index < rest.length; index++) rest[index] -= part * other[index];
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(length > 1e-10 * before ? rest.map((entry) => entry / length) : rest.fill(0));
  }
  return done;
}

/** A row in the space, of length 1; 0 if it has no part in it. */
function place(row: SparseRow, directions: readonly Float64Array[]): Float64Array {
  const inside = Float64Array.from(directions, (direction) => along(row, direction));
  const length = Math.sqrt(dot(inside, inside));
  return length > 0 ? inside.map((entry) => entry / length) : inside;
}

function dot(first: Float64Array, second: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < first.length; index++) sum += first[index] * second[index];
  return sum;
}
