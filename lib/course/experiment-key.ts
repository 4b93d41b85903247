/** What an experiment's result depends on, as a key: another key, another result. */

import { shared } from '../base/contract';
import { sha256 } from '../base/hash';
import { host } from '../base/host';

/** Rooms of `lib/` that only show things, and the words that it says: editing them does not change a result. */
const showing = ['course', 'figures', 'base/words'];
/** What a notebook calls the folder of the library. */
const library = 'lib';

/** What makes the key of a computation. */
export interface KeyParts {
  /** as JSON with sorted keys */
  settings: string;
  /** what computes, with its version */
  backend: string;
  /** the text of the computation */
  compute: string;
  /** the definitions of the notebook's cells that it reaches; `undefined` where nothing is known of the cells */
  definitions?: readonly string[];
}

/**
 * The key of a computation: settings, backend, the text of the computation, and the code that it may use. In the course's
 * kernel that is the definitions of the notebook's cells that it reaches, the statements that have changed them since,
 * and the files of `lib/` that those import; elsewhere nothing is known of the cells, and all of `lib/` counts. Of the
 * rooms `course` and `figures`, and of `base/words`, nothing counts.
 *
 * @param settings - as JSON with sorted keys
 * @param compute - the text of the computation
 * @param folder - the library's
 * @returns 16 hexadecimal digits
 */
export function experimentKey(settings: string, compute: string, folder = library): Promise<string> {
  const definitions = shared('definitions')?.(compute);
  return keyOf({ settings, backend: backendName(), compute, definitions }, folder);
}

/**
 * The key that a computation has, or had elsewhere.
 *
 * @param parts - what makes it
 * @param folder - the library's
 * @returns 16 hexadecimal digits
 */
export async function keyOf(
  { settings, backend, compute, definitions }: KeyParts,
  folder = library,
): Promise<string> {
  const texts = definitions ? await importedBy(definitions, folder) : await allIn(folder);
  const files = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  const whole = JSON.stringify([settings, backend, compute, definitions ?? [], files]);
  return (await sha256(whole)).slice(0, 16);
}

/**
 * @param settings - as JSON
 * @returns the same with numbers to twelve digits, in which no two JavaScript engines differ
 */
export function nearSettings(settings: string): string {
  return JSON.stringify(
    JSON.parse(settings, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)),
  );
}

/** @returns backend and version; `none` before one has started, as where pure mathematics needs none */
export function backendName(): string {
  const report = shared('tensorflow')?.report;
  return report ? `${report.backend} ${report.version}` : 'none';
}

const textOf = (folder: string, name: string) => host().files.readText(`${folder}/${name}`);

/** The library's files that a notebook's code imports, directly or through others: their texts by their paths in it. */
async function importedBy(code: readonly string[], folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const open = code.flatMap((text) => placesIn(text, ''));
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const name = place.slice(library.length + 1);
    if (!place.startsWith(`${library}/`) || found.has(name) || isShowing(name)) continue;
    if (!(await host().files.exists(`${folder}/${name}`))) continue;
    const text = await textOf(folder, name);
    found.set(name, text);
    open.push(...placesIn(text, place.slice(0, place.lastIndexOf('/'))));
  }
  return found;
}

/** The TypeScript files that a text imports from places relative to its folder. */
function placesIn(text: string, folder: string): string[] {
  const places = text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"']*)["']/g);
  return [...places].map(([, place]) => `${joined(folder, place).replace(/\.ts$/, '')}.ts`);
}

/** `lib/model` and `../data` give `lib/data`. */
function joined(folder: string, place: string): string {
  const parts = folder ? folder.split('/') : [];
  for (const part of place.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Whether a file of the library is in a room that shows, or is such a room's door. */
function isShowing(name: string): boolean {
  return showing.some((room) => name === `${room}.ts` || name.startsWith(`${room}/`));
}

/** All files of the library that count: their texts by their paths in it. */
async function allIn(folder: string): Promise<Map<string, string>> {
  const names = await namesIn(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await textOf(folder, name)] as [string, string])),
  );
}

/** The TypeScript files of a folder and of all below it, as paths in it. */
async function namesIn(folder: string, below = ''): Promise<string[]> {
  const entries = await host().files.list(`${folder}/${below}`);
  const nested = entries.map(async ({ name, folder: isFolder }) => {
    const path = below ? `${below}/${name}` : name;
    if (isShowing(isFolder ? `${path}/` : path)) return [];
    if (isFolder) return namesIn(folder, path);
    return path.endsWith('.ts') ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}
