/** A page of the book that runs: buttons on its cells, and the worker behind them. */
import { claimMimeType } from '../../../lib/page';
import type { Bundle, News, Order } from './messages';
import { drawOrSay, type Libraries, OutputArea, withoutColours } from './outputs';

/** How long a worker may take to hear an interrupt, and to obey it, before it is ended. */
const hearMilliseconds = 1300;
const obeyMilliseconds = 12_000;

interface PageCell {
  id: string;
  element: HTMLElement;
  button: HTMLButtonElement;
  state: 'waiting' | 'running' | 'done' | 'failed' | undefined;
  area?: OutputArea;
  /** what came of its claims */
  claims: { met: boolean; applies?: boolean }[];
}

const script = document.currentScript as HTMLScriptElement;
const notebook = script.dataset.notebook ?? '';
const folder = new URL('.', script.src).href;

/** Once, when it is first needed. */
function once<Result>(make: () => Result): () => Result {
  let made: { result: Result } | undefined;
  return () => {
    made ??= { result: make() };
    return made.result;
  };
}

const libraries: Libraries = {
  plotly: once(async () => {
    await loadScript(`${folder}plotly.js`);
    return (window as unknown as { Plotly: Awaited<ReturnType<Libraries['plotly']>> }).Plotly;
  }),
  katex: once(async () => (await import(`${folder}katex.js`)).default),
};

function loadScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = address;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`Cannot load ${address}`));
    document.head.append(element);
  });
}

/** The page's cells, its bar, and the worker that runs them. */
class NotebookPage {
  private readonly cells = new Map<string, PageCell>();
  private readonly status = document.createElement('span');
  private readonly stop = button('■ Stop', 'Stop what runs', () => this.interrupt());
  /** outputs by the names under which they are replaced */
  private named = new Map<string, { place: HTMLElement; bundle?: Bundle }>();
  private worker: Worker | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private framePending = false;
  private begun = 0;

  constructor() {
    for (const element of document.querySelectorAll<HTMLElement>('.code_cell[id^="cell-id="]'))
      this.addCell(element);
    const bar = document.createElement('div');
    bar.className = 'run-bar';
    this.status.setAttribute('role', 'status');
    this.status.textContent = 'This notebook runs in your browser.';
    this.stop.disabled = true;
    const all = button('▶ Run all', 'Run all cells of this notebook', () => this.runAll());
    bar.append(all, this.stop, this.status);
    document.querySelector('main')?.before(bar);
  }

  private addCell(element: HTMLElement): void {
    const id = element.id.slice('cell-id='.length);
    const run = button('▶', 'Run this cell, and those above it that have not run', () => this.runTo(id));
    run.classList.add('run-cell');
    this.cells.set(id, { id, element, button: run, state: undefined, claims: [] });
    element.prepend(run);
  }

  private runAll(): void {
    // A notebook that is run from top to bottom begins with nothing.
    this.endWorker();
    for (const cell of this.cells.values()) this.order(cell);
  }

  private runTo(id: string): void {
    for (const cell of this.cells.values()) {
      if (cell.id === id || cell.state === undefined) this.order(cell);
      if (cell.id === id) break;
    }
  }

  private order(cell: PageCell): void {
    if (cell.state === 'waiting' || cell.state === 'running') return;
    this.worker ??= this.startWorker();
    this.setState(cell, 'waiting');
    this.stop.disabled = false;
    this.next();
  }

  /** Sends the first cell that waits, unless one runs. */
  private next(): void {
    const all = [...this.cells.values()];
    if (all.some(({ state }) => state === 'running')) return;
    const cell = all.find(({ state }) => state === 'waiting');
    if (!cell) {
      this.rest();
      return;
    }
    this.setState(cell, 'running');
    cell.claims = [];
    cell.area ??= new OutputArea(placeOfOutputs(cell.element), libraries);
    cell.area.clear(true);
    this.tell();
    this.send({ type: 'run', cell: cell.id });
  }

  private startWorker(): Worker {
    this.begun = performance.now();
    void libraries.plotly().catch((error) => this.say(String(error)));
    const worker = new Worker(`${folder}worker.js?notebook=${encodeURIComponent(notebook)}`, {
      type: 'module',
    });
    worker.onmessage = ({ data }: MessageEvent<News>) => this.hear(data);
    worker.onerror = (event) => {
      this.endWorker();
      this.say(`The cells cannot run here: ${event.message || 'the worker does not load'}.`);
    };
    return worker;
  }

  private send(order: Order): void {
    this.worker?.postMessage(order);
  }

  private hear(news: News): void {
    if (news.type === 'heard') this.expectEnd(obeyMilliseconds);
    const cell = 'cell' in news ? this.cells.get(news.cell) : undefined;
    if (!cell) return;
    if (news.type === 'stream') cell.area?.print(news.name, news.text);
    else if (news.type === 'clear') cell.area?.clear(news.wait);
    else if (news.type === 'show') this.show(cell, news);
    else if (news.type === 'done') this.finish(cell, news);
  }

  private show(cell: PageCell, { bundle, id, update }: News & { type: 'show' }): void {
    const claim = bundle[claimMimeType] as PageCell['claims'][number] | undefined;
    if (claim) cell.claims.push(claim);
    const known = id === undefined ? undefined : this.named.get(id);
    if (update && known) {
      known.bundle = bundle;
      if (!this.framePending) requestAnimationFrame(() => this.drawNewest());
      this.framePending = true;
    } else {
      const place = cell.area?.show(bundle);
      if (place && id !== undefined) this.named.set(id, { place });
    }
  }

  /** Of an output that changes faster than the screen, only the newest is drawn. */
  private drawNewest(): void {
    this.framePending = false;
    for (const output of this.named.values()) {
      if (output.bundle) void drawOrSay(output.place, output.bundle, libraries);
      output.bundle = undefined;
    }
  }

  private finish(cell: PageCell, { failed, error }: News & { type: 'done' }): void {
    clearTimeout(this.timer);
    if (error) cell.area?.print('error', `${error.map(withoutColours).join('\n')}\n`);
    cell.area?.end();
    this.setState(cell, failed ? 'failed' : 'done');
    if (failed) this.dropWaiting();
    this.next();
  }

  private dropWaiting(): void {
    for (const cell of this.cells.values()) if (cell.state === 'waiting') this.setState(cell, undefined);
  }

  private interrupt(): void {
    this.dropWaiting();
    this.send({ type: 'interrupt' });
    this.expectEnd(hearMilliseconds);
  }

  /** Ends the worker unless its cell ends in time. */
  private expectEnd(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.endWorker();
      this.say(
        'The cell did not stop, so its worker was ended: what the cells had computed is lost. Run them again.',
      );
    }, milliseconds);
  }

  private endWorker(): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = undefined;
    this.named = new Map();
    for (const cell of this.cells.values()) {
      this.setState(cell, undefined);
      cell.claims = [];
    }
    this.rest();
  }

  private setState(cell: PageCell, state: PageCell['state']): void {
    cell.state = state;
    cell.element.dataset.run = state ?? '';
  }

  private rest(): void {
    this.stop.disabled = true;
    this.tell();
  }

  /** Says how far the notebook is, and what came of its claims. */
  private tell(): void {
    const all = [...this.cells.values()];
    const count = (state: PageCell['state']) => all.filter((cell) => cell.state === state).length;
    const claims = all.flatMap((cell) => cell.claims).filter(({ applies }) => applies !== false);
    const met = claims.filter((claim) => claim.met).length;
    const ended = count('done') + count('failed');
    const running = count('running') > 0;
    const failed = count('failed');
    const parts = [`${ended} of ${all.length} cells have run`];
    if (failed > 0) parts.push(`${failed} with an error`);
    if (claims.length > 0) parts.push(`${met} of ${claims.length} claims hold in your browser`);
    if (!running) parts.push(`${((performance.now() - this.begun) / 1000).toFixed(1)} s`);
    this.say(`${parts.join(' · ')}.`);
    document.documentElement.dataset.run = running ? 'running' : 'idle';
  }

  private say(sentence: string): void {
    this.status.textContent = sentence;
  }
}

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.title = label;
  element.setAttribute('aria-label', label);
  element.addEventListener('click', press);
  return element;
}

/** Where a cell's outputs stand: those that are stored give way to those of the run. */
function placeOfOutputs(cell: HTMLElement): HTMLElement {
  let place = cell.querySelector<HTMLElement>('.output');
  if (!place) {
    place = document.createElement('div');
    place.className = 'output';
    cell.append(place);
  }
  return place;
}

if (location.protocol === 'file:') {
  const note = document.createElement('p');
  note.className = 'run-bar';
  note.textContent = 'The cells run where a server shows this page: npm run book -- --serve';
  document.querySelector('main')?.before(note);
} else {
  new NotebookPage();
}
