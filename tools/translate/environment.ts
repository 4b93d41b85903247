/** How a notebook of an edition is executed: in its language, and with the English results where its program is the English one. */
import * as path from 'node:path';
import { translationSettings } from '../../lib/surroundings';
import type { NotebookFile } from '../notebooks/notebook-file';
import { notebookFindings } from './check';
import { type Edition, englishFolder, languagesIn, readContents, readEdition } from './edition';
import type { FindingKind } from './findings';

/** @returns the edition that lies in a folder; undefined if none does */
export function editionAt(folder: string): Edition | undefined {
  const { dir, base } = path.parse(path.resolve(folder));
  return dir === englishFolder && languagesIn().includes(base) ? readEdition(base) : undefined;
}

/** What makes another program of a notebook. */
const ofProgram: FindingKind[] = ['missing', 'extra', 'order', 'kind', 'program', 'knobs'];

/** @returns the environment variables for an execution */
export function environmentOf(edition: Edition, file: NotebookFile): Record<string, string> {
  const [pair] = readContents(edition, [`${file.name}.ipynb`]).pairs;
  const findings = notebookFindings(edition, { ...pair, translated: file }, true);
  const same = !findings.some(({ kind }) => ofProgram.includes(kind));
  return {
    [translationSettings.language]: edition.language,
    ...(same && { [translationSettings.sameCode]: '1' }),
  };
}
