/** What page and service worker say to each other. */

/** From the service worker: how far it is, or why it gave up. */
export type KeepingNews =
  | { type: 'keeping'; kept: number; of: number }
  | { type: 'not kept'; reason: 'full' | 'cut' | 'mixed' | 'refused'; detail: string };

/** From a page: that the version which waits may take the place of the one before it. */
export interface KeepingOrder {
  type: 'take over';
}
