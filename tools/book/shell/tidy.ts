/** Makes what nbconvert writes of a notebook small, and whole: figures in files, a link to each cell. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Say, sayIn } from '../page/say';

/** Pygments' names of what is coloured in code, by the name that the book's style has for it. */
const coloured: readonly [name: string, classes: RegExp][] = [
  // Not the types: of these Pygments often errs.
  ['k', /^(?:k[a-su-z]?|ow)$/],
  ['s', /^s[a-z0-9]?$/],
  ['m', /^m[a-z]?$/],
  ['c', /^c[a-z0-9]?$/],
];

/**
 * Leaves away what no reader of the page sees (prompts, the names of all that is not coloured in code), and adds what a
 * page needs: a link to each cell, room to scroll around tables.
 *
 * @param html - the cells, as `render.py` writes them
 * @returns the same cells, with formulas as they came
 */
export function tidy(html: string, say: Say = sayIn('en')): string {
  return html
    .replace(/<div class="prompt[^"]*">[^<]*<\/div>\s*/g, '')
    .replace(/<a class="anchor-link"[^>]*>¶<\/a>/g, '')
    .replace(
      /(<div class="\s*highlight[^"]*">\s*<pre>)([\s\S]*?)(?=<\/pre>)/g,
      (_, start, code) => start + fewerNames(code),
    )
    .replace(/<table\b[\s\S]*?<\/table>/g, (table) => `<div class="wide">${table}</div>`)
    .replace(/<div class="cell [^"]*" id="(cell-id=([^"]*))">/g, (cell, id, name) => {
      return `${cell}<a class="cell-link" href="#${id}" aria-label="${say('Link to cell {cell}', { cell: name })}">#</a>`;
    });
}

function fewerNames(code: string): string {
  return code.replace(/<span(?: class="([^"]*)")?>([^<]*)<\/span>/g, (_, classes = '', text) => {
    const name = coloured.find(([, pattern]) => pattern.test(classes))?.[0];
    return name && text ? `<span class="${name}">${text}</span>` : text;
  });
}

/**
 * Moves pictures out of the page into files beside it, so that a browser loads only those that come into sight.
 *
 * @param html - a page
 * @param folder - the page's; pictures go into `figures/` in it, named by their content
 */
export function withFigureFiles(html: string, folder: string): string {
  return html.replace(/ src="data:image\/png;base64,([^"]+)"/g, (_, base64) => {
    const png = Buffer.from(base64, 'base64');
    const file = `figures/${createHash('sha256').update(png).digest('hex').slice(0, 16)}.png`;
    fs.mkdirSync(path.join(folder, 'figures'), { recursive: true });
    fs.writeFileSync(path.join(folder, file), png);
    return ` src="${file}"${sizeOf(png)} loading="lazy" decoding="async"`;
  });
}

/** A picture's size, so that the page keeps its place: PNG has it at a fixed place. */
function sizeOf(png: Buffer): string {
  const isPng = png.length > 24 && png.toString('latin1', 1, 4) === 'PNG';
  return isPng ? ` width="${png.readUInt32BE(16)}" height="${png.readUInt32BE(20)}"` : '';
}
