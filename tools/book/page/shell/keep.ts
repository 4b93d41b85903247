/** Keeps the whole book in the browser, so that it is read and run without a network, and says how far that is. */
import type { KeepingNews, KeepingOrder } from './keeping';

const why: Readonly<Record<(KeepingNews & { type: 'not kept' })['reason'], string>> = {
  full: "the browser's storage is full",
  cut: 'the connection was cut; it goes on from there at the next page',
  mixed: 'a new version of it is being published; try again in a minute',
  refused: 'this browser does not let it (as in a private window)',
};

/** @param book - the address of its folder */
export function keepBook(book: string): void {
  // A book on the reader's disk is kept already.
  if (location.protocol === 'file:') return;
  new Keeper(book).begin();
}

class Keeper {
  private readonly line = document.createElement('p');
  private readonly hadOne: boolean;
  private asked = false;

  constructor(private readonly book: string) {
    this.line.className = 'shell-note';
    this.line.setAttribute('role', 'status');
    document.querySelector('footer')?.append(this.line);
    this.hadOne = Boolean(navigator.serviceWorker?.controller);
  }

  begin(): void {
    const workers = navigator.serviceWorker;
    if (!workers) {
      this.notKept(why.refused);
      return;
    }
    if (this.hadOne) this.kept();
    workers.addEventListener('message', ({ data }: MessageEvent<KeepingNews>) => this.hear(data));
    workers.addEventListener('controllerchange', () => this.changed());
    window.addEventListener('online', () => void this.register());
    const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
    if (connection?.saveData && !this.hadOne) {
      this.notKept('this connection saves data');
      this.line.append(
        ' ',
        this.button('Keep it all the same', () => void this.register()),
      );
    } else {
      // What the reader came for is loaded first.
      const idle = window.requestIdleCallback ?? setTimeout;
      const begin = () => idle(() => void this.register());
      if (document.readyState === 'complete') begin();
      else window.addEventListener('load', begin, { once: true });
    }
  }

  private async register(): Promise<void> {
    try {
      const options = { scope: this.book, updateViaCache: 'none' } as const;
      const registration = await navigator.serviceWorker.register(`${this.book}service-worker.js`, options);
      if (registration.waiting && registration.active) this.newer(registration.waiting);
      registration.addEventListener('updatefound', () => this.watch(registration.installing));
      this.watch(registration.installing);
    } catch (error) {
      // Without a network what is kept serves; that is no news.
      if (!this.hadOne)
        this.notKept(navigator.onLine ? `${why.refused}: ${(error as Error).message}` : why.cut);
    }
  }

  private watch(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && this.hadOne) this.newer(worker);
      if (worker.state === 'activated' && !this.hadOne) this.kept();
    });
  }

  private hear(news: KeepingNews): void {
    if (news.type === 'keeping') {
      if (!this.hadOne) this.say(`Kept for reading without a network: ${news.kept} of ${news.of} files.`);
    } else if (this.hadOne) {
      this.say(
        `A newer version of the book is there, and could not be kept: ${why[news.reason]}. This one stays.`,
      );
    } else this.notKept(`${why[news.reason]} (${news.detail})`);
  }

  private newer(worker: ServiceWorker): void {
    const order: KeepingOrder = { type: 'take over' };
    const take = () => {
      this.asked = true;
      worker.postMessage(order);
    };
    this.tell('A newer version of the book is ready.', this.button('Reload with it', take));
  }

  /** Another version answers from now on. */
  private changed(): void {
    if (this.asked) location.reload();
    else if (this.hadOne) {
      const reload = this.button('Reload', () => location.reload());
      this.tell('The book was updated in another tab. Reload before cells of this page run again.', reload);
    }
  }

  private kept(): void {
    this.say(
      'The book is kept in this browser, for use without a network; large data are, once a notebook has loaded them.',
    );
  }

  private notKept(reason: string): void {
    this.say(`Not kept for reading without a network: ${reason}.`);
  }

  private say(sentence: string): void {
    this.line.textContent = sentence;
  }

  private tell(sentence: string, act: HTMLButtonElement): void {
    document.querySelector('.shell-news')?.remove();
    const news = document.createElement('p');
    news.className = 'shell-note shell-news';
    news.setAttribute('role', 'status');
    document.body.append(news);
    news.append(sentence, ' ', act);
  }

  private button(text: string, press: () => void): HTMLButtonElement {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', press);
    return made;
  }
}
