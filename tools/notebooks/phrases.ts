/** What every notebook says in the same words, in English and in the languages of the course's editions. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';

let known: Map<string, string[]> | undefined;

/**
 * A phrase by which the tools find something in a notebook's text.
 *
 * @param phrase - in English, as `edition.json` has it
 * @returns itself and its translations
 */
export function saidAs(phrase: string): string[] {
  known ??= readPhrases(path.join(projectRoot(), 'notebooks'));
  return [phrase, ...(known.get(phrase) ?? [])];
}

/** @returns a pattern that finds the phrase in any language; `{n}` is a group of digits */
export function patternOf(phrase: string): string {
  const escaped = saidAs(phrase).map((words) => words.replace(/[.*+?^$()[\]\\|]/g, '\\$&'));
  return `(?:${escaped.map((words) => words.replace('{n}', '(\\d+)')).join('|')})`;
}

function readPhrases(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of fs.readdirSync(folder).sort()) {
    const file = path.join(folder, name, 'edition.json');
    if (!fs.existsSync(file)) continue;
    const { phrases } = JSON.parse(fs.readFileSync(file, 'utf8')) as { phrases: Record<string, string> };
    for (const [phrase, translated] of Object.entries(phrases)) {
      found.set(phrase, [...(found.get(phrase) ?? []), translated]);
    }
  }
  return found;
}
