/** The worker of a page: runs the notebook's cells on the kernel's core, and tells the page what they show. */

import { createCells } from '../../../kernel/core/cells';
import { createModules } from '../../../kernel/core/modules';
import { stopTrainingOnInterrupt } from '../../../kernel/core/training';
import { inline, stopStreams } from '../../../kernel/nodeplotlib';
import { share } from '../../../lib/page';
import { examinePage } from './browser';
import { type BuiltCell, type BuiltCells, builtCompiler, stackByCells } from './built-cells';
import { EditedCells } from './edit/edited-cells';
import type { Prepared } from './edit/messages';
import { original } from './edition';
import { FewDigits } from './few-digits';
import { pageFiles } from './files';
import { pageHost } from './host';
import { inspect } from './inspect';
import type { Beginning, News, Order } from './messages';
import { nodeModule, offerDigest, offerProcess } from './node-modules';
import { backendTeller, idOf, makeComms, offerToLibraries, requestOf, sendable, type Teller } from './offers';
import * as path from './paths';
import { printingTeller } from './printing';
import { fileOfWords, say, speak } from './say';
import { SiteFiles } from './site-files';
import { StoredResults } from './stored';
import { withTrainingNews } from './training-news';
import { nextTurn, turnWithoutFrames } from './turns';
import { webGpu } from './webgpu';

type Cell = import('../../../kernel/core/cell').Cell;

turnWithoutFrames();
offerDigest();
offerProcess();
const address = new URL('.', location.href).href;
const asked = new URL(location.href).searchParams;
const notebook = asked.get('notebook') ?? '';
const language = asked.get('language') ?? original;
speak(language);
const cellsFile = `${address}cells/${notebook}.js`;
const post = printingTeller((news: News) => postMessage(news), nextTurn);

/** Where the reader has chosen fewer digits. */
let few: FewDigits | undefined;
const site = new SiteFiles(
  address,
  (title, loaded, total) => post({ type: 'loading', title, loaded, total }),
  () => few !== undefined,
);
let files = pageFiles(site, new Map(), address);

/** Modules by what cells call them: `mathjs`, `./lib/descent`. */
async function load(id: string): Promise<object> {
  if (id === 'nodeplotlib') return inline;
  const ofNode = await nodeModule(id, files);
  if (ofNode) return ofNode;
  const file = modules[id];
  if (!file) throw new Error(say("Cannot import '{id}': a page in a browser has no such module", { id }));
  const whole = await import(`${address}${file}`);
  if (id === '@tensorflow/tfjs') watchTraining(whole);
  const module = withTrainingNews(id, whole, (stands) => post({ type: 'training', stands }));
  return few?.module(id, module) ?? module;
}

/** Written by the build: a module's file by its name. */
declare const modules: Record<string, string>;

let watchesTraining = false;
function watchTraining(tfjs: unknown): void {
  if (watchesTraining) return;
  watchesTraining = true;
  stopTrainingOnInterrupt(() => tfjs, cellOfCode);
}

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

const edited = new EditedCells();
let built: BuiltCells = { cells: [], computations: [], stored: {} };
let beginning: Beginning = { knobs: {}, measureAgain: false };
let stored: StoredResults | undefined;
/** Numbers of cells by their ids: how often a cell was run before it does not matter to a page. */
const placeOf = (id: string) => built.cells.findIndex((cell) => cell.id === id);
const nameOf = (id: string) => `Cell [${placeOf(id) + 1}]`;

const modulesOfErrors = {
  isKernel: (file: string) => file.endsWith('/worker.js') || file.includes('/worker.js?'),
  packageOf: (file: string) => /\/packages\/([^/]+)\.js/.exec(file)?.[1],
  nameOf: (file: string) => (file.startsWith(address) ? file.slice(address.length) : file),
  read: () => '',
};

function makeCells(cells: readonly BuiltCell[]) {
  const usedBy = (compute: string) => {
    const { knobs } = beginning;
    const changed = edited.definitions(compute, cells);
    if (changed) return [...changed, ...Object.entries(knobs).map(([name, value]) => `${name} = ${value}`)];
    const all = cells.map(({ source }) => source);
    return stored?.definitions(compute, placeOf(idOf(cellOfCode())), knobs, all) ?? all;
  };
  const compiler = builtCompiler(cells, usedBy, () => edited.running);
  return createCells(
    {
      modules: loaded,
      compiler,
      evaluate: () => noModule('code'),
      runStep: (code) => code(),
      nextTurn,
      runAs: (_cell, code) => code(),
      // Cells run one after the other: what a timer shows later goes to the latest.
      current: () => undefined,
      inspect,
      files: modulesOfErrors,
      stackOf: (error) =>
        edited.stack(stackByCells(String(error?.stack ?? ''), cellsFile, cells, nameOf), nameOf),
      log: (error) => post({ type: 'stream', cell: '', name: 'stderr', text: `${inspect(error)}\n` }),
    },
    (cell, report) =>
      post({ type: 'stream', cell: idOf(cell), name: 'stderr', text: `${report.traceback.join('\n')}\n` }),
  );
}

let cells: ReturnType<typeof makeCells> | undefined;
const cellOfCode = (): Cell | undefined => cells?.cellOfCode();
const teller: Teller = {
  post,
  cellOfCode,
  runPiece: async (origin, code) => cells?.runPiece(origin, code),
  stored: () => stored,
  fewDigits: () => few,
  claiming: (id) => ({ cell: built.cells[placeOf(id)], isEdited: edited.isChanged }),
};
const comms = makeComms(teller);
const card = webGpu(
  { address, load, say, lose: (lost) => post({ type: 'card', lost }) },
  () => beginning.backend === 'webgpu',
);
const tellBackend = backendTeller(post, card);

async function run(id: string, prepared: Prepared | undefined): Promise<void> {
  const known = built.cells[placeOf(id)];
  if (!known || !cells) throw new Error(`Cannot run the cell '${id}': it did not come with the page`);
  const cell = await edited.begin(known, prepared);
  const request = requestOf(id);
  comms.closeEarlier(request);
  const { report, result } = await cells.run(nameOf(id), cell.source, request);
  if (result) post({ type: 'show', cell: id, bundle: sendable(result), update: false });
  tellBackend();
  const error = few ? few.explained(report?.traceback) : report?.traceback;
  post({ type: 'done', cell: id, failed: Boolean(report), error });
}

// Orders that come while the cells load wait for them.
let queue: Promise<void> = start();

async function start(): Promise<void> {
  offerToLibraries(teller, comms);
  Object.defineProperty(globalThis, '__tslab__', {
    // What the compiler makes of `import()`.
    value: { import: (id: string) => loaded.import(id) },
  });
  const words = fileOfWords(language);
  if (words) await import(`${address}${words}`);
  built = await import(cellsFile);
  stored = new StoredResults(built.stored, built.computations);
  files = stored.among(files);
  cells = makeCells(built.cells);
  share(
    'host',
    pageHost({ address, files, language, examine: examinePage, load, beginning: () => beginning, card }),
  );
  share('definitions', cells.definitionsUsedBy);
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    cells?.failLate(event.reason);
  });
  addEventListener('error', (event) => {
    event.preventDefault();
    cells?.failLate(event.error ?? event.message);
  });
  post({ type: 'ready', restsOn: Object.fromEntries(built.cells.map(({ id, restsOn }) => [id, restsOn])) });
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  if (data.type === 'begin') {
    beginning = data;
    few = data.fewDigits ? new FewDigits() : undefined;
    // Where the compiled cells read a knob.
    Object.assign(globalThis, { __knobs__: valuesOf(data.knobs) });
  } else if (data.type === 'interrupt') {
    post({ type: 'heard' });
    stopStreams();
    cells?.interrupt();
  } else if (data.type === 'comm') {
    answer(data.id, data.data);
  } else {
    const { cell, prepared } = data;
    queue = queue
      .then(() => run(cell, prepared))
      .catch((error) => post({ type: 'done', cell, failed: true, error: [String(error)] }));
  }
});

/** A message to a model waits for the cells before it, as in Jupyter. */
function answer(id: string, data: Record<string, unknown>): void {
  const message = { content: { comm_id: id, data } };
  comms.announce('comm_msg', message);
  queue = queue
    .then(async () => void (await comms.answers.comm_msg(message)))
    .catch((error) => post({ type: 'stream', cell: '', name: 'stderr', text: `${inspect(error)}\n` }))
    .then(() => post({ type: 'answered', id }));
}

/** The knobs' values, which the page has written as JSON can hold them. */
function valuesOf(knobs: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(knobs).map(([name, text]) => [name, JSON.parse(text)]));
}
