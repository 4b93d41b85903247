/** The page as the host of `lib/`: what answers in Node's place. */
import { type Host, type HostBackend, type HostFiles, settings } from '../../../lib/page';

/** Where the book lies, and what loads its packages. */
export interface Surroundings {
  /** the folder of the page's runtime, with `/` at its end */
  address: string;
  /** loads one of the packages that come with the book */
  load(name: string): Promise<unknown>;
}

/** @returns a host that keeps files in memory and runs tensors in WebAssembly or JavaScript */
export function pageHost({ address, load }: Surroundings): Host {
  return {
    root: address,
    files: filesInMemory(),
    // Results of experiments do not come with the page yet: they are computed.
    environment: (name) => (name === settings.noCache ? '1' : undefined),
    terminal: false,
    openPage: () => Promise.reject(new Error('Cannot open a page: the code runs in one')),
    examine: () => Promise.reject(new Error('Cannot examine the installation: a page has none')),
    backends: [wasm(address, load), javaScript],
    remedies: { examine: '', install: '' },
  };
}

/** Files that the code itself writes; they are gone with the page. */
function filesInMemory(): HostFiles {
  const files = new Map<string, { bytes: Uint8Array; modified: number }>();
  const find = (action: string, path: string) => {
    const file = files.get(path);
    if (!file) throw new Error(`Cannot ${action} '${path}': it does not come with this page`);
    return file;
  };
  const under = (folder: string) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
  return {
    exists: async (path) => files.has(path) || under(path).length > 0,
    read: async (path) => find('read', path).bytes.slice(),
    readText: async (path) => new TextDecoder().decode(find('read', path).bytes),
    async write(path, content) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
      files.set(path, { bytes, modified: Date.now() });
    },
    async remove(path) {
      files.delete(path);
    },
    async list(folder) {
      const below = under(folder).map((path) => path.slice(folder.length + 1));
      if (below.length === 0) throw new Error(`Cannot list '${folder}': it does not come with this page`);
      const names = new Map(below.map((path) => [path.split('/')[0], path.includes('/')]));
      return [...names].map(([name, isFolder]) => ({ name, folder: isFolder })).sort(byName);
    },
    async facts(path) {
      const { bytes, modified } = find('examine', path);
      return { regular: true, size: bytes.length, modified };
    },
  };
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

function wasm(address: string, load: Surroundings['load']): HostBackend {
  return {
    name: 'wasm',
    missing: async () => ('WebAssembly' in globalThis ? undefined : ': this browser has none'),
    async load() {
      const { setWasmPaths } = (await load(
        '@tensorflow/tfjs-backend-wasm',
      )) as typeof import('@tensorflow/tfjs-backend-wasm');
      const { env } = (await load('@tensorflow/tfjs')) as typeof import('@tensorflow/tfjs');
      // Otherwise a host that isolates its pages would run other code than one that does not. The backend brings the flag.
      env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      setWasmPaths(`${address}wasm/`);
    },
    remedies: { ifMissing: '', ifBroken: '' },
  };
}

/** Comes with TensorFlow.js itself. */
const javaScript: HostBackend = {
  name: 'js',
  missing: async () => undefined,
  load: async () => {},
  remedies: { ifMissing: '', ifBroken: '' },
};
