/** The files that the compiler of a page reads, its types most of all: they lie in memory. */

/** The project's folder, as the compiler names it. */
export const root = '/descent';

const files = new Map<string, string>();
const folders = new Map<string, Set<string>>();

/** @param given - texts by their paths in the project */
export function addFiles(given: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(given)) {
    const path = `${root}/${name}`;
    files.set(path, text);
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      const inside = folders.get(folder) ?? new Set();
      inside.add(path.slice(at + 1).split('/')[0]);
      folders.set(folder, inside);
    }
  }
}

/** @returns the names in a folder of the project */
export const namesIn = (folder: string): string[] => [...(folders.get(`${root}/${folder}`) ?? [])];

const plain = (path: string) => path.replace(/\/+$/, '');
const nothing = () => {};
const unwatched = () => ({ close: nothing });

/** What TypeScript asks of the system that it runs on. */
export const system = {
  args: [],
  newLine: '\n',
  useCaseSensitiveFileNames: true,
  write: nothing,
  readFile: (path: string) => files.get(path),
  writeFile(path: string) {
    throw new Error(`Cannot write '${path}': the compiler of a page only reads`);
  },
  fileExists: (path: string) => files.has(path),
  directoryExists: (path: string) => folders.has(plain(path)),
  getDirectories: (path: string) =>
    [...(folders.get(plain(path)) ?? [])].filter((name) => folders.has(`${plain(path)}/${name}`)),
  readDirectory: () => [],
  createDirectory: nothing,
  resolvePath: (path: string) => path,
  getCurrentDirectory: () => root,
  // The types of JavaScript itself lie beside it.
  getExecutingFilePath: () => `${root}/node_modules/@tslab/typescript-for-tslab/lib/typescript.js`,
  getEnvironmentVariable: () => '',
  exit: nothing,
  watchFile: unwatched,
  watchDirectory: unwatched,
};
