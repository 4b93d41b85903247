/** The worker with the compiler, seen from the page: it begins with the first question. */

import { say } from '../say';
import type { Answers, Question } from './messages';

interface Open {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Asks the compiler. */
export class CompilerLink {
  private worker: Worker | undefined;
  private readonly open = new Map<number, Open>();
  private asked = 0;

  /**
   * @param address - of the worker's script, with the notebook that it compiles
   * @param busy - told when the first question waits and when none does any more
   */
  constructor(
    private readonly address: string,
    private readonly busy: (busy: boolean) => void = () => {},
  ) {}

  /** @returns the compiler's answer @throws Error if the worker does not load, or cannot answer */
  ask<Type extends keyof Answers>(question: Question<Type>): Promise<Answers[Type]> {
    this.worker ??= this.begin();
    const id = ++this.asked;
    this.worker.postMessage({ id, question });
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject });
      this.busy(true);
    });
  }

  private begin(): Worker {
    const worker = new Worker(this.address, { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<{ id: number; answer: never; error?: string }>) => {
      const { resolve, reject } = this.open.get(data.id) ?? {};
      this.open.delete(data.id);
      if (data.error !== undefined) reject?.(new Error(data.error));
      else resolve?.(data.answer);
      if (this.open.size === 0) this.busy(false);
    };
    worker.onerror = (event) => {
      worker.terminate();
      this.worker = undefined;
      const why = event.message || say('it is not kept in this browser, and there is no network');
      for (const { reject } of this.open.values())
        reject(new Error(say('The compiler cannot be loaded: {why}', { why })));
      this.open.clear();
      this.busy(false);
    };
    return worker;
  }
}
