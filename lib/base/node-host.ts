/**
 * Node as the host. Its modules are loaded when they are first needed, not when this file is: a page
 * that brings a host of its own can hold this file, or leave it out.
 */
import type { EnvironmentReport, Host, HostBackend, HostFiles } from './host-interface';
import { NativeAddOnFile } from './native-add-on';
import { WebGpuAddOn } from './webgpu-add-on';

const fs = () => require('node:fs') as typeof import('node:fs');
const path = () => require('node:path') as typeof import('node:path');

/** @returns a host that reads the disk, the environment variables and the installed packages */
export function nodeHost(): Host {
  let root: string | undefined;
  const host: Host = {
    get root() {
      root ??= findRoot();
      return root;
    },
    files: nodeFiles((place) => path().resolve(host.root, place)),
    environment: (name) => process.env[name],
    get terminal() {
      return process.stdout.isTTY === true;
    },
    openPage,
    examine: () => examine(host.root),
    backends: [native(() => host.root), wasm(), javaScript, webGpu(() => host.root)],
    remedies: {
      examine: '`npm run doctor` says what is missing.',
      install: '`npm run setup` installs what is missing.',
    },
  };
  return host;
}

/** The project's folder, found by its `package.json` from where this file or the process is. */
function findRoot(): string {
  const { dirname } = path();
  const starts = [typeof __dirname === 'string' ? __dirname : '', process.cwd()];
  for (const start of starts) {
    for (let folder = start; folder; folder = dirname(folder)) {
      if (isProject(folder)) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  throw new Error(`Cannot find the project's folder from ${process.cwd()}: start in the project`);
}

function isProject(folder: string): boolean {
  try {
    const text = fs().readFileSync(path().join(folder, 'package.json'), 'utf8');
    return JSON.parse(text).name === 'descent';
  } catch {
    return false;
  }
}

let drafts = 0;

function nodeFiles(resolve: (place: string) => string): HostFiles {
  const disk = () => fs().promises;
  return {
    exists: async (place) => fs().existsSync(resolve(place)),
    async read(place) {
      const file = resolve(place);
      return disk().readFile(file).catch(cannot('read', file));
    },
    async readText(place) {
      const file = resolve(place);
      return disk().readFile(file, 'utf8').catch(cannot('read', file));
    },
    async write(place, content) {
      const file = resolve(place);
      const draft = `${file}.${process.pid}-${++drafts}.part`;
      try {
        await disk().mkdir(path().dirname(file), { recursive: true });
        await writeThrough(draft, content);
        await disk().rename(draft, file);
      } catch (error) {
        // Where not even the folder could be made, there is no draft either.
        await disk()
          .rm(draft, { force: true })
          .catch(() => {});
        cannot('write', file)(error);
      }
    },
    async remove(place) {
      const file = resolve(place);
      await disk().rm(file, { force: true }).catch(cannot('remove', file));
    },
    async list(place) {
      const folder = resolve(place);
      const entries = await disk().readdir(folder, { withFileTypes: true }).catch(cannot('list', folder));
      return entries
        .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async facts(place) {
      const file = resolve(place);
      const stats = await disk().lstat(file).catch(cannot('examine', file));
      return { regular: stats.isFile(), size: stats.size, modified: stats.mtimeMs };
    },
  };
}

/** Writes a file down to the disk: after a power cut it must not be a name without content. */
async function writeThrough(file: string, content: Uint8Array | string): Promise<void> {
  const open = await fs().promises.open(file, 'w');
  try {
    await open.writeFile(content);
    await open.sync();
  } finally {
    await open.close();
  }
}

/** What turns an error of the system into one that says what could not be done. */
function cannot(action: string, place: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it does not exist' : message;
    throw new Error(`Cannot ${action} '${place}': ${why}`, { cause: error });
  };
}

async function openPage(html: string): Promise<string> {
  const os = require('node:os') as typeof import('node:os');
  const folder = await fs().promises.mkdtemp(path().join(os.tmpdir(), 'descent-figure-'));
  const file = path().join(folder, 'figure.html');
  await fs().promises.writeFile(file, html, { mode: 0o600 });
  openInBrowser(file);
  return file;
}

/** What opens a file as if it had been clicked, on the systems that have no `xdg-open`. */
const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' };

function openInBrowser(file: string): void {
  const { spawn } = require('node:child_process') as typeof import('node:child_process');
  const opener = openers[process.platform] ?? 'xdg-open';
  const child = spawn(opener, [file], { detached: true, stdio: 'ignore' });
  // There may be none; the reader is told where the page lies.
  child.on('error', () => {});
  child.unref();
}

function examine(root: string): Promise<EnvironmentReport> {
  const { execFile } = require('node:child_process') as typeof import('node:child_process');
  const doctor = [path().join('tools', 'doctor.mjs'), '--json'];
  return new Promise((resolve, reject) => {
    // It ends with status 1 where something is broken; the report is there all the same.
    execFile(process.execPath, doctor, { cwd: root }, (error, output) => {
      try {
        resolve(JSON.parse(output));
      } catch {
        reject(new Error(`Cannot examine the environment: ${error?.message ?? output}`));
      }
    });
  });
}

function native(root: () => string): HostBackend {
  let file: NativeAddOnFile | undefined;
  let wish: number | undefined;
  return {
    name: 'native',
    remedies: remediesOf('`npm run setup -- --tensorflow=wheel` builds it'),
    async missing() {
      const binding = findPackage('@tensorflow/tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
      return binding && fs().existsSync(binding) ? undefined : reasonOfSetUp(root());
    },
    async load() {
      process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
      // The operations of the course's networks last microseconds: to share one with a second thread
      // costs more than the thread saves. `npm run bench` measures both. With the add-on that is
      // decided call by call; without it once, here.
      file ??= new NativeAddOnFile(root());
      const asked = process.env.TF_NUM_INTRAOP_THREADS;
      wish ??= asked === undefined ? undefined : Number(asked) || cores();
      process.env.TF_NUM_INTRAOP_THREADS ??= file.problem ? '1' : '0';
      // tfjs-node calls two functions that newer Nodes have dropped.
      const util = require('node:util');
      util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
      util.isArray = Array.isArray;
      require('@tensorflow/tfjs-node');
      // Processes that this one starts decide for themselves.
      if (asked === undefined) delete process.env.TF_NUM_INTRAOP_THREADS;
    },
    addOn: (version) => file?.load(version, wish) ?? 'native TensorFlow is not loaded',
  };
}

function wasm(): HostBackend {
  const find = () => findPackage('@tensorflow/tfjs-backend-wasm', 'dist');
  return {
    name: 'wasm',
    remedies: remediesOf('`npm run setup` installs it'),
    missing: async () => (find() ? undefined : ''),
    async load() {
      require('@tensorflow/tfjs-backend-wasm').setWasmPaths(find() + path().sep);
    },
  };
}

function webGpu(root: () => string): HostBackend {
  let made: WebGpuAddOn | undefined;
  const addOn = () => {
    made ??= new WebGpuAddOn(root());
    return made;
  };
  return {
    name: 'webgpu',
    onRequest: true,
    remedies: {
      ifMissing: '`npm run setup -- --gpu` installs it',
      ifBroken: 'install the driver of a card; or delete .webgpu, then `npm run setup -- --gpu`',
    },
    missing: async () => (addOn().installed ? undefined : ''),
    load: async () => addOn().load(),
    device: () => addOn().device,
    operations: () => addOn().operations(),
  };
}

/** As TensorFlow counts them, where it is told 0. */
const cores = () => (require('node:os') as typeof import('node:os')).availableParallelism();

const remediesOf = (ifMissing: string) => ({ ifMissing, ifBroken: `${ifMissing} anew` });

/** Comes with TensorFlow.js itself. */
const javaScript: HostBackend = {
  name: 'js',
  remedies: { ifMissing: '', ifBroken: '' },
  missing: async () => undefined,
  load: async () => {},
};

function findPackage(name: string, ...inside: string[]): string | undefined {
  try {
    return path().join(path().dirname(require.resolve(`${name}/package.json`)), ...inside);
  } catch {
    return undefined;
  }
}

/** Why set-up could not build the native library, in its own words. */
function reasonOfSetUp(root: string): string {
  try {
    const file = path().join(root, '.tensorflow', 'status.json');
    const { reason } = JSON.parse(fs().readFileSync(file, 'utf8'));
    return reason ? `: ${String(reason).replace(/[.\s]+$/, '')}` : '';
  } catch {
    return '';
  }
}
