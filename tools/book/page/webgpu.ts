/** A graphics card among what may compute in a page. What that takes is loaded when the reader has chosen it. */
import type { HostBackend } from '../../../lib/page';
import type { Say } from './say';

/** What computes, once it has started. */
export interface Card {
  /** its name, as far as the browser tells it */
  device: string;
  /** makes the course's operations for it */
  operations(): object;
}

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
export class WebGpu implements HostBackend {
  readonly name = 'webgpu';
  readonly remedies = { ifMissing: '', ifBroken: '' };
  /** why it did not start, in a sentence; empty if it did */
  problem = '';
  private card: Card | undefined;

  /** @param isChosen - whether the reader has chosen it; else a cell must ask for it by name */
  constructor(
    private readonly needs: CardNeeds,
    readonly isChosen: () => boolean,
  ) {}

  get onRequest(): boolean {
    return !this.isChosen();
  }

  async missing(): Promise<undefined> {}

  async load(): Promise<void> {
    const { address, say } = this.needs;
    try {
      // The book may have been written without it, and there may be no network.
      const start = await import(`${address}webgpu/card.js`).catch(() => {
        throw new Error(say('WebGPU was chosen, but what it takes cannot be loaded.'));
      });
      this.card ??= (await start.startCard(this.needs)) as Card;
    } catch (error) {
      this.problem = (error as Error).message;
      throw error;
    }
  }

  device(): string {
    return this.card?.device ?? '';
  }

  operations(): () => object {
    return () => (this.card as Card).operations();
  }
}
