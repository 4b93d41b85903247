/** The bar above the cells: what the reader can do with all of them, and how far they are. */
import { confirmsAgain, labelOfAgain } from './again';
import { digitChoices, digitsInAddress, type Hints, offerOfFew } from './digit-choice';
import { button, element } from './dom';
import type { PageFacts } from './facts';
import { megabytes } from './numbers';
import { RunningTime } from './running-time';
import { say } from './say';

/** What its buttons do. */
export interface Actions {
  runAll(): void;
  measureAgain(): void;
  stop(): void;
  /** the reader has chosen another way to compute, or other digits, which the address now names */
  choose(what: 'way' | 'digits'): void;
}

/** What may compute, by the name that the address has it under: the fastest that starts, where it names none. */
const ways = { '': 'the fastest way', wasm: 'in WebAssembly', js: 'in plain JavaScript' };

/** Written by the build: whether what computes on a graphics card comes with the book. */
declare const webgpu: boolean;

/** What the address asks to compute with: `?backend=js`. */
export const askedBackend = (): string | undefined =>
  new URLSearchParams(location.search).get('backend') ?? undefined;

/** @returns whether the address asks for the first digits alone */
export const asksForFew = (): boolean =>
  new URLSearchParams(location.search).get(digitsInAddress.name) === digitsInAddress.few;

/** Buttons, the state in a sentence, and what computes. */
export class Bar {
  private readonly status = element('span', {
    role: 'status',
    text: say('This notebook runs in your browser.'),
  });
  private readonly on = element('span', { class: 'run-backend' });
  /** of the cell that runs */
  readonly time = new RunningTime();
  private readonly stop: HTMLButtonElement;
  private readonly again: HTMLButtonElement;
  /** the ways to compute, where a notebook has tensors */
  private ways?: HTMLSelectElement;
  /** what was said last, while a file is on its way */
  private said = this.status.textContent ?? '';

  /**
   * @param actions - what its buttons do
   * @param facts - what the build knows of the notebook
   * @param folder - of the runtime, with `/` at its end
   */
  constructor(
    { runAll, measureAgain, stop, choose }: Actions,
    { notebook, tensors, digitBytes }: PageFacts,
    folder: string,
  ) {
    this.stop = button(say('■ Stop'), say('Stop what runs'), stop);
    this.stop.disabled = true;
    this.again = button(say('↻ Measure again'), labelOfAgain(notebook), () => {
      if (confirmsAgain(notebook, (question) => confirm(question))) measureAgain();
    });
    this.again.hidden = true;
    const all = button(say('▶ Run all'), say('Run all cells of this notebook'), runAll);
    const bar = element(
      'div',
      { class: 'run-bar' },
      all,
      this.stop,
      this.again,
      this.status,
      this.time.element,
    );
    if (digitBytes) {
      const offer = offerOfFew(digitBytes, navigator as Navigator & Hints) ?? '';
      const line = element('span', { class: 'run-offer', text: offer });
      const { name } = digitsInAddress;
      const { label, list } = choice(say('Digits'), name, digitChoices(digitBytes), () => {
        line.hidden = true;
        choose('digits');
      });
      line.hidden = offer === '' || list.value !== '';
      bar.append(label, line);
    }
    if (tensors) {
      const inWords = Object.fromEntries(Object.entries(ways).map(([value, way]) => [value, say(way)]));
      const { label, list } = choice(say('Compute'), 'backend', inWords, () => {
        this.backend('', '');
        choose('way');
      });
      this.ways = list;
      bar.append(label);
      // Without a card there are other ways.
      addCard(list, folder).catch(() => {});
    }
    bar.append(this.on);
    document.querySelector('main')?.before(bar);
  }

  /** Chooses the fastest way, as if the reader did. */
  takeFastest(): void {
    if (!this.ways) return;
    this.ways.value = '';
    this.ways.dispatchEvent(new Event('change'));
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

/** Adds a graphics card to the ways to compute, once one has answered. */
async function addCard(list: HTMLSelectElement, folder: string): Promise<void> {
  if (!webgpu || !(await navigator.gpu?.requestAdapter())) return;
  const { offerCard } = await import(`${folder}webgpu/offer.js`);
  await offerCard({ list, folder, asked: askedBackend, say });
}

/**
 * A list that the reader chooses from; the address keeps the choice.
 *
 * @param name - in the address, which leaves out what is chosen unless told
 * @param options - in words, by their values
 */
function choice(text: string, name: string, options: Readonly<Record<string, string>>, chosen: () => void) {
  const entries = Object.entries(options);
  const list = element('select', {}, ...entries.map(([value, text]) => element('option', { value, text })));
  list.value = new URLSearchParams(location.search).get(name) ?? '';
  // The address may ask for what there is not.
  if (list.selectedIndex < 0) list.value = '';
  list.addEventListener('change', () => {
    const address = new URL(location.href);
    if (list.value) address.searchParams.set(name, list.value);
    else address.searchParams.delete(name);
    history.replaceState(history.state, '', address);
    chosen();
  });
  return { list, label: element('label', { class: 'run-way', text: `${text} ` }, list) };
}
