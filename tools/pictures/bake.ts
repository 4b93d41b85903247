/**
 * Stored pictures: a PNG beside every figure of a notebook, with an alternative text, for readers that draw no figure
 * themselves. A figure with frames is drawn as a filmstrip.
 */
import { createHash } from 'node:crypto';
import { alternativeText, type Figure, filmstripFigure } from '../../lib/figures';
import { describeFigure, plotlyMimeType } from '../../lib/surroundings';
import { openPlotlyPage } from './chromium';
import { smallPng } from './png';

/** How a stored picture is drawn: change it when pictures must be drawn anew. */
const recipe = 'scale 1, 256 colours';
const filmstripRecipe = `${recipe}, filmstrip`;
// JupyterLab shows a stored picture with as many pixels as it has: a larger one would be cut off.
const scale = 1;

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/** What the baker reads of a notebook: any object in the form of nbformat 4. */
export interface BakeableNotebook {
  cells: { cell_type: string; outputs?: unknown[] }[];
}

/** A browser that draws figures into PNG files: see {@link openBaker}. */
export interface Baker {
  /**
   * Draws one figure; one with frames as a filmstrip of them.
   *
   * @param figure - Plotly JSON: `data`, `layout` with `width` and `height`, perhaps `frames`
   * @returns the PNG in base64
   */
  draw(figure: unknown): Promise<string>;
  /**
   * Puts `image/png` beside every figure of the notebook, in place, and its alternative text where nbconvert
   * looks for it, in the output's metadata. A figure that has not changed since its picture was drawn keeps it.
   *
   * @returns how many pictures were drawn and how many were kept
   */
  bake(notebook: BakeableNotebook): Promise<{ drawn: number; kept: number }>;
  /**
   * Says whether the machine's fonts have some letters: those that they have not all look alike.
   *
   * @param letters - different ones
   */
  hasLetters(letters: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a headless Chromium with the same plotly.js that JupyterLab uses, so that a stored picture
 * equals the interactive figure. One baker draws any number of figures.
 *
 * @throws Error if Chromium or plotly.js is missing, naming the remedy
 */
export async function openBaker(): Promise<Baker> {
  const { page, close } = await openPlotlyPage();
  const draw = async (figure: unknown): Promise<string> => {
    const [, base64] = ((await page.evaluate(drawing(filmstripFigure(figure as Figure)))) as string).split(
      'base64,',
    );
    return (await smallPng(Buffer.from(base64, 'base64'))).toString('base64');
  };
  const bake = async (notebook: BakeableNotebook) => {
    const counts = { drawn: 0, kept: 0 };
    for (const output of figureOutputs(notebook)) {
      const data = output.data as Record<string, unknown>;
      const hash = figureHash(data[plotlyMimeType]);
      const kept = data['image/png'] && output.metadata?.descent_figure === hash;
      counts[kept ? 'kept' : 'drawn'] += 1;
      if (!kept) data['image/png'] = await draw(data[plotlyMimeType]);
      output.metadata = withAlternative({ ...output.metadata, descent_figure: hash }, data);
    }
    return counts;
  };
  const hasLetters = async (letters: string) =>
    (await page.evaluate(numberOfShapes(letters))) === new Set(letters).size;
  return { draw, bake, hasLetters, close };
}

/** An output's metadata with the picture's alternative text: what `show` was told, else what the figure says. */
function withAlternative(metadata: Record<string, unknown>, data: Record<string, unknown>) {
  const figure = data[plotlyMimeType] as Figure;
  const said = [data['text/plain'] ?? []].flat().join('');
  const alt = said && said !== describeFigure(figure) ? said : alternativeText(figure);
  return { ...metadata, 'image/png': { ...(metadata['image/png'] as object), alt } };
}

/** How many different shapes letters have; as text, as below. */
function numberOfShapes(letters: string): string {
  return `(() => {
    const shapes = [...${JSON.stringify(letters)}].map((letter) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 60, height: 60 });
      const pen = canvas.getContext('2d');
      pen.font = '40px sans-serif';
      pen.fillText(letter, 5, 45);
      return canvas.toDataURL();
    });
    return new Set(shapes).size;
  })()`;
}

/** The page's own code as text: the project's types know no browser. */
function drawing(figure: unknown): string {
  return `(() => {
    const { data, layout } = ${JSON.stringify(figure)};
    const { width = 700, height = 450 } = layout;
    return Plotly.toImage({ data, layout }, { format: 'png', width, height, scale: ${scale} });
  })()`;
}

function figureOutputs(notebook: BakeableNotebook): Output[] {
  return notebook.cells
    .flatMap((cell) => (cell.outputs ?? []) as Output[])
    .filter((output) => output.data?.[plotlyMimeType] !== undefined);
}

/** @returns a short name for the figure's content and how it is drawn; equal figures have equal names */
export function figureHash(figure: unknown): string {
  const { frames } = figure as Partial<Figure>;
  const way = frames?.length ? filmstripRecipe : recipe;
  return createHash('sha256').update(way).update(JSON.stringify(figure)).digest('hex').slice(0, 16);
}
