/** Keeps the whole book in the browser, so that it is read and run without a network, and says how far that is. */
import { say } from '../say';
import type { KeepingNews, KeepingOrder } from './keeping';

type Reason = (KeepingNews & { type: 'not kept' })['reason'];

const whyNot = (reason: Reason): string => {
  if (reason === 'full') return say("the browser's storage is full");
  if (reason === 'cut') return say('the connection was cut; it goes on from there at the next page');
  if (reason === 'mixed') return say('a new version of it is being published; try again in a minute');
  if (reason === 'unasked') return say('this connection saves data');
  return say('this browser does not let it (as in a private window)');
};

/** @param book - the address of its folder @param language - of the edition that is read */
export function keepBook(book: string, language: string): void {
  // A book on the reader's disk is kept already.
  if (location.protocol === 'file:') return;
  new Keeper(book, language).begin();
}

class Keeper {
  private readonly line = document.createElement('p');
  private readonly hadOne: boolean;
  private asked = false;

  constructor(
    private readonly book: string,
    private readonly language: string,
  ) {
    this.line.className = 'shell-note';
    this.line.setAttribute('role', 'status');
    document.querySelector('footer')?.append(this.line);
    this.hadOne = Boolean(navigator.serviceWorker?.controller);
  }

  begin(): void {
    const workers = navigator.serviceWorker;
    if (!workers) {
      this.notKept(whyNot('refused'));
      return;
    }
    workers.addEventListener('message', ({ data }: MessageEvent<KeepingNews>) => this.hear(data));
    workers.addEventListener('controllerchange', () => this.changed());
    window.addEventListener('online', () => void this.register());
    const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
    const mayLoad = !connection?.saveData;
    if (!mayLoad && !this.hadOne) this.offer(() => void this.register());
    else {
      // What the reader came for is loaded first.
      const idle = window.requestIdleCallback ?? setTimeout;
      const begin = () =>
        idle(() => {
          void this.register();
          if (this.hadOne) this.order({ type: 'keep', language: this.language, mayLoad });
        });
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
        this.notKept(navigator.onLine ? `${whyNot('refused')}: ${(error as Error).message}` : whyNot('cut'));
    }
  }

  private watch(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && this.hadOne) this.newer(worker);
      // The reader may have gone on to another edition meanwhile.
      if (worker.state === 'activated' && !this.hadOne)
        this.order({ type: 'keep', language: this.language, mayLoad: true }, worker);
    });
  }

  private hear(news: KeepingNews): void {
    // The first version comes for this page; another one, or another edition, for others.
    const mine = news.language === undefined ? !this.hadOne : news.language === this.language;
    if (news.type === 'keeping') {
      const { kept, of } = news;
      if (mine) this.say(say('Kept for reading without a network: {kept} of {of} files.', { kept, of }));
    } else if (news.type === 'kept') {
      if (mine) this.kept();
    } else if (news.reason === 'unasked') {
      if (mine) this.offer(() => this.order({ type: 'keep', language: this.language, mayLoad: true }));
    } else if (mine) this.notKept(`${whyNot(news.reason)} (${news.detail})`);
    else if (news.language === undefined) {
      const why = whyNot(news.reason);
      this.say(
        say('A newer version of the book is there, and could not be kept: {why}. This one stays.', { why }),
      );
    }
  }

  private newer(worker: ServiceWorker): void {
    const take = () => {
      this.asked = true;
      this.order({ type: 'take over' }, worker);
    };
    this.tell(say('A newer version of the book is ready.'), this.button(say('Reload with it'), take));
  }

  /** Another version answers from now on. */
  private changed(): void {
    if (this.asked) location.reload();
    else if (this.hadOne) {
      const reload = this.button(say('Reload'), () => location.reload());
      this.tell(
        say('The book was updated in another tab. Reload before cells of this page run again.'),
        reload,
      );
    }
  }

  private kept(): void {
    this.say(
      say(
        'The book is kept in this browser, for use without a network; large data are, once a notebook has loaded them.',
      ),
    );
  }

  private notKept(why: string): void {
    this.say(say('Not kept for reading without a network: {why}.', { why }));
  }

  /** Keeps the book only if the reader says so. */
  private offer(keep: () => void): void {
    this.notKept(whyNot('unasked'));
    this.line.append(' ', this.button(say('Keep it all the same'), keep));
  }

  private order(order: KeepingOrder, worker = navigator.serviceWorker.controller): void {
    worker?.postMessage(order);
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
