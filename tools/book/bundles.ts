/** What the pages share: the doors of `lib/`, the packages that they need, the worker and the page's script. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type BuildOptions, build, type Plugin, type PluginBuild } from 'esbuild';
import { projectRoot } from '../../lib/surroundings';
import type { NotebookFacts } from './page/facts';
import { wordsApart } from './words';

/** The packages that cells and `lib/` may import, by the file that a page gets. */
const packages: Readonly<Record<string, { file: string; entry?: string }>> = {
  '@tensorflow/tfjs': { file: 'tfjs', entry: 'tools/book/page/tfjs.ts' },
  '@tensorflow/tfjs-backend-wasm': { file: 'tfjs-wasm' },
  mathjs: { file: 'mathjs' },
  'pure-rand': { file: 'pure-rand' },
  'simple-statistics': { file: 'simple-statistics' },
};

export const shared: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'error',
  charset: 'utf8',
};

/**
 * Writes all that pages share.
 *
 * @param doors - of `lib/`, as cells import them: `./lib/descent`
 * @param folder - where it goes
 * @param editable - whether readers may edit the cells, see `writeEditor`
 * @param facts - what pages know of their notebooks
 * @param webgpu - whether what computes on a graphics card comes along, see `writeWebGpu`
 */
export async function writeBundles(
  doors: readonly string[],
  folder: string,
  editable: boolean,
  facts: NotebookFacts,
  webgpu: boolean,
): Promise<void> {
  const root = projectRoot();
  const source = (file: string) => path.join(root, file);
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(packages).map(([name, { file, entry }]) => [file, entry ? source(entry) : name]),
    ),
    outdir: path.join(folder, 'packages'),
    splitting: true,
    minify: true,
    // Licences stand in files beside the packages, which say so: TensorFlow.js has one at each of its thousand modules.
    legalComments: 'linked',
    plugins: [functionsOfMathjs, withoutThreads],
  });
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(doors.map((door) => [nameOf(door), source(`${door}.ts`)])),
      // A door starts it, no cell imports it.
      'data-parallel-worker': source('lib/studies/data-parallel-worker.ts'),
    },
    outdir: path.join(folder, 'lib'),
    splitting: true,
    // Names of functions stand in errors and in the keys of experiments.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [besideThePage, wordsApart],
  });
  const modules = {
    ...Object.fromEntries(Object.entries(packages).map(([name, { file }]) => [name, `packages/${file}.js`])),
    ...Object.fromEntries(doors.map((door) => [door, `lib/${nameOf(door)}.js`])),
  };
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: ['worker', 'team'].map((name) => source(`tools/book/page/${name}.ts`)),
    outdir: folder,
    minify: true,
    define: { modules: JSON.stringify(modules) },
    plugins: [withoutNode, wordsApart],
  });
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: [source('tools/book/page/page.ts')],
    outdir: folder,
    // The page finds its folder by `document.currentScript`, which a module has not.
    format: 'iife',
    minify: true,
    define: { editable: String(editable), facts: JSON.stringify(facts), webgpu: String(webgpu) },
    plugins: [withoutNode, wordsApart],
  });
  await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: { katex: 'katex', pad: source('tools/book/pad.ts') },
    outdir: folder,
    minify: true,
  });
  copyWasm(root, path.join(folder, 'wasm'));
  const copies = {
    'page.css': 'tools/book/page/page.css',
    // Of the kinds of traces it has those that have two axes: the course draws no others.
    'plotly.js': 'node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js',
  };
  for (const [name, file] of Object.entries(copies)) fs.copyFileSync(source(file), path.join(folder, name));
}

const nameOf = (door: string) => door.replace('./lib/', '');

/** What stands in the place of Node's modules. */
const inPlace: Readonly<Record<string, string>> = {
  'node:child_process': 'tools/book/page/web-fork.ts',
  'node:path': 'tools/book/page/paths.ts',
};

/** In `lib/` packages are those beside it; Node is not there. */
const besideThePage: Plugin = {
  name: 'beside-the-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path: id }) => {
      const known = packages[id];
      if (known) return { path: `../packages/${known.file}.js`, external: true };
      if (inPlace[id]) return { path: path.join(projectRoot(), inPlace[id]) };
      return { path: id, namespace: 'absent' };
    });
    refuseWhenUsed(onResolve, onLoad);
  },
};

/** Of mathjs the functions alone: not the texts of its `help`, and not the parts from which one builds another mathjs. */
const functionsOfMathjs: Plugin = {
  name: 'functions-of-mathjs',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]mathjs[/\\].*[/\\]embeddedDocs\.js$/ }, () => ({
      contents: 'export const embeddedDocs = {};',
    }));
    onLoad({ filter: /[/\\]mathjs[/\\].*[/\\]mainAny\.js$/ }, ({ path: file }) => ({
      contents: fs
        .readFileSync(file, 'utf8')
        .replaceAll(
          /^export .* from '.*\/(?:dependenciesAny\.generated|factoriesAny|create|factory)\.js';$/gm,
          '',
        ),
    }));
  },
};

/** Of the WebAssembly backend the code of one thread: `pageHost` switches the other off, and its WebAssembly does not come along. */
const withoutThreads: Plugin = {
  name: 'without-threads',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]tfjs-backend-wasm-threaded-simd(?:\.worker)?\.js$/ }, () => ({
      contents: "export default undefined;\nexport const wasmWorkerContents = '';",
    }));
  },
};

/** In what belongs to the page itself, Node's host is not there either. */
export const withoutNode: Plugin = {
  name: 'without-node',
  setup: ({ onResolve, onLoad }) => refuseWhenUsed(onResolve, onLoad),
};

/** It is an error to use what is absent, not to import the door that it stands behind. */
function refuseWhenUsed(onResolve: PluginBuild['onResolve'], onLoad: PluginBuild['onLoad']): void {
  onResolve({ filter: /\/node-host$/ }, () => ({ path: 'node-host', namespace: 'absent' }));
  onLoad({ filter: /.*/, namespace: 'absent' }, ({ path: id }) => {
    const sentence = `Cannot use '${id}': a page in a browser has no such module`;
    const contents = `module.exports = new Proxy({}, { get: (_, name) => name === '__esModule' ? false : () => { throw new Error(${JSON.stringify(sentence)}); } });`;
    return { contents, loader: 'js' };
  });
}

/** WebAssembly of TensorFlow.js, with and without SIMD. */
function copyWasm(root: string, target: string): void {
  fs.mkdirSync(target, { recursive: true });
  const dist = path.join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
  for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'])
    fs.copyFileSync(path.join(dist, name), path.join(target, name));
}
