/** Shows a figure: in the notebook, in a page of its own, or as a line of text. */
import { plotlyMimeType, settings } from '../base/contract';
import { host } from '../base/host';
import { say } from '../base/words';
import { onOneLine } from '../figures/text';
import type { Figure } from '../figures/theme';
import { display } from './display';
import { figurePage, type PageFigure, plotlySource } from './static-page';

/** Options of {@link show}. */
export interface ShowOptions {
  /** what the figure shows, for readers who cannot see it; default its title and axes */
  alt?: string;
  /** the output's name, so that showing another figure under it later replaces this one in place */
  id?: string;
  /** replaces the output of the same `id` */
  update?: boolean;
}

/** How Plotly behaves around the figure: no logo, only the buttons that help. */
const config = {
  displaylogo: false,
  responsive: false,
  modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d', 'zoomIn2d', 'zoomOut2d'],
};

/**
 * Shows a figure: in a notebook as an interactive output, outside as a page that the system's browser
 * opens, and where there is no screen (`DESCENT_HEADLESS`, CI, no terminal) as one line of text.
 *
 * The page is a file in the system's temporary folder; figures shown one right after the other share
 * it. It does not change: a figure that replaces another (`update`) is a line of text there.
 *
 * @param figure - what a builder of `./figures` returned
 * @throws Error if the figure has no title or an axis has no name; the message lists what lacks
 */
export function show(figure: Figure, { alt, id, update }: ShowOptions = {}): void {
  const bundle = figureBundle(figure, alt);
  const { [plotlyMimeType]: plotly, 'text/plain': text } = bundle;
  if (display(bundle, { id, update }, [plotlyMimeType])) return;
  const silent = [settings.headless, 'CI'].some((name) => host().environment(name));
  if (silent || update || !host().terminal) console.log(text);
  else addToPage({ figure: plotly, text });
}

/**
 * A figure in the forms of one output.
 *
 * @throws Error if the figure has no title or an axis has no name; the message lists what lacks
 */
export function figureBundle(
  figure: Figure,
  alt = describeFigure(figure),
): { [plotlyMimeType]: Figure & { config: object }; 'text/plain': string } {
  const missing = missingNames(figure);
  if (missing.length > 0) {
    throw new Error(`Cannot show the figure: ${missing.join(' and ')} must be given`);
  }
  return { [plotlyMimeType]: { ...figure, config }, 'text/plain': alt };
}

/** What a figure lacks to be understood: its title, or names of axes that are drawn. */
export function missingNames({ data, layout }: Figure): string[] {
  const fields = layout as unknown as Record<
    string,
    { visible?: boolean; title?: unknown; matches?: string } | undefined
  >;
  const missing = titleText(layout.title) ? [] : ['a title'];
  for (const letter of ['x', 'y']) {
    const used = new Set(
      data.map((one) => (one as Record<string, unknown>)[`${letter}axis`] ?? letter) as string[],
    );
    for (const axis of used) {
      const options = fields[axis.replace(letter, `${letter}axis`)];
      if (options?.visible !== false && !options?.matches && !titleText(options?.title))
        missing.push(`a name for axis ${axis}`);
    }
  }
  return missing;
}

function titleText(title: unknown): string {
  if (typeof title === 'string') return title.trim();
  return ((title as { text?: string } | undefined)?.text ?? '').trim();
}

/** One line for whoever cannot see the figure: its title, and what is drawn over what. */
export function describeFigure({ layout, frames }: Figure): string {
  const plain = (title: unknown) =>
    onOneLine(titleText(title)).replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  const [x, y] = [plain(layout.xaxis?.title), plain(layout.yaxis?.title)];
  const axes = x && y ? say(' ({y} over {x})', { x, y }) : '';
  const steps = frames?.length ? say(', {count} steps', { count: frames.length }) : '';
  return say('Figure: {title}', { title: plain(layout.title) }) + axes + steps;
}

/** The figures of the page that is written once the running code has shown all it has. */
let waiting: PageFigure[] = [];

function addToPage(figure: PageFigure): void {
  waiting.push(figure);
  if (waiting.length === 1) setTimeout(() => void openPage());
}

async function openPage(): Promise<void> {
  const figures = waiting;
  waiting = [];
  for (const { text } of figures) console.log(text);
  try {
    const plotly = await plotlySource();
    if (!plotly) throw new Error(`there is no plotly.js in .venv. ${host().remedies.install}`);
    console.log(`Drawn in ${await host().openPage(figurePage(figures, plotly))}`);
  } catch (error) {
    console.log(`Cannot draw it: ${(error as Error).message}`);
  }
}
