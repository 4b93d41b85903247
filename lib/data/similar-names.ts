/** Finding a file by its name where unpackers and mirrors have changed it. */
import { type FolderEntry, host } from '../base/host';

/**
 * What is left of a file's name when it is written as MNIST's files are: small letters, dashes where
 * unpackers put dots, no `.gz`.
 *
 * @param name - `T10K-IMAGES.IDX3-UBYTE.GZ`, for example
 * @returns `t10k-images-idx3-ubyte`
 */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.gz$/, '').replace(/[._ ]/g, '-');
}

/**
 * Where a file may lie: in the folder, or in a folder of its own name, as some unpackers leave it.
 *
 * @param folder - absolute, or relative to the project's folder
 * @param entries - what lies in it
 * @param name - the file's plain name
 * @returns `places`: the paths of files, the exact name first; `hollow`: folders of that name that
 *   hold no file of that name, or cannot be listed
 */
export async function placesOf(
  folder: string,
  entries: readonly FolderEntry[],
  name: string,
): Promise<{ places: string[]; hollow: string[] }> {
  const places: string[] = [];
  const hollow: string[] = [];
  for (const entry of alike(entries, name)) {
    const path = `${folder}/${entry.name}`;
    const within = await entriesOf(path);
    if (!(entry.folder || within)) {
      places.push(path);
      continue;
    }
    const inside = alike(within ?? [], name).filter((one) => !one.folder);
    places.push(...inside.map((one) => `${path}/${one.name}`));
    if (inside.length === 0) hollow.push(path);
  }
  return { places, hollow };
}

/** What lies in a folder, or behind a link to one; `undefined` where it cannot be listed. */
function entriesOf(path: string): Promise<FolderEntry[] | undefined> {
  return host()
    .files.list(path)
    .catch(() => undefined);
}

function alike(entries: readonly FolderEntry[], name: string): FolderEntry[] {
  const changes = (entry: FolderEntry) => editDistance(entry.name, name);
  return entries.filter((entry) => plainName(entry.name) === name).sort((a, b) => changes(a) - changes(b));
}

/**
 * The name that a reader may have meant.
 *
 * @param names - to choose from
 * @param wanted - plain name of what was looked for
 * @returns the name with the fewest changes of single characters; `undefined` if there is none
 */
export function mostSimilar(names: readonly string[], wanted: string): string | undefined {
  const changes = (name: string) => editDistance(plainName(name), wanted);
  return [...names].sort((a, b) => changes(a) - changes(b))[0];
}

/**
 * How many single characters must be put in, left out or replaced to get from one text to another.
 *
 * @see Wagner and Fischer, "The string-to-string correction problem" (1974)
 */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + Number(from[i - 1] !== to[j - 1]);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
