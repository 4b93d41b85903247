/** What the page and its worker tell each other. */

/** From the page. */
export type Order = { type: 'run'; cell: string } | { type: 'interrupt' };

/** One output in its forms: MIME type → content. */
export type Bundle = Record<string, unknown>;

/** From the worker; `cell` is the id of the cell whose code it comes from. */
export type News =
  | { type: 'ready' }
  /** an interrupt was heard: the worker's event loop turns */
  | { type: 'heard' }
  | { type: 'stream'; cell: string; name: 'stdout' | 'stderr'; text: string }
  | { type: 'show'; cell: string; bundle: Bundle; id?: string; update: boolean }
  | { type: 'clear'; cell: string; wait: boolean }
  /** the cell has ended; `failed` if by an error or an interrupt, which `error` shows */
  | { type: 'done'; cell: string; failed: boolean; error?: string[] };
