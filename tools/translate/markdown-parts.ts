/** What a translation of a text keeps: its formulas, code, numbers, links and form. */

/** The parts of a Markdown text that a translation keeps. */
export interface MarkdownParts {
  /** blocks of code, with their language */
  fences: { language: string; code: string }[];
  /** `code` within lines */
  spans: string[];
  /** with words in `\text{…}` blank */
  formulas: string[];
  links: string[];
  /** levels of the headings */
  headings: number[];
  /** what else gives form: list items, rows and columns of tables, quotes, folds */
  form: Record<string, number>;
  /** the rest, in which code stands as U+E000 and a formula as U+E001 */
  prose: string;
}

const fence = /^(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1[ \t]*$/gm;
const link =
  /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\)/g;

/** Where a span of code stood, in the prose. */
export const codeSign = '\uE000';
/** Where a formula stood. */
export const formulaSign = '\uE001';

/** Reads a Markdown text. */
export function markdownParts(markdown: string): MarkdownParts {
  const fences: MarkdownParts['fences'] = [];
  const spans: string[] = [];
  const formulas: string[] = [];
  const links: string[] = [];
  let rest = markdown.replace(fence, (_, __, language: string, code: string) => {
    fences.push({ language, code: code.replace(/\n$/, '') });
    return '';
  });
  const headings = [...rest.matchAll(/^(#{1,6})\s/gm)].map(([, signs]) => signs.length);
  const form = formOf(rest);
  rest = rest.replace(/(`+)((?:(?!\1)[\s\S])+?)\1/g, (_, __, code: string) => {
    spans.push(code);
    return codeSign;
  });
  rest = rest.replace(/(?<!\\)\$\$([\s\S]+?)\$\$|(?<![\\$])\$([^$\n]+?)\$/g, (_, block, inline) => {
    formulas.push(withoutWords(block ?? inline));
    return formulaSign;
  });
  rest = rest.replace(/<(https?:[^\s>]+)>/g, (_, target: string) => {
    links.push(target);
    return codeSign;
  });
  rest = rest.replace(link, (_, __, words: string, target: string) => {
    links.push(target);
    return words;
  });
  const prose = rest.replace(/<\/?[a-z][^<>]*>/gi, '');
  return { fences, spans, formulas, links, headings, form, prose };
}

function formOf(markdown: string): Record<string, number> {
  const count = (pattern: RegExp) => [...markdown.matchAll(pattern)].length;
  return {
    'list items': count(/^\s*(?:[-*+]|\d+\.)\s/gm),
    'rows of tables': count(/^\|/gm),
    'cells of tables':
      count(/^\|.*$/gm) && [...markdown.matchAll(/^\|.*$/gm)].reduce((sum, [row]) => sum + cellsIn(row), 0),
    'quoted lines': count(/^>/gm),
    'folded parts': count(/<details>/g),
  };
}

/** Bars within formulas and code part nothing. */
const cellsIn = (row: string) => row.replace(/`[^`]*`|\$[^$]*\$|\\\|/g, '').split('|').length;

/** A formula without the words in it, and laid out in one way. */
function withoutWords(formula: string): string {
  return formula
    .replace(/\\(text|textrm|textbf|mathrm|operatorname)\{[^{}]*\}/g, (whole, name: string) =>
      name.startsWith('text') ? '\\text{}' : whole,
    )
    .replace(/\s+/g, ' ')
    .trim();
}

const englishMagnitudes = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };

/**
 * The numbers in prose, each as its value: `175 billion` is 1.75e11.
 *
 * @param magnitudes - words that multiply the number before them
 * @returns in order of size
 */
export function numbersIn(prose: string, magnitudes: Readonly<Record<string, number>> = {}): number[] {
  const factors: Record<string, number> = { ...englishMagnitudes, ...magnitudes };
  const words = Object.keys(factors)
    .sort((a, b) => b.length - a.length)
    .join('|');
  const pattern = new RegExp(
    `(?<![\\w.,${'\uE000'}-])(−?)(\\d+(?:,\\d{3})*(?:\\.\\d+)?)(?:\\s*(${words}))?`,
    'g',
  );
  const values = [...prose.matchAll(pattern)].map(([, sign, digits, word]) => {
    const value = Number(digits.replaceAll(',', '')) * (word ? factors[word] : 1);
    return Number((sign ? -value : value).toPrecision(12));
  });
  return values.sort((a, b) => a - b);
}

/** What stands in one list and not in the other, as often as it does. */
export function difference<T>(one: readonly T[], other: readonly T[]): { missing: T[]; extra: T[] } {
  const left = [...other];
  const missing = one.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { missing, extra: left };
}

/**
 * Signs of emphasis that Markdown shows as they are: beside a full-width sign they count only where a space or another sign
 * follows, as after `**Goal.** `.
 *
 * @param prose - of `markdownParts`
 * @returns each with a little of what surrounds it
 */
export function brokenEmphasis(prose: string): string[] {
  const broken: string[] = [];
  for (const line of prose.split('\n')) {
    let open = false;
    for (const match of line.matchAll(/\*\*/g)) {
      const [before, after] = [line.slice(0, match.index).at(-1) ?? ' ', line[match.index + 2] ?? ' '];
      const [left, right] = [canOpen(before, after), canOpen(after, before)];
      if (open ? !right : !left) broken.push(line.slice(Math.max(0, match.index - 8), match.index + 10));
      open = !open;
    }
    if (open) broken.push(line.slice(0, 20));
  }
  return broken;
}

/** CommonMark: whether signs between these two can begin emphasis; with the two exchanged, end it. */
function canOpen(before: string, after: string): boolean {
  if (/\s/.test(after)) return false;
  if (!/[\p{P}\p{S}]/u.test(after)) return true;
  return /[\s\p{P}\p{S}]/u.test(before);
}
