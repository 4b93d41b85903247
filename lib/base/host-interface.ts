/** What `lib/` asks of its surroundings; `host.ts` says who answers. */

/** What runs the tensors: the TensorFlow library, tfjs's WebAssembly, its plain JavaScript, or a graphics card. */
export type BackendName = 'native' | 'wasm' | 'js' | 'webgpu';

/** One entry of a folder. */
export interface FolderEntry {
  name: string;
  folder: boolean;
}

/** What is known of a file from outside. */
export interface FileFacts {
  /** whether it is a plain file: no folder, link, pipe or device */
  regular: boolean;
  /** in bytes */
  size: number;
  /** when it was last written, in milliseconds since 1970 */
  modified: number;
}

/**
 * Files by path, absolute or relative to the project's folder. What cannot be done is an Error that
 * names the path; its `cause` is the error of the system below.
 */
export interface HostFiles {
  /** @returns whether there is a file or a folder */
  exists(path: string): Promise<boolean>;
  /** @returns the file's bytes */
  read(path: string): Promise<Uint8Array>;
  /** @returns the file's text, read as UTF-8 */
  readText(path: string): Promise<string>;
  /** Writes a whole file, and the folders it lies in; a reader meets the old one or the new one. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** @returns what lies in a folder, sorted by name */
  list(path: string): Promise<FolderEntry[]>;
  /** @returns what is known of a file without reading it; a link counts as itself, not as what it names */
  facts(path: string): Promise<FileFacts>;
}

/** The course's own operations beside those of the native TensorFlow library. */
export interface NativeAddOn {
  /** how many threads there are to use: as many as cores, or as the reader wishes */
  readonly cores: number;
  /** How many threads an operation may use that this thread calls from now on, also one of TensorFlow's own. */
  setThreads(count: number): void;
}

/** A backend of TensorFlow.js that may be tried, and what it takes to load it. */
export interface HostBackend {
  name: BackendName;
  /** whether it runs only if it is asked for by name */
  onRequest?: boolean;
  /**
   * @returns `undefined` if it is installed; else why not, as words that stand behind "is not
   *   installed": empty, or `: there is no C++ compiler`
   */
  missing(): Promise<string | undefined>;
  /** Makes it known to TensorFlow.js. */
  load(): Promise<void>;
  /** @returns what computes, once it runs: a graphics card by its name */
  device?(): string;
  /**
   * Loads what belongs to native TensorFlow, after it.
   *
   * @param version - of the TensorFlow library
   * @returns the course's own operations, or why they are not loaded, as words that stand behind "because"
   */
  addOn?(version: string): NativeAddOn | string;
  /** @returns what makes the operations of this backend; they are compiled and loaded only then */
  operations?(): () => object;
  /** what a reader can do: "`npm run setup` installs it"; empty where nothing helps */
  remedies: {
    ifMissing: string;
    /** if it does not load or does not start */
    ifBroken: string;
  };
}

/** What is found of an installation: the answer of `npm run doctor -- --json`; `null` for what is missing. */
export interface EnvironmentReport {
  /** whether nothing is broken */
  ok: boolean;
  node: string;
  npm: string | null;
  python: string | null;
  jupyterlab: string | null;
  tslab: string | null;
  typescript: string | null;
  /** the backend that starts: native, wasm, js or, if it is asked for, webgpu */
  backend: string | null;
  /** version of the TensorFlow library; `null` unless the backend is native */
  tensorflow: string | null;
  /** whose operations a transformer is trained with; only where the backend is native */
  operations?: string;
  /** why this backend and not a better one */
  reason: string;
  cores: number;
  /** which digits are loaded */
  data: string | null;
  problems: { problem: string; remedy: string }[];
}

/** Where the code runs, and what it finds there. */
export interface Host {
  /** the project's folder: an absolute path, in a page the address that it is served from */
  readonly root: string;
  files: HostFiles;
  /** @returns what a setting says (in Node an environment variable); `undefined` if it is not set */
  environment(name: string): string | undefined;
  /** whether somebody sits before the output: a page may be opened */
  readonly terminal: boolean;
  /**
   * Writes a page into a temporary folder of its own, which nobody else may read, and has the system's
   * browser open it; where there is none, nothing happens.
   *
   * @param html - the page, complete
   * @returns the path of its file
   */
  openPage(html: string): Promise<string>;
  /** @returns what is found of the installation, complete even if something is broken */
  examine(): Promise<EnvironmentReport>;
  /** the backends that may be tried, the fastest first */
  backends: readonly HostBackend[];
  /** What to tell a reader who lacks something, each a sentence; a page has other words than Node. */
  remedies: {
    /** how to find out what is missing: "`npm run doctor` says what is missing." */
    examine: string;
    /** how to get what the project needs: "`npm run setup` installs what is missing." */
    install: string;
  };
}
