/** Figures as a page of their own, for whoever has no notebook: one file that needs no network and no server. */
import { host } from '../base/host';
import type { Figure } from '../figures/theme';
import { escapeHtml } from './display';

/** A figure, and what a page says of it. */
export interface PageFigure {
  figure: Figure & { config: object };
  /** one line for whoever cannot see it */
  text: string;
}

/** What a page holds besides its figures; HTML that is complete in itself and safe. */
export interface PageText {
  /** as text; what the first figure says of itself unless told */
  title?: string;
  /** style sheet */
  style?: string;
  before?: string;
  after?: string;
}

/** The page's own script: it draws what stands in the elements of data. */
const drawing = `
for (const { textContent, dataset } of document.querySelectorAll('script[data-figure]')) {
  Plotly.newPlot(document.getElementById(dataset.figure), JSON.parse(textContent));
}
`;

/**
 * A page that draws figures.
 *
 * What stands in the figures cannot become a part of the page: as JSON it holds no `<`, and the page's
 * policy runs no script but the two that bear its nonce, and lets none of them ask the network.
 *
 * @param figures - drawn one under the other
 * @param plotly - the source of plotly.js
 * @param around - what stands before and after them
 * @returns HTML, complete
 */
export function figurePage(figures: readonly PageFigure[], plotly: string, around: PageText = {}): string {
  const nonce = (globalThis as unknown as { crypto: { randomUUID(): string } }).crypto.randomUUID();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    // Plotly writes its own style sheet, and draws its download by way of a picture.
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = figures.map(
    ({ figure, text }, index) => `<figure>
<div id="figure-${index}" role="img" aria-label="${escapeHtml(text)}"></div>
<script type="application/json" data-figure="figure-${index}">${asData(figure)}</script>
<noscript>${escapeHtml(text)}</noscript>
</figure>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(around.title ?? figures[0]?.text ?? '')}</title>
<style>body { margin: 24px; background: #fff; } figure { margin: 0 0 24px; } ${around.style ?? ''}</style>
${[around.before, ...parts, around.after].filter((part) => part !== undefined).join('\n')}
<script nonce="${nonce}">${plotly.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>
<script nonce="${nonce}">${drawing}</script>
</html>
`;
}

/** JSON without `<`, so that nothing in it ends the element that holds it. */
function asData(figure: object): string {
  const plain = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) && 'length' in value
      ? Array.from(value as unknown as ArrayLike<number>)
      : value;
  return JSON.stringify(figure, plain).replaceAll('<', '\\u003c');
}

/**
 * The plotly.js that JupyterLab draws with.
 *
 * @returns its path in the project; `undefined` before set-up has installed it
 */
export async function findPlotly(): Promise<string | undefined> {
  const { files } = host();
  const libraries = await files.list('.venv/lib').catch(() => []);
  const folders = libraries.map(({ name }) => `.venv/lib/${name}/site-packages`);
  for (const folder of [...folders, '.venv/Lib/site-packages']) {
    const file = `${folder}/plotly/package_data/plotly.min.js`;
    if (await files.exists(file)) return file;
  }
  return undefined;
}

/** @returns the source of that plotly.js; `undefined` before set-up has installed it */
export async function plotlySource(): Promise<string | undefined> {
  const file = await findPlotly();
  return file === undefined ? undefined : host().files.readText(file);
}
