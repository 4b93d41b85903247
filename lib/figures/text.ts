/** Words and numbers as figures store them. */

/**
 * Text as Plotly draws it unchanged: Plotly reads a little HTML (`<b>`, `<a href>`) in every title
 * and label, so text that comes from data must not reach it raw.
 *
 * @param text - any text; `\n` becomes a line break
 * @returns the text with `&`, `<` and `>` written as entities
 * @example
 * escapeText('p < 0.5'); // 'p &lt; 0.5'
 */
export function escapeText(text: string): string {
  return String(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\n/g, '<br>');
}

/** Escapes text for a hover template, in which `%{…}` would be a field. */
export function escapeTemplate(text: string): string {
  return escapeText(text).replace(/%\{/g, '%&#123;');
}

/** A hover text: a template of Plotly, and the name that stands beside it. */
export function hover(template: string, name = ''): string {
  return `${template}<extra>${escapeTemplate(name)}</extra>`;
}

/** Breaks a text between words into lines of at most `most` letters; `\n` begins a new one. */
export function breakLines(text: string, most: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    for (const piece of piecesOf(paragraph, most)) {
      const last = lines.at(-1);
      if (last === undefined || (last && lettersOf(last + piece) > most)) lines.push(piece.trimStart());
      else lines[lines.length - 1] = last ? last + piece : piece.trimStart();
    }
    return lines;
  });
}

/**
 * A text that was broken into lines, on one line again.
 *
 * @param text - with `<br>` between the lines
 * @returns a space in the place of each, and nothing where Chinese has none
 */
export function onOneLine(text: string): string {
  const between = (before = '', after = '') =>
    fullWidth.test(before) || (isWide(before) && isWide(after)) ? '' : ' ';
  return text.replace(/(?<=(.?))<br>(?=(.?))/gu, (_, before, after) => between(before, after));
}

/** Punctuation that brings its own room. */
const fullWidth = /[\u3000-\u303f\uff00-\uffef]/;

/** Whether a text has a sign as wide as it is high, in a script that has no spaces between words. */
export function isWide(text: string): boolean {
  return fullWidth.test(text) || /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
}

/** How many letters take as much room as a text. */
export function lettersOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + (isWide(sign) ? 1.75 : 1), 0);
}

/**
 * What must stay together: a word with the space before it. A script without spaces is broken between clauses, or
 * between its words where a clause is longer than a line.
 */
function piecesOf(paragraph: string, most: number): string[] {
  const clauses = paragraph.split(/(?<=[，；：。？！])/);
  if (clauses.length > 1 && clauses.every((clause) => lettersOf(clause) <= most)) return clauses;
  const words = paragraph.split(' ').map((word, place) => (place > 0 ? ` ${word}` : word));
  return words.flatMap((word) => (isWide(word) ? wordsOf(word) : [word]));
}

/** Words of a text without spaces, each with the signs that open and close it. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment } of new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)) {
    const last = words.at(-1);
    const joined = last?.trim() === '' || /[\p{Ps}\p{Pi}\p{Pd}]$/u.test(last ?? '');
    if (last !== undefined && (joined || /^[\p{Pe}\p{Pf}\p{Po}\p{Pd}]/u.test(segment)))
      words[words.length - 1] += segment;
    else words.push(segment);
  }
  return words;
}

/**
 * A number with few digits, as a figure stores it.
 *
 * @param value - any number
 * @param digits - how many significant digits are kept
 * @returns the rounded number; `null`, a gap in a line, for NaN and the infinities
 */
export function round(value: number, digits = 5): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** Rounds a list of numbers of any kind, shape `[n]`, into a plain array: see {@link round}. */
export function compact(values: ArrayLike<number>, digits = 5): (number | null)[] {
  return Array.from(values, (value) => round(value, digits));
}

/** Rounds rows of numbers, shape `[rows, columns]`, into plain arrays: see {@link round}. */
export function compactRows(rows: ArrayLike<ArrayLike<number>>, digits = 5): (number | null)[][] {
  return Array.from(rows, (row) => compact(row, digits));
}

/** A number as a reader likes it: `0.031`, `1234`, `2.1e−7`; whole numbers below a million stay whole. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const tiny = size > 0 && (size < 1e-3 || size >= 1e6);
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(digits));
  const text = tiny ? value.toExponential(digits - 1).replace(/\.?0+e/, 'e') : String(shown);
  return text.replace('e+', 'e').replace(/-/g, '−');
}
