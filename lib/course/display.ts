/** How an output reaches the reader, in whichever kernel the code runs. */
import { share, shared } from '../base/contract';
import { say } from '../base/words';
import { findVariablesOfEarlierCells } from './stock-tslab';

/** The forms of one output: MIME type → content (text, or an object for a JSON type). */
export type Bundle = Record<string, unknown>;

/** The form that every reader can take. */
export interface TextForm {
  'text/plain': string;
}

/** How an output is shown and, with an `id`, replaced in place later. */
export interface DisplayOptions {
  id?: string;
  update?: boolean;
  metadata?: Record<string, unknown>;
}

interface StockTslab {
  exports: Record<string, unknown>;
  require(name: 'tslab'): { display: { raw(mime: string, content: unknown): void } };
}

const stockTslab = () => (globalThis as { __tslab__?: StockTslab }).__tslab__;

function repairStockTslab(): void {
  const stock = stockTslab();
  if (!stock || shared('display') || shared('stockTslab')) return;
  share('stockTslab', true);
  findVariablesOfEarlierCells(stock.exports);
}
repairStockTslab();

/**
 * Shows one output in several forms, if the code runs in a notebook.
 *
 * This project's kernel shows all forms in one output; a stock tslab kernel can only show one, so it
 * gets the first of `fallback` that the bundle has.
 *
 * @param bundle - MIME type → content
 * @param options - `id` names the output, `update` replaces the one shown under that name
 * @param fallback - the types worth showing alone, best first
 * @returns whether there was a notebook to show it in
 * @see kernel/README.md for what the kernel offers
 */
export function display(
  bundle: Bundle,
  options: DisplayOptions = {},
  fallback: readonly string[] = ['text/html', 'text/plain'],
): boolean {
  const own = shared('display');
  if (own) {
    own(bundle, options);
    return true;
  }
  const stock = stockTslab();
  const mime = fallback.find((type) => type in bundle);
  if (!stock || !mime) return false;
  stock.require('tslab').display.raw(mime, bundle[mime]);
  return true;
}

/**
 * Shows one output in several forms: in a notebook as {@link display} does, elsewhere its text on the console.
 *
 * @param bundle - MIME type → content, with a form as text
 */
export function displayOrPrint(bundle: Bundle & TextForm): void {
  if (!display(bundle)) console.log(bundle['text/plain']);
}

/** @returns whether {@link display} can replace what it showed: in this project's kernel alone */
export function canUpdate(): boolean {
  return shared('display') !== undefined;
}

/** @returns `text` with `& < > " '` written as HTML entities */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** How a verdict looks: its sign, its word and a colour that is legible on white and on black. */
export interface Verdict {
  sign: string;
  word: string;
  colour: string;
}

/** Sentences after each other, as the language sets them; an empty one is left out. */
export function inOneLine(...sentences: string[]): string {
  return sentences
    .filter((one) => one !== '')
    .reduce((first, next) => say('{first} {next}', { first, next }));
}

/**
 * Shows a verdict in one line: in a notebook as text, HTML and data in the same output, elsewhere on
 * the console.
 *
 * @param verdict - the sign, word and colour
 * @param sentence - what was judged
 * @param detail - the figure and the bound, or what to do next
 * @param mime - type of the data, one of `base/contract.ts`
 * @param data - what the tests and the runner collect
 */
export function showVerdict(
  verdict: Verdict,
  sentence: string,
  detail: string,
  mime: string,
  data: object,
): void {
  const line = `${verdict.sign} ${verdict.word}${say(': ')}${inOneLine(sentence, detail)}`;
  const html =
    `<div style="border-left:4px solid ${verdict.colour};padding:2px 0 2px 10px;color:inherit">` +
    `<b style="color:${verdict.colour}">${verdict.sign} ${escapeHtml(verdict.word)}</b>${say(': ')}` +
    `${inOneLine(escapeHtml(sentence), `<span style="opacity:0.8">${escapeHtml(detail)}</span>`)}</div>`;
  displayOrPrint({ 'text/plain': line, 'text/html': html, [mime]: data });
}
