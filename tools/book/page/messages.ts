/** What the page and its worker tell each other. */
import type { Prepared } from './edit/messages';
import type { TrainingNews } from './training-news';

/** How the notebook is to run: from the page, before its first cell. */
export interface Beginning {
  /** knobs that the reader has turned: their values as JSON */
  knobs: Record<string, string>;
  /** whether stored results are measured again */
  measureAgain: boolean;
  /** what shall compute: `wasm`, `js`, `webgpu`; the fastest unless told */
  backend?: string;
  /** whether MNIST's first digits shall do; all unless told */
  fewDigits?: boolean;
}

/** From the page. */
export type Order =
  | ({ type: 'begin' } & Beginning)
  /** with how it runs, where the reader has changed it or a cell above it */
  | { type: 'run'; cell: string; prepared?: Prepared }
  | { type: 'interrupt' }
  /** a message to a model behind a control */
  | { type: 'comm'; id: string; data: Record<string, unknown> };

/** One output in its forms: MIME type → content. */
export type Bundle = Record<string, unknown>;

/** From the worker; `cell` is the id of the cell whose code it comes from. */
export type News =
  /** the cells are there; the experiments that the code of each rests on, by the cell's id */
  | { type: 'ready'; restsOn: Record<string, string[]> }
  /** an interrupt was heard: the worker's event loop turns */
  | { type: 'heard' }
  /** TensorFlow runs, or runs on something else; the name also says why a graphics card does not compute that was chosen */
  | { type: 'backend'; name: string; reason: string }
  /** the graphics card does not go on, and what the cells have computed is lost: a sentence on it */
  | { type: 'card'; lost: string }
  /** a file is on its way */
  | { type: 'loading'; title: string; loaded: number; total: number }
  /** the training that a cell waits for goes on */
  | { type: 'training'; stands?: TrainingNews }
  | { type: 'stream'; cell: string; name: 'stdout' | 'stderr'; text: string }
  | { type: 'show'; cell: string; bundle: Bundle; id?: string; update: boolean }
  | { type: 'clear'; cell: string; wait: boolean }
  /** a channel to a model behind a control opens, says something, closes */
  | { type: 'comm'; action: 'open' | 'message' | 'close'; id: string; data: Record<string, unknown> }
  /** a message to a model has been answered: the next one may come */
  | { type: 'answered'; id: string }
  /** the cell has ended; `failed` if by an error or an interrupt, which `error` shows */
  | { type: 'done'; cell: string; failed: boolean; error?: string[] };
