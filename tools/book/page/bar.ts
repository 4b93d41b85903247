/** The bar above the cells: what the reader can do with all of them, and how far they are. */
import { button, element } from './dom';
import { say } from './say';

/** What its buttons do. */
export interface Actions {
  runAll(): void;
  measureAgain(): void;
  stop(): void;
  /** the reader has chosen another way to compute, which the address now names */
  choose(): void;
}

/** What may compute, by the name that the address has it under: the fastest that starts, where it names none. */
const ways = { '': 'the fastest way', wasm: 'in WebAssembly', js: 'in plain JavaScript' };

/** Written by the build: whether what computes on a graphics card comes with the book. */
declare const webgpu: boolean;

/** What the address asks to compute with: `?backend=js`. */
export const askedBackend = (): string | undefined =>
  new URLSearchParams(location.search).get('backend') ?? undefined;

/** Buttons, the state in a sentence, and what computes. */
export class Bar {
  private readonly status = element('span', {
    role: 'status',
    text: say('This notebook runs in your browser.'),
  });
  private readonly on = element('span', { class: 'run-backend' });
  private readonly stop: HTMLButtonElement;
  private readonly again: HTMLButtonElement;
  private readonly list = element('select');
  /** what was said last, while a file is on its way */
  private said = this.status.textContent ?? '';

  /**
   * @param actions - what its buttons do
   * @param folder - of the runtime, with `/` at its end
   * @param computes - whether the notebook has tensors, which can be computed in several ways
   */
  constructor({ runAll, measureAgain, stop, choose }: Actions, folder: string, computes: boolean) {
    this.stop = button(say('■ Stop'), say('Stop what runs'), stop);
    this.stop.disabled = true;
    this.again = button(
      say('↻ Measure again'),
      say('Run all cells, and measure here what was read from stored results: this takes minutes'),
      measureAgain,
    );
    this.again.hidden = true;
    const all = button(say('▶ Run all'), say('Run all cells of this notebook'), runAll);
    const bar = element('div', { class: 'run-bar' }, all, this.stop, this.again, this.status);
    if (computes) {
      bar.append(this.choice(choose));
      // Without a card there are other ways.
      this.offerCard(folder).catch(() => {});
    }
    bar.append(this.on);
    document.querySelector('main')?.before(bar);
  }

  private choice(choose: () => void): HTMLElement {
    const { list } = this;
    for (const [value, way] of Object.entries(ways))
      list.append(element('option', { value, text: say(way) }));
    list.value = askedBackend() ?? '';
    // A card is offered only once it has answered.
    if (!list.value) list.value = '';
    list.addEventListener('change', () => {
      const address = new URL(location.href);
      if (list.value) address.searchParams.set('backend', list.value);
      else address.searchParams.delete('backend');
      history.replaceState(history.state, '', address);
      this.backend('', '');
      choose();
    });
    return element('label', { class: 'run-way', text: `${say('Compute')} ` }, list);
  }

  private async offerCard(folder: string): Promise<void> {
    if (!webgpu || !(await navigator.gpu?.requestAdapter())) return;
    const { offerCard } = await import(`${folder}webgpu/offer.js`);
    await offerCard({ list: this.list, folder, asked: askedBackend(), say });
  }

  /** Chooses the fastest way, as if the reader did. */
  takeFastest(): void {
    this.list.value = '';
    this.list.dispatchEvent(new Event('change'));
  }

  busy(busy: boolean): void {
    this.stop.disabled = !busy;
  }

  offerMeasuring(offered: boolean): void {
    this.again.hidden = !offered;
  }

  say(sentence: string): void {
    this.said = sentence;
    this.status.textContent = sentence;
  }

  /** A file is on its way. */
  loading({ title, loaded, total }: { title: string; loaded: number; total: number }): void {
    if (loaded >= total) this.status.textContent = this.said;
    else if (total > 100_000)
      this.status.textContent = say('Loading {title}: {loaded} of {total} MB.', {
        title: say(title),
        loaded: megabytes(loaded),
        total: megabytes(total),
      });
  }

  /** @param name - `wasm 4.22.0` @param reason - why, in a sentence */
  backend(name: string, reason: string): void {
    // Who waits ten times as long is told why.
    this.on.textContent = name.startsWith('js') ? `${name}: ${reason}` : name;
    this.on.title = reason;
  }
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
