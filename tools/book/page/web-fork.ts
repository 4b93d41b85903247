/** A Web Worker in the place of a process that Node would fork: as much of it as `lib/` uses. */

type Listeners = Record<string, ((...values: never[]) => void)[]>;

/** What `fork` of `node:child_process` gives. */
class Child {
  connected = true;
  readonly stderr = undefined;
  private readonly listeners: Listeners = {};
  // Beside `lib/`, where this code stands once it is bundled.
  private readonly worker = new Worker(new URL('../team.js', import.meta.url), { type: 'module' });

  constructor() {
    this.worker.onmessage = ({ data }) => this.tell('message', data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.tell('error', new Error(event.message || 'the worker does not load'));
    };
  }

  on(name: string, listener: (...values: never[]) => void): void {
    this.listeners[name] = [...(this.listeners[name] ?? []), listener];
  }

  once(name: string, listener: (...values: never[]) => void): void {
    this.on(name, listener);
  }

  send(message: unknown, done: (error?: Error) => void): void {
    this.worker.postMessage(message);
    done();
  }

  disconnect(): void {
    this.kill();
  }

  kill(): void {
    if (!this.connected) return;
    this.connected = false;
    this.worker.terminate();
    this.tell('exit', 0, null);
  }

  private tell(name: string, ...values: unknown[]): void {
    for (const listener of this.listeners[name] ?? [])
      (listener as (...values: unknown[]) => void)(...values);
  }
}

/** Starts the one script that the course starts so. */
export function fork(): Child {
  return new Child();
}
