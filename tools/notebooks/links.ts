/** The links in the text of notebooks, and whether they lead anywhere. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joined, type NotebookFile } from './notebook-file';

/** A link in a notebook's text. */
export interface Link {
  notebook: string;
  cell: string;
  /** as written, without the anchor's text */
  target: string;
}

/** @returns the links of the Markdown cells, `[words](target)` and `<https://…>`, outside code */
export function linksOf({ name, notebook }: NotebookFile): Link[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === 'markdown')
    .flatMap((cell) => {
      const text = joined(cell.source)
        .replace(/^```[\s\S]*?^```/gm, '')
        .replace(/`[^`\n]*`\]/g, 'code]')
        .replace(/`[^`\n]*`/g, '');
      const inline = text.matchAll(/\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?[^)]*\)/g);
      const plain = text.matchAll(/<(https?:\/\/[^\s>]+)>|\b(?:href|src)="([^"]+)"/g);
      return [...inline, ...plain].map((match) => ({
        notebook: name,
        cell: cell.id,
        target: match[1] ?? match[2],
      }));
    });
}

/** @returns whether the link leads out of the project */
export function isExternal({ target }: Pick<Link, 'target'>): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target);
}

/**
 * A link's target in its parts. Where `%` begins no character's code it stands for itself, as in a browser.
 *
 * @returns the file, decoded and without a query (empty: the notebook itself), and the anchor, decoded
 */
export function partsOf(target: string): { file: string; anchor: string } {
  const [place, ...anchor] = target.split('#');
  return { file: decoded(place.split('?')[0]), anchor: decoded(anchor.join('#')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Says what is wrong with a link: a file that is not there, a heading that is not there, an address
 * that cannot be one. The network is not asked.
 *
 * @param link - of a notebook in `folder`
 * @returns one sentence; undefined if nothing is wrong
 */
export function faultOf(link: Link, folder: string): string | undefined {
  const say = (why: string) => `${link.notebook}, ${link.cell}: ${link.target || '(empty)'} ${why}`;
  if (isExternal(link)) {
    const url = URL.canParse(link.target) ? new URL(link.target) : undefined;
    if (!url || !/^https?:$/.test(url.protocol)) return say('is not an address of the web');
    if (!url.hostname.includes('.')) return say('names no host');
    return undefined;
  }
  const { file, anchor } = partsOf(link.target);
  const place = file ? path.resolve(folder, file) : path.join(folder, `${link.notebook}.ipynb`);
  if (!link.target || !fs.existsSync(place)) return say('is not there');
  if (anchor && place.endsWith('.ipynb') && !headingsOf(place).has(anchor))
    return say('names a heading that is not there');
  return undefined;
}

/** JupyterLab and nbconvert name a heading by its text with dashes for spaces. */
function headingsOf(file: string): Set<string> {
  const { cells } = JSON.parse(fs.readFileSync(file, 'utf8')) as NotebookFile['notebook'];
  const headings = cells
    .filter((cell) => cell.cell_type === 'markdown')
    .flatMap((cell) => [...joined(cell.source).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)]);
  return new Set(headings.map(([, heading]) => heading.replace(/[*`]/g, '').replace(/ /g, '-')));
}
