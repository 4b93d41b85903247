/**
 * The passages of the course: paragraphs of its notebooks' text, each with the place where it stands.
 *
 * @example
 * const passages = await loadPassages();
 * passages[0]; // { notebook: '00-start-here', title: '00 · Start here', heading: '00 · Start here', … }
 */
import { host } from '../base/host';

/** A paragraph, an entry of a list or a row of a table. */
export interface Passage {
  /** the notebook's file, without `.ipynb` */
  notebook: string;
  /** of the notebook: its first heading */
  title: string;
  /** the heading that it stands under */
  heading: string;
  /** the id of its cell */
  cell: string;
  /** Markdown, on one line */
  text: string;
}

/**
 * @param passage - of a notebook of the course
 * @returns where it stands, from the project's folder on; JupyterLab opens the notebook at the cell
 */
export function linkTo({ notebook, cell }: Passage): string {
  return `notebooks/${notebook}.ipynb#cell-id=${cell}`;
}

/** What is read of a notebook: the file's name without `.ipynb`, and its cells as nbformat 4.5 stores them. */
export interface PassageSource {
  name: string;
  cells: readonly { cell_type: string; id: string; source: string | string[] }[];
}

/** Parts of a notebook that answer nothing: solutions, the map of the course, works of others, what comes next. */
const silentCell = /-solution$|^start-map$/;
const silentHeadings = new Set(['References']);
const silentText = /^\*\*(?:Next|In the literature|Before this|Goal|Question)[:.]?\*\*|^Reading time/;

/**
 * Splits the Markdown cells of a notebook at headings, empty lines, entries of lists and rows of tables.
 * Worked solutions, references and code are left out; a formula on lines of its own belongs to the paragraph
 * before it.
 *
 * @param source - see {@link PassageSource}
 * @returns the passages in their order
 */
function passagesOf({ name, cells }: PassageSource): Passage[] {
  const passages: Passage[] = [];
  let title = name;
  let heading = '';
  for (const { cell_type, id, source } of cells) {
    if (cell_type !== 'markdown' || silentCell.test(id)) continue;
    for (const block of blocksOf(Array.isArray(source) ? source.join('') : source)) {
      const headed = /^(#{1,6})\s+(.+)/.exec(block);
      if (headed) {
        heading = headed[2].replace(/[*`]/g, '').trim();
        if (headed[1] === '#') title = heading;
      } else if (/^\$\$[\s\S]*\$\$$/.test(block)) {
        const before = passages.at(-1);
        if (before?.cell === id && before.heading === heading)
          before.text += ` ${block.replace(/\s+/g, ' ')}`;
      } else if (!silentHeadings.has(heading) && !silentText.test(block)) {
        passages.push({ notebook: name, title, heading, cell: id, text: block.replace(/\s+/g, ' ') });
      }
    }
  }
  return passages;
}

/** Headings, paragraphs, formulas, entries of lists and rows of tables, without code and HTML. */
function blocksOf(markdown: string): string[] {
  return markdown
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/<\/?(?:details|summary|br|img|sub|sup|kbd|div|span)\b[^<>]*>/g, ' ')
    .replace(/^(#{1,6}\s.*)$/gm, '\n$1\n')
    .replace(/^\s*(?:[-*]|\d+\.)\s+/gm, '\n')
    .replace(/^\|[-| :]+\|\s*$/gm, '')
    .replace(
      /^\|(.*)\|\s*$/gm,
      (_, row: string) =>
        `\n${row
          .split(/(?<!\\)\|/)
          .map((entry) => entry.trim())
          .join(' · ')}\n`,
    )
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => /[a-z0-9$]/i.test(block));
}

/**
 * Reads the passages of all notebooks in a folder.
 *
 * @param folder - absolute, or from the project's folder on; default `notebooks`
 * @returns the passages, notebook by notebook in the order of their names
 * @throws Error that names the folder or the file, and what helps, if there is none or it is no notebook
 */
export async function loadPassages(folder = 'notebooks'): Promise<Passage[]> {
  const { files } = host();
  const entries = await files.list(folder).catch((error: Error) => {
    throw new Error(`Cannot read the course: ${error.message}. ${remedy}`);
  });
  const names = entries.map(({ name }) => name).filter((name) => name.endsWith('.ipynb'));
  if (names.length === 0)
    throw new Error(`Cannot read the course: there is no notebook in '${folder}'. ${remedy}`);
  const all = await Promise.all(names.map((name) => readNotebook(`${folder}/${name}`)));
  return all.flatMap(passagesOf);
}

const remedy =
  '`git checkout notebooks` brings the notebooks back; `git stash` keeps what you wrote into them first.';

async function readNotebook(file: string): Promise<PassageSource> {
  const cannot = (why: string) => new Error(`Cannot read the notebook '${file}': ${why}. ${remedy}`);
  const text = await host()
    .files.readText(file)
    .catch((error: Error) => {
      throw cannot(error.message);
    });
  let cells: unknown;
  try {
    cells = JSON.parse(text)?.cells;
  } catch (error) {
    throw cannot((error as Error).message);
  }
  if (!isCells(cells)) throw cannot('it has no cells as nbformat 4.5 has them');
  return { name: file.replace(/^.*\/|\.ipynb$/g, ''), cells };
}

function isCells(cells: unknown): cells is PassageSource['cells'] {
  const isText = (source: unknown) => [source].flat().every((line) => typeof line === 'string');
  return (
    Array.isArray(cells) &&
    cells.every(
      (cell) => isText([cell?.cell_type, cell?.id]) && (cell.cell_type !== 'markdown' || isText(cell.source)),
    )
  );
}
