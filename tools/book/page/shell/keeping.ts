/** What page and service worker say to each other. */

/**
 * From the service worker: how far it is, or why it gave up; with a language, of that edition, for which a page has asked,
 * else of a whole new version.
 */
export type KeepingNews = { language?: string } & (
  | { type: 'keeping'; kept: number; of: number }
  | { type: 'kept' }
  | { type: 'not kept'; reason: 'full' | 'cut' | 'mixed' | 'refused' | 'unasked'; detail: string }
);

/** From a page. */
export type KeepingOrder =
  /** the version which waits may take the place of the one before it */
  | { type: 'take over' }
  /** to keep the edition that the reader has opened, or, where nothing may be loaded, only to say whether it is kept */
  | { type: 'keep'; language: string; mayLoad: boolean };
