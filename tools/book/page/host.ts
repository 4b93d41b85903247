/** The page as the host of `lib/`: what answers in Node's place. */
import {
  type EnvironmentReport,
  type Host,
  type HostBackend,
  type HostFiles,
  languageSetting,
  settings,
} from '../../../lib/page';
import type { Beginning } from './messages';

/** Where the book lies, and what loads its packages. */
export interface Surroundings {
  /** the folder of the page's runtime, with `/` at its end */
  address: string;
  files: HostFiles;
  /** in which the course speaks; English unless told */
  language?: string;
  /** how the reader wishes the notebook to run */
  beginning(): Beginning;
  /** what is found of the browser */
  examine(): EnvironmentReport;
  /** loads one of the packages that come with the book */
  load(name: string): Promise<unknown>;
  /** the graphics card, where one may be asked for; `isChosen` if the reader wishes it */
  card?: HostBackend & { isChosen(): boolean };
}

/** @returns a host that runs tensors in WebAssembly or JavaScript, and on a graphics card where the reader wishes it */
export function pageHost({ address, files, language, beginning, examine, load, card }: Surroundings): Host {
  return {
    root: address.replace(/\/$/, ''),
    files,
    environment(name) {
      if (name === settings.noCache) return beginning().measureAgain ? '1' : undefined;
      if (name === languageSetting) return language;
      // A card that was chosen is the first to be tried, and no more: where it does not start, the fastest does.
      return name === settings.backend && !card?.isChosen() ? beginning().backend : undefined;
    },
    terminal: false,
    openPage: () => Promise.reject(new Error('Cannot open a page: the code runs in one')),
    examine: async () => examine(),
    backends: [...(card ? [card] : []), wasm(address, load), javaScript],
    remedies: { examine: '', install: '' },
  };
}

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
export const javaScript: HostBackend = {
  name: 'js',
  missing: async () => undefined,
  load: async () => {},
  remedies: { ifMissing: '', ifBroken: '' },
};
