/** Files as `lib/` asks for them: those that come with the pages, and those that the code itself writes. */
import type { HostFiles } from '../../../lib/page';
import { say } from './say';

/** What comes with the pages. */
export interface ServedFiles {
  /** @returns the paths of all files */
  paths(): Promise<string[]>;
  /** @returns a file's bytes; `undefined` if there is none */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Files that the code has written; they are gone with the page. */
export type Written = Map<string, { bytes: Uint8Array; modified: number }>;

/** What can fail, as a sentence. */
const failures = {
  read: "Cannot read '{path}': {why}",
  examine: "Cannot examine '{path}': {why}",
  list: "Cannot list '{path}': {why}",
};
type Action = keyof typeof failures;

const missing = (action: Action, path: string) =>
  new Error(say(failures[action], { path, why: say('it does not come with this page') }));

/**
 * @param site - what comes with the pages
 * @param written - what the code writes
 * @param root - of the project, as its host names it
 */
export function pageFiles(site: ServedFiles, written: Written, root: string): HostFiles {
  const inProject = (path: string) =>
    (path.startsWith(root) ? path.slice(root.length) : path).replace(/^\//, '');
  const below = async (folder: string) => {
    const all = [...written.keys(), ...(await site.paths())];
    return all.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
  };

  async function read(given: string, action: Action = 'read'): Promise<Uint8Array> {
    const path = inProject(given);
    const own = written.get(path)?.bytes.slice();
    if (own) return own;
    const served = await site.read(path).catch((error: Error) => {
      throw new Error(say(failures[action], { path: given, why: error.message }), { cause: error });
    });
    if (!served) throw missing(action, given);
    return served;
  }

  return {
    async exists(given) {
      const path = inProject(given);
      return written.has(path) || (await site.paths()).includes(path) || (await below(path)).length > 0;
    },
    read,
    readText: async (path) => new TextDecoder().decode(await read(path)),
    async write(path, content) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
      written.set(inProject(path), { bytes, modified: Date.now() });
    },
    async remove(path) {
      written.delete(inProject(path));
    },
    async list(folder) {
      const names = new Map(
        (await below(inProject(folder))).map((path) => [path.split('/')[0], path.includes('/')]),
      );
      if (names.size === 0) throw missing('list', folder);
      return [...names].map(([name, isFolder]) => ({ name, folder: isFolder })).sort(byName);
    },
    async facts(path) {
      const { modified } = written.get(inProject(path)) ?? { modified: 0 };
      return { regular: true, size: (await read(path, 'examine')).length, modified };
    },
  };
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
