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
  /** is told what went wrong later: all that was computed is lost */
  fail(why: string): void;
}

/** Written by the build: whether it comes with the book. */
declare const webgpu: boolean;

/** The backend that a reader may choose. */
export class WebGpu implements HostBackend {
  readonly name = 'webgpu';
  readonly remedies = { ifMissing: '', ifBroken: '' };
  /** why it did not start */
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

  async missing(): Promise<string | undefined> {
    if (webgpu) return undefined;
    this.problem = this.needs.say('this book comes without it');
    return `: ${this.problem}`;
  }

  async load(): Promise<void> {
    if (this.card) return;
    try {
      const { startCard } = await import(`${this.needs.address}webgpu/card.js`);
      this.card = (await startCard(this.needs)) as Card;
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
