/** What a reader does in a notebook, kept in his browser: what he has written into cells, and how far he is. */

/** A cell that the reader has changed. */
export interface KeptCell {
  source: string;
  /** stands for the source that the page had when he did, see `markOf` */
  of: string;
}

/** How far the reader is. */
export interface Progress {
  /** cells that have run to their end */
  ran: string[];
  /** how many cells the notebook has */
  cells: number;
  /** exercises by their names, and whether they are solved */
  exercises: Record<string, boolean>;
  /** by cell: how many of its claims held, of how many that apply */
  claims: Record<string, [held: number, of: number]>;
}

/** What is kept of one notebook. */
export interface KeptNotebook {
  cells: Record<string, KeptCell>;
  progress?: Progress;
}

/** The browser's storage, as far as it is used here. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Why something cannot be kept: the browser has no room, or does not let the page. */
export type Unkept = 'full' | 'refused';

/** @param book - the path of the book's folder @param notebook - its name */
export const keyOf = (book: string, notebook: string): string => `descent ${book} ${notebook}`;

/** Keeps one notebook; where the browser does not, in memory, so that nothing is lost before the page is closed. */
export class Kept {
  private memory: KeptNotebook = { cells: {} };
  /** why the latest change is not kept; `undefined` where it is */
  unkept: Unkept | undefined;

  /** @param storage - is asked anew each time: a browser may refuse it with an error */
  constructor(
    private readonly key: string,
    private readonly storage: () => Shelf,
  ) {
    try {
      this.memory = readKept(storage().getItem(key));
    } catch {
      this.unkept = 'refused';
    }
  }

  /** What is kept now, in this tab or another one. */
  get now(): KeptNotebook {
    if (this.unkept) return this.memory;
    try {
      this.memory = readKept(this.storage().getItem(this.key));
    } catch {
      this.unkept = 'refused';
    }
    return this.memory;
  }

  /** Changes what is kept. */
  change(make: (kept: KeptNotebook) => void): void {
    const kept = this.now;
    make(kept);
    this.memory = kept;
    try {
      if (isEmpty(kept)) this.storage().removeItem(this.key);
      else this.storage().setItem(this.key, JSON.stringify(kept));
      this.unkept = undefined;
    } catch (error) {
      this.unkept = (error as Error)?.name === 'SecurityError' ? 'refused' : 'full';
    }
  }
}

const isEmpty = ({ cells, progress }: KeptNotebook) => Object.keys(cells).length === 0 && !progress;

/** @returns what a text of the storage says; nothing of a text that another program has written there */
export function readKept(text: string | null): KeptNotebook {
  try {
    const { cells, progress } = JSON.parse(text ?? '{}') as KeptNotebook;
    const whole = Object.entries(Object(cells) as KeptNotebook['cells']).filter(
      ([, cell]) => typeof cell?.source === 'string' && typeof cell.of === 'string',
    );
    return { cells: Object.fromEntries(whole), ...(isProgress(progress) && { progress }) };
  } catch {
    return { cells: {} };
  }
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a value, from wherever, has the form of a progress. */
export function isProgress(value: unknown): value is Progress {
  const { ran, cells, exercises, claims } = Object(value) as Partial<Progress>;
  const isText = (one: unknown) => typeof one === 'string';
  const isPair = (one: unknown) => Array.isArray(one) && one.length === 2 && one.every(Number.isFinite);
  return (
    Array.isArray(ran) &&
    ran.every(isText) &&
    Number.isFinite(cells) &&
    isRecord(exercises) &&
    Object.values(exercises).every((one) => typeof one === 'boolean') &&
    isRecord(claims) &&
    Object.values(claims).every(isPair)
  );
}
