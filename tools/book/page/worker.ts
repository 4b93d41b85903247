/** The worker of a page: runs the notebook's cells on the kernel's core, and tells the page what they show. */

import { createCells } from '../../../kernel/core/cells';
import { createModules } from '../../../kernel/core/modules';
import { stopTrainingOnInterrupt } from '../../../kernel/core/training';
import { inline, stopStreams } from '../../../kernel/nodeplotlib';
import { share, symbols } from '../../../lib/page';
import { type BuiltCell, builtCompiler, stackByCells } from './built-cells';
import { pageHost } from './host';
import { format, inspect } from './inspect';
import type { Bundle, News, Order } from './messages';
import { nextTurn, turnWithoutFrames } from './turns';

type Cell = import('../../../kernel/core/cell').Cell;

turnWithoutFrames();
const address = new URL('.', location.href).href;
const notebook = new URL(location.href).searchParams.get('notebook') ?? '';
const cellsFile = `${address}cells/${notebook}.js`;
const post = (news: News) => postMessage(news);

/** Modules by what cells call them: `mathjs`, `./lib/descent`. */
async function load(id: string): Promise<object> {
  if (id === 'nodeplotlib') return inline;
  const file = modules[id];
  if (!file) throw new Error(`Cannot import '${id}': a page in a browser has no such module`);
  const module = await import(`${address}${file}`);
  if (id === '@tensorflow/tfjs') watchTraining(module);
  return module;
}

/** Written by the build: a module's file by its name. */
declare const modules: Record<string, string>;

let watchesTraining = false;
function watchTraining(tfjs: unknown): void {
  if (watchesTraining) return;
  watchesTraining = true;
  stopTrainingOnInterrupt(() => tfjs, cellOfCode);
}

/** Paths are addresses here, and cells lie beside `lib`. */
const path = {
  join: (...parts: string[]) => parts.join('/'),
  dirname: (file: string) => file.replace(/\/[^/]*$/, ''),
  normalize: (file: string) => file,
  isAbsolute: (file: string) => file.startsWith('/'),
};

const noModule = (id: string): never => {
  throw new Error(`Cannot load '${id}': a page imports, it does not require`);
};

const loaded = createModules('', {
  path,
  run: (file) => noModule(file),
  requireFrom: () => noModule as unknown as NodeJS.Require,
  importFrom: (_folder, id) => load(id),
  isEsModule: () => true,
});

/** Numbers of cells by their ids: how often a cell was run before it does not matter to a page. */
let builtCells: BuiltCell[] = [];
const nameOf = (id: string) => `Cell [${builtCells.findIndex((cell) => cell.id === id) + 1}]`;

const files = {
  isKernel: (file: string) => file.endsWith('/worker.js') || file.includes('/worker.js?'),
  packageOf: (file: string) => /\/packages\/([^/]+)\.js/.exec(file)?.[1],
  nameOf: (file: string) => (file.startsWith(address) ? file.slice(address.length) : file),
  read: () => '',
};

function makeCells(cells: readonly BuiltCell[]) {
  return createCells(
    {
      modules: loaded,
      compiler: builtCompiler(cells),
      evaluate: () => noModule('code'),
      runStep: (code) => code(),
      nextTurn,
      runAs: (_cell, code) => code(),
      // Cells run one after the other: what a timer shows later goes to the latest.
      current: () => undefined,
      inspect,
      files,
      stackOf: (error) => stackByCells(String(error?.stack ?? ''), cellsFile, cells, nameOf),
      log: (error) => post({ type: 'stream', cell: '', name: 'stderr', text: `${inspect(error)}\n` }),
    },
    (cell, report) =>
      post({ type: 'stream', cell: idOf(cell), name: 'stderr', text: textOf(report.traceback) }),
  );
}

let cells: ReturnType<typeof makeCells> | undefined;
const cellOfCode = (): Cell | undefined => cells?.cellOfCode();
const idOf = (cell: Cell | undefined): string => cell?.request ?? '';
const textOf = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** What `lib/` may ask for, see kernel/README.md. */
function offerToLibraries(): void {
  const display = (bundle: Bundle, { id, update = false }: { id?: string; update?: boolean } = {}) =>
    post({ type: 'show', cell: idOf(cellOfCode()), bundle: sendable(bundle), id, update });
  display.clear = ({ wait = false } = {}) => post({ type: 'clear', cell: idOf(cellOfCode()), wait });
  share('display', display);
  share('host', pageHost({ address, load }));
  Object.defineProperties(globalThis, {
    [symbols.interrupt]: {
      get() {
        const cell = cellOfCode();
        if (cell) cell.listens = true;
        return cell?.signal;
      },
    },
    [symbols.cell]: { get: () => cellOfCode()?.source },
    // What the compiler makes of `import()`.
    __tslab__: { value: { import: (id: string) => loaded.import(id) } },
  });
}

/** Texts and bytes as they are, all else as JSON holds it: so Jupyter sends it, and Plotly takes no `undefined`. */
function sendable(bundle: Bundle): Bundle {
  const plain = (content: unknown) =>
    typeof content === 'string' || content instanceof Uint8Array
      ? content
      : JSON.parse(JSON.stringify(content) ?? 'null');
  return Object.fromEntries(Object.entries(bundle).map(([type, content]) => [type, plain(content)]));
}

function printToPage(): void {
  const print =
    (name: 'stdout' | 'stderr') =>
    (...values: unknown[]) =>
      post({ type: 'stream', cell: idOf(cellOfCode()), name, text: `${format(values)}\n` });
  const [out, complain] = [print('stdout'), print('stderr')];
  Object.assign(console, {
    log: out,
    info: out,
    debug: out,
    warn: complain,
    error: complain,
    trace: complain,
  });
}

async function run(id: string): Promise<void> {
  const cell = builtCells.find((one) => one.id === id);
  if (!cell || !cells) throw new Error(`Cannot run the cell '${id}': it did not come with the page`);
  const { report, result } = await cells.run(nameOf(id), cell.source, id);
  if (result) post({ type: 'show', cell: id, bundle: sendable(result), update: false });
  post({ type: 'done', cell: id, failed: Boolean(report), error: report?.traceback });
}

// Orders that come while the cells load wait for them.
const ready = start();
let queue: Promise<void> = ready;

async function start(): Promise<void> {
  offerToLibraries();
  printToPage();
  builtCells = (await import(cellsFile)).cells;
  cells = makeCells(builtCells);
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    cells?.failLate(event.reason);
  });
  addEventListener('error', (event) => {
    event.preventDefault();
    cells?.failLate(event.error ?? event.message);
  });
  post({ type: 'ready' });
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  if (data.type === 'interrupt') {
    post({ type: 'heard' });
    stopStreams();
    cells?.interrupt();
    return;
  }
  const { cell } = data;
  queue = queue
    .then(() => run(cell))
    .catch((error) => post({ type: 'done', cell, failed: true, error: [String(error)] }));
});
