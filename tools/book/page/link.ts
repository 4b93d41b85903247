/** The worker behind a page, and how an interrupt ends what it runs. */
import type { Beginning, News, Order } from './messages';
import { say } from './say';

/** How long a worker may take to hear an interrupt, and to obey it, before it is ended. */
const hearMilliseconds = 1300;
const obeyMilliseconds = 12_000;

/** Whom a worker tells. */
export interface Listener {
  hear(news: News): void;
  /** it does not load, or did not stop and was ended; what the cells had computed is lost */
  lost(why: 'load' | 'stop', detail: string): void;
}

/** The worker, which lives from the first order on. */
export class WorkerLink {
  private worker: Worker | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param address - of the worker's script, with the notebook that it runs */
  constructor(
    private readonly address: string,
    private readonly listener: Listener,
  ) {}

  get alive(): boolean {
    return this.worker !== undefined;
  }

  begin(beginning: Beginning): void {
    const worker = new Worker(this.address, { type: 'module' });
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<News>) => {
      if (data.type === 'heard') this.expectEnd(obeyMilliseconds);
      if (data.type === 'done') clearTimeout(this.timer);
      this.listener.hear(data);
    };
    worker.onerror = (event) => {
      this.end();
      this.listener.lost('load', event.message || say('the worker does not load'));
    };
    this.send({ type: 'begin', ...beginning });
  }

  send(order: Order): void {
    this.worker?.postMessage(order);
  }

  interrupt(): void {
    this.send({ type: 'interrupt' });
    this.expectEnd(hearMilliseconds);
  }

  end(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = undefined;
  }

  /** Ends the worker unless its cell ends in time. */
  private expectEnd(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.end();
      this.listener.lost('stop', '');
    }, milliseconds);
  }
}
