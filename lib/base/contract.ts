/**
 * The names that tie `lib/`, the kernel, the tools and a notebook's file together, each spelled here
 * and nowhere else. `kernel/contract.js` holds the kernel's copy, `kernel/README.md` the explanation.
 */
import type { BackendName, Host, NativeAddOn } from './host-interface';

/** The claim of a cell, as data. */
export const claimMimeType = 'application/vnd.descent.claim+json';
/** The state of an exercise, as data. */
export const exerciseMimeType = 'application/vnd.descent.exercise+json';
/** A passing note: the runner drops such outputs before it saves a notebook. */
export const noteMimeType = 'application/vnd.descent.note+json';
/** A figure, as JupyterLab draws it. */
export const plotlyMimeType = 'application/vnd.plotly.v1+json';
/** A control, as Jupyter's widgets draw it. */
export const widgetMimeType = 'application/vnd.jupyter.widget-view+json';
/** A figure on its way to where it is drawn, for a page that was loaded after it; see kernel/labextension. */
export const movedMimeType = 'application/vnd.descent.moved+json';

/** The method by which a value says itself how it looks: Jupyter's for JavaScript, as Deno has it. */
export const displayMethod = Symbol.for('Jupyter.display');

/** The settings that {@link Host.environment} is asked for: in Node, environment variables. */
export const settings = {
  /** the backend to start: native, wasm, js or webgpu */
  backend: 'DESCENT_BACKEND',
  /** if set, a figure outside a notebook is a line of text, not a page */
  headless: 'DESCENT_HEADLESS',
  /** a folder in which experiments keep results, in place of `out/experiments` */
  experiments: 'DESCENT_EXPERIMENTS',
  /** if 1, experiments neither read nor keep results */
  noCache: 'DESCENT_NO_CACHE',
  /** a folder with the files of MNIST */
  mnistFolder: 'MNIST_DIR',
} as const;

/** The kernel's way to show one output in several forms; see kernel/README.md. */
export type Display = (
  data: Record<string, unknown>,
  options?: { id?: string; update?: boolean; metadata?: Record<string, unknown> },
) => void;

/** A channel between code and page. */
export interface Comm {
  readonly id: string;
  readonly behaviour: CommBehaviour;
  send(data: object): void;
  close(): void;
}

/** What a {@link Comm} does. */
export interface CommBehaviour {
  /** what the page needs to begin */
  data?: object;
  metadata?: object;
  /** takes a message, as a piece of the cell that opened the comm; `more`: the page has sent a later one already */
  receive?(data: Record<string, unknown>, more: boolean): unknown;
  /** is told what went wrong in `receive`, an interrupt too */
  fail?(report: { ename: string; evalue: string; traceback: string[] }): void;
  /** all there is to know, for a page that comes later */
  describe?(): unknown;
}

/** The kernel's way to talk with what stands in an output; see kernel/README.md. */
export interface Comms {
  /** whether somebody sits at the page of the running cell */
  readonly live: boolean;
  open(target: string, behaviour: CommBehaviour): Comm;
  accept(target: string, begin: (comm: Comm) => CommBehaviour): void;
  all(target: string): Comm[];
  divert(take: (type: string, content: DivertedContent) => void): () => void;
}

/** What code prints (`stream`) or shows (`display_data`, `update_display_data`), as Jupyter's messages have it. */
export interface DivertedContent {
  text?: string;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  transient?: { display_id?: string };
}

/** The backend in use. */
export interface BackendReport {
  backend: BackendName;
  /** version of the TensorFlow library (native) or of TensorFlow.js (wasm, js, webgpu) */
  version: string;
  /** one sentence: which backend runs, and why not a better one */
  reason: string;
}

/** What stands at the global symbols. */
export interface Globals {
  /** from the kernel: shows one output in several forms */
  display: Display;
  /** from the kernel: the signal of the reader's stop button, for the cell that asks */
  interrupt: AbortSignal;
  /** from the kernel: the source of the cell that asks */
  cell: string;
  /** from the kernel: the notebook's definitions that a piece of code uses, directly or through others, as text */
  definitions: (code: string) => string[];
  /** from the kernel: channels to what stands in an output */
  comms: Comms;
  /** from a page: what answers in Node's place */
  host: Host;
  /** from `tensorflow/backend.ts`: what runs; it outlives a reload of that file, as tfjs's engine does */
  tensorflow: {
    report?: BackendReport;
    /** the course's own operations for native TensorFlow, or why they are not loaded */
    addOn?: NativeAddOn | string;
    /** makes the operations of a backend that brings its own */
    operations?: () => object;
    /** settles when no start is under way */
    starting: Promise<void>;
  };
  /** from `course/display.ts`: a stock tslab kernel has been repaired */
  stockTslab: boolean;
}

/** Under which symbol of `globalThis` each of the {@link Globals} stands. */
export const symbols: Readonly<Record<keyof Globals, symbol>> = {
  display: Symbol.for('descent.display'),
  interrupt: Symbol.for('descent.interrupt'),
  cell: Symbol.for('descent.cell'),
  definitions: Symbol.for('descent.definitions'),
  comms: Symbol.for('descent.comms'),
  host: Symbol.for('descent.host'),
  tensorflow: Symbol.for('descent.tensorflow'),
  stockTslab: Symbol.for('descent.stock-tslab'),
};

const place = globalThis as unknown as Record<symbol, unknown>;

/**
 * Asks for what someone else put at a global symbol.
 *
 * @param name - which
 * @returns what is there now; `undefined` where nobody put anything
 */
export function shared<Name extends keyof Globals>(name: Name): Globals[Name] | undefined {
  return place[symbols[name]] as Globals[Name] | undefined;
}

/**
 * Puts something at a global symbol, for all code of this process.
 *
 * @param name - which
 * @param value - what
 */
export function share<Name extends keyof Globals>(name: Name, value: Globals[Name]): void {
  place[symbols[name]] = value;
}

/** @returns the signal of the reader's stop button; `undefined` outside this project's kernel */
export function kernelSignal(): AbortSignal | undefined {
  return shared('interrupt');
}
