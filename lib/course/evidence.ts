/** What the notebooks claimed and measured, read from their stored outputs. */
import { claimMimeType } from '../base/contract';
import { host } from '../base/host';
import { language, say } from '../base/words';
import { type ClaimData, type ClaimStatus, claimSigns, formatMeasured, statusOf } from './claims';
import { displayOrPrint, escapeHtml, inOneLine } from './display';

/** A claim and the cell that makes it. */
export interface PlacedClaim extends ClaimData {
  cell: string;
}

/** What of a notebook file is read here. */
interface StoredNotebook {
  cells: {
    id: string;
    cell_type: string;
    source: string | string[];
    outputs?: { data?: Record<string, unknown> }[];
  }[];
}

/** Where the course's notebooks lie, in the reader's language. */
const courseFolder = () => (language() === 'en' ? 'notebooks' : `notebooks/${language()}`);

/** @returns the claims that a notebook's outputs hold, in their order */
export function claimsIn({ cells }: Pick<StoredNotebook, 'cells'>): PlacedClaim[] {
  return cells.flatMap(({ id, outputs = [] }) =>
    outputs.flatMap(({ data }) => {
      const made = data?.[claimMimeType] as ClaimData | undefined;
      return made ? [{ ...made, cell: id }] : [];
    }),
  );
}

/** The claims that one notebook was last saved with. */
export interface Evidence {
  /** `09-choosing-an-optimizer` */
  notebook: string;
  /** `09 · Choosing an optimizer` */
  title: string;
  claims: PlacedClaim[];
}

/**
 * Reads the stored claims of the course.
 *
 * @param folder - where the notebooks lie; the course's own unless told
 * @returns one entry a notebook, in their order; a notebook without claims has an empty list
 */
export async function readEvidence(folder = courseFolder()): Promise<Evidence[]> {
  return Promise.all((await notebooksIn(folder)).map((name) => readOne(folder, name)));
}

async function notebooksIn(folder: string): Promise<string[]> {
  const entries = await host().files.list(folder);
  return entries.map(({ name }) => name).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
}

async function readOne(folder: string, name: string): Promise<Evidence> {
  const stored: StoredNotebook = JSON.parse(await host().files.readText(`${folder}/${name}`));
  const first = [stored.cells[0]?.source ?? ''].flat().join('');
  const notebook = name.replace(/\.ipynb$/, '');
  const title = /^#\s+(.+)$/m.exec(first)?.[1].trim() ?? notebook;
  return { notebook, title, claims: claimsIn(stored) };
}

async function evidenceOf(number: string): Promise<Evidence | undefined> {
  const name = (await notebooksIn(courseFolder())).find((each) => each.startsWith(`${number}-`));
  return name === undefined ? undefined : readOne(courseFolder(), name);
}

/**
 * Shows what a notebook measured: all its claims folded away behind one line, or some of them. Where
 * the notebook is not there (someone may have taken one alone), a line says so.
 *
 * @param number - the notebook's: `'09'`
 * @param words - shows only claims whose sentence holds one of these, unfolded
 * @param evidence - what `readEvidence` returned; by default the one notebook is read
 * @throws RangeError if no claim holds one of the words
 */
export async function showEvidence(
  number: string,
  words: readonly string[] = [],
  evidence?: readonly Evidence[],
): Promise<void> {
  const found = evidence
    ? evidence.find(({ notebook }) => notebook.startsWith(`${number}-`))
    : await evidenceOf(number);
  if (!found) {
    const absent = say('○ Notebook {number} does not lie beside this one: its claims are not shown.', {
      number,
    });
    return displayOrPrint({ 'text/plain': absent });
  }
  const { title, notebook, claims } = found;
  for (const word of words) {
    if (claims.some(({ sentence }) => sentence.includes(word))) continue;
    throw new RangeError(`Cannot show evidence: notebook ${number} claims nothing with '${word}'`);
  }
  const chosen = words.length
    ? claims.filter(({ sentence }) => words.some((word) => sentence.includes(word)))
    : claims;
  const count = (status: ClaimStatus) => claims.filter((claim) => statusOf(claim) === status).length;
  const beside = count('not applicable');
  const values = { title, met: count('met'), of: claims.length - beside, beside };
  const head =
    beside > 0
      ? say('{title}: {met} of {of} claims met, {beside} at other knobs than the claimed ones', values)
      : say('{title}: {met} of {of} claims met', values);
  const text = [head, ...chosen.map((claim) => `  ${lineOf(claim)}`)].join('\n');
  const list = chosen.map((claim) => `<li>${escapeHtml(lineOf(claim))}</li>`).join('');
  const link = `<a href="${notebook}.ipynb">${escapeHtml(title)}</a>`;
  const html = words.length
    ? `<p>${link}</p><ul>${list}</ul>`
    : `<details><summary>${escapeHtml(head)}</summary><p>${link}</p><ul>${list}</ul></details>`;
  displayOrPrint({ 'text/plain': text, 'text/html': html });
}

function lineOf(claim: PlacedClaim): string {
  const { sentence, measured, bound } = claim;
  const status = statusOf(claim);
  const figures = say('Measured {measured}; claimed {bound}.', {
    measured: formatMeasured(measured, bound),
    bound,
  });
  const beside = status === 'not applicable' ? say('Does not apply: the knobs were others.') : '';
  return `${claimSigns[status]} ${inOneLine(sentence, figures, beside)}`;
}
