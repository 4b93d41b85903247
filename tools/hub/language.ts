/** An edition of the course for a class: its notebooks, and a JupyterLab that speaks its language. */
import * as path from 'node:path';
import { paths } from '../setup/project.mjs';
import { languageNamed, prepareLanguage } from '../start/language.mjs';
import type { Language } from './class';

/**
 * @param name - of the language; English if not told
 * @returns the folder of the edition's notebooks
 * @throws {Problem} if there is no edition in it
 */
export function notebooksIn(name?: string): string {
  return name === undefined ? paths.notebooks : path.join(paths.notebooks, languageNamed(name).name);
}

/**
 * @param name - of the language; English if not told
 * @returns what learners' servers need for it; what JupyterLab lacks is installed
 * @throws {Problem} if there is no edition in it, or it cannot be installed
 */
export async function classLanguage(name?: string): Promise<Language | undefined> {
  if (name === undefined) return undefined;
  const language = languageNamed(name);
  const { PYTHONPATH: pack } = await prepareLanguage(language);
  return { name, ...(pack && { locale: language.locale, pack }) };
}
