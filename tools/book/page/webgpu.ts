/** A graphics card among what may compute in a page. What that takes is loaded when the reader has chosen it. */
import type { HostBackend } from '../../../lib/page';
import { javaScript } from './host';
import type { Say } from './say';

/** What a card adds once it has started: its name, as far as the browser tells it, and what makes its operations. */
export type Started = Required<Pick<HostBackend, 'device' | 'operations'>>;

/** What the page gives to start it. */
export interface CardNeeds {
  /** the folder of the page's runtime, with `/` at its end */
  address: string;
  /** loads one of the packages that come with the book */
  load(name: string): Promise<unknown>;
  say: Say;
  /** is told in a sentence what went wrong later: all that was computed is lost */
  lose(sentence: string): void;
}

/** The backend that a reader may choose. */
export interface CardBackend extends HostBackend {
  /** whether the reader has; else a cell must ask for it by name */
  isChosen(): boolean;
  /** why it did not start, in words of the page; empty if it did */
  problem: string;
}

/** @returns a graphics card, not yet loaded */
export function webGpu(needs: CardNeeds, isChosen: () => boolean): CardBackend {
  const card: CardBackend = {
    ...javaScript,
    name: 'webgpu',
    isChosen,
    problem: '',
    get onRequest() {
      return !isChosen();
    },
    async load() {
      try {
        // The book may have been written without it, and there may be no network.
        const { startCard } = await import(`${needs.address}webgpu/card.js`).catch(() => {
          throw new Error(needs.say('{file} cannot be loaded', { file: 'WebGPU' }));
        });
        Object.assign(card, await startCard(needs), { problem: '' });
      } catch (error) {
        // Who has not chosen it has asked in a cell, which gets the error.
        if (isChosen()) card.problem = (error as Error).message;
        throw error;
      }
    },
  };
  return card;
}
