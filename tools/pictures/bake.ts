/** Stored pictures: a PNG beside every figure of a notebook, for readers that draw no figure themselves. */
import { createHash } from 'node:crypto';
import { plotlyMimeType } from '../../lib/surroundings';
import { openPlotlyPage } from './chromium';
import { smallPng } from './png';

/** How a stored picture is drawn: change it when pictures must be drawn anew. */
const recipe = 'scale 1, 256 colours';
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
   * Draws one figure.
   *
   * @param figure - Plotly JSON: `data`, `layout` with `width` and `height`
   * @returns the PNG in base64
   */
  draw(figure: unknown): Promise<string>;
  /**
   * Puts `image/png` beside every figure of the notebook, in place. A figure that has not changed
   * since its picture was drawn keeps it.
   *
   * @returns how many pictures were drawn and how many were kept
   */
  bake(notebook: BakeableNotebook): Promise<{ drawn: number; kept: number }>;
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
    const [, base64] = ((await page.evaluate(drawing(figure))) as string).split('base64,');
    return (await smallPng(Buffer.from(base64, 'base64'))).toString('base64');
  };
  const bake = async (notebook: BakeableNotebook) => {
    const counts = { drawn: 0, kept: 0 };
    for (const output of figureOutputs(notebook)) {
      const data = output.data as Record<string, unknown>;
      const hash = figureHash(data[plotlyMimeType]);
      const kept = data['image/png'] && output.metadata?.descent_figure === hash;
      counts[kept ? 'kept' : 'drawn'] += 1;
      if (kept) continue;
      data['image/png'] = await draw(data[plotlyMimeType]);
      output.metadata = { ...output.metadata, descent_figure: hash };
    }
    return counts;
  };
  return { draw, bake, close };
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

/** @returns a short name for the figure's content; equal figures have equal names */
export function figureHash(figure: unknown): string {
  return createHash('sha256').update(recipe).update(JSON.stringify(figure)).digest('hex').slice(0, 16);
}
