/** A page of the book that runs: its cells, the bar above them, and what the worker tells. */
import { claimMimeType, exerciseMimeType, noteMimeType } from '../../../lib/page';
import { askedBackend, asksForFew, Bar } from './bar';
import { Editing } from './edit/editing';
import { cellThatEndedIt, remember } from './ended';
import type { PageFacts } from './facts';
import { KnobPanel } from './knobs';
import type { Libraries } from './libraries';
import { WorkerLink } from './link';
import type { News } from './messages';
import { NamedOutputs } from './named-outputs';
import { withoutColours } from './outputs';
import { PageCell, type PageClaim } from './page-cell';
import { say } from './say';
import { summary } from './summary';
import { Widgets } from './widgets';

/** The page's cells, its bar, and the worker that runs them. */
export class NotebookPage {
  private readonly cells = new Map<string, PageCell>();
  private readonly bar: Bar;
  private readonly link: WorkerLink;
  private readonly knobs: KnobPanel | undefined;
  private readonly widgets: Widgets;
  private named: NamedOutputs;
  private restsOn: Record<string, string[]> = {};
  private measureAgain = false;
  private begun = 0;
  private readonly editing: Editing | undefined;
  /** the cell that the compiler prepares before it runs */
  private preparing: PageCell | undefined;

  /**
   * @param worker - the address of its script, with the notebook that it runs
   * @param libraries - what draws
   * @param facts - what the build knows of the notebook
   * @param edits - what makes the cells editable: the folder of the runtime, and the notebook's name
   */
  constructor(
    worker: string,
    libraries: Libraries,
    facts: PageFacts,
    edits?: { folder: string; notebook: string },
  ) {
    this.widgets = new Widgets((id, data) => this.link.send({ type: 'comm', id, data }));
    const drawing = { ...libraries, control: (id: string) => this.widgets.draw(id) };
    this.named = new NamedOutputs(drawing);
    for (const element of document.querySelectorAll<HTMLElement>('.code_cell[id^="cell-id="]')) {
      const cell = new PageCell(element, drawing, (id) => this.runTo(id));
      this.cells.set(cell.id, cell);
    }
    const elements = [...this.cells.values()].map(({ element }) => element);
    this.bar = new Bar(
      {
        runAll: () => this.runAll(false),
        measureAgain: () => this.runAll(true),
        stop: () => this.interrupt(),
        choose: (what) => this.choose(what),
      },
      facts,
      new URL('.', worker).href,
    );
    this.link = new WorkerLink(worker, {
      hear: (news) => this.hear(news),
      lost: (why, detail) => this.lose(why, detail),
    });
    this.knobs = KnobPanel.under(elements, () => this.turn());
    addEventListener('pagehide', () => remember(undefined));
    if (edits) {
      this.editing = new Editing({
        ...edits,
        cells: this.all,
        run: (id) => this.runTo(id),
        changed: (id) => this.change(id),
      });
      this.knobs?.update();
      const before = this.editing.progress.sentence;
      if (before) this.bar.say(say('This notebook runs in your browser. Before: {before}.', { before }));
    }
    const last = cellThatEndedIt();
    if (last !== undefined)
      this.bar.say(
        say(
          "The browser ended this page while the cell '{cell}' ran, perhaps for want of memory: what the cells had computed is lost.",
          { cell: last },
        ),
      );
  }

  private get all(): PageCell[] {
    return [...this.cells.values()];
  }

  private runAll(measureAgain: boolean): void {
    // A notebook that is run from top to bottom begins with nothing.
    this.end();
    this.measureAgain = measureAgain;
    for (const cell of this.all) this.order(cell);
  }

  private runTo(id: string): void {
    for (const cell of this.all) {
      if (cell.id === id || cell.state === undefined) this.order(cell);
      if (cell.id === id) break;
    }
  }

  private order(cell: PageCell): void {
    if (cell.state === 'waiting' || cell.state === 'running') return;
    if (!this.link.alive) this.begin();
    cell.become('waiting');
    this.bar.busy(true);
    this.next();
  }

  private begin(): void {
    this.begun = performance.now();
    const knobs = this.knobs?.settings ?? {};
    const { measureAgain } = this;
    this.link.begin({ knobs, measureAgain, backend: askedBackend(), fewDigits: asksForFew() });
  }

  /** Sends the first cell that waits, unless one runs. */
  private next(): void {
    if (this.all.some(({ state }) => state === 'running')) return;
    const cell = this.all.find(({ state }) => state === 'waiting');
    if (!cell) {
      this.bar.busy(false);
      this.bar.time.end();
      this.tell();
      return;
    }
    cell.begin();
    this.bar.time.begin();
    remember(cell.id);
    this.tell();
    void this.send(cell);
  }

  /** Has a cell run: at once, or when the compiler has seen what the reader has changed. */
  private async send(cell: PageCell): Promise<void> {
    const preparation = this.editing?.prepare(cell.id);
    if (!preparation) return this.link.send({ type: 'run', cell: cell.id });
    this.preparing = cell;
    this.bar.say(say('The compiler reads what you have changed.'));
    const given = await preparation.then(
      (prepared) => ({ prepared }),
      (error: Error) => ({ error }),
    );
    // It may have been stopped meanwhile, or all may run anew.
    if (this.preparing !== cell) return;
    this.preparing = undefined;
    if ('error' in given) {
      this.finish(cell, { type: 'done', cell: cell.id, failed: true, error: [given.error.message] });
      return;
    }
    this.tell();
    if (given.prepared.edited) this.restsOn[cell.id] = given.prepared.edited.restsOn;
    this.link.send({ type: 'run', cell: cell.id, prepared: given.prepared });
  }

  /** The reader has changed a cell: what it has shown is of the code before. */
  private change(id: string): void {
    const cell = this.cells.get(id);
    if (cell?.state === 'done' || cell?.state === 'failed') cell.become(undefined);
    this.knobs?.update();
  }

  private hear(news: News): void {
    if (news.type === 'ready') this.restsOn = news.restsOn;
    else if (news.type === 'backend') this.bar.backend(news.name, news.reason);
    else if (news.type === 'card') this.loseCard(news.lost);
    else if (news.type === 'loading') this.bar.loading(news);
    else if (news.type === 'training') this.bar.time.tell(news.stands);
    else if (news.type === 'answered') this.widgets.answered(news.id);
    else if (news.type === 'comm') this.hearComm(news);
    const cell = 'cell' in news ? this.cells.get(news.cell) : undefined;
    if (!cell) return;
    if (news.type === 'stream') cell.area.print(news.name, news.text);
    else if (news.type === 'clear') cell.area.clear(news.wait);
    else if (news.type === 'show') this.show(cell, news);
    else if (news.type === 'done') this.finish(cell, news);
  }

  private hearComm({ action, id, data }: News & { type: 'comm' }): void {
    if (action === 'open') this.widgets.open(id, data);
    else if (action === 'message') this.widgets.message(id, data);
    else this.widgets.close(id);
  }

  private show(cell: PageCell, { bundle, id, update }: News & { type: 'show' }): void {
    const { [claimMimeType]: claim, [exerciseMimeType]: exercise, [noteMimeType]: note } = bundle;
    if (claim) cell.claims.push(claim as PageClaim);
    if (exercise) {
      const { id: name, status } = exercise as { id: string; status: string };
      cell.exercises.set(name, status === 'solved');
    }
    const { stored } = (note ?? {}) as { stored?: string };
    if (stored) cell.stored.add(stored);
    if (update && id !== undefined && this.named.replace(id, bundle)) return;
    const place = cell.area.show(bundle);
    if (id !== undefined) this.named.add(id, place);
  }

  private finish(cell: PageCell, { failed, error }: News & { type: 'done' }): void {
    if (error) cell.area.print('error', `${error.map(withoutColours).join('\n')}\n`);
    cell.area.end();
    remember(undefined);
    cell.become(failed ? 'failed' : 'done');
    if (!failed) this.editing?.progress.add(cell);
    if (failed) this.dropWaiting();
    this.next();
  }

  private dropWaiting(): void {
    for (const cell of this.all) if (cell.state === 'waiting') cell.become(undefined);
  }

  private interrupt(): void {
    this.dropWaiting();
    const { preparing } = this;
    if (preparing) {
      // Nothing of it has run.
      this.preparing = undefined;
      preparing.become(undefined);
      this.next();
    } else this.link.interrupt();
  }

  /** The reader has turned a knob: what the cells have computed is of the old value. */
  private turn(): void {
    const had = this.link.alive;
    this.end();
    this.bar.say(had ? say('A knob is turned: run the cells again.') : say('A knob is turned.'));
  }

  /** What has computed until now was chosen before. */
  private choose(what: 'way' | 'digits'): void {
    if (!this.link.alive) return;
    this.end();
    this.bar.say(
      what === 'way'
        ? say('Another way to compute is chosen: run the cells again.')
        : say('Other digits are chosen: run the cells again.'),
    );
  }

  /** What was computed there is gone with it. */
  private loseCard(sentence: string): void {
    this.end();
    this.bar.takeFastest();
    this.bar.say(sentence);
  }

  private lose(why: 'load' | 'stop', detail: string): void {
    this.end();
    this.bar.say(
      why === 'load'
        ? say('The cells cannot run here: {why}.', { why: detail })
        : say(
            'The cell did not stop, so its worker was ended: what the cells had computed is lost. Run them again.',
          ),
    );
  }

  private end(): void {
    this.preparing = undefined;
    this.bar.time.end();
    this.link.end();
    remember(undefined);
    this.widgets.closeAll();
    this.named.forget();
    this.measureAgain = false;
    for (const cell of this.all) {
      cell.become(undefined);
      cell.forget();
    }
    this.bar.busy(false);
    this.tell();
  }

  /** Says how far the notebook is, and what came of its claims. */
  private tell(): void {
    const running = this.all.some(({ state }) => state === 'running');
    const seconds = running ? undefined : (performance.now() - this.begun) / 1000;
    this.bar.say(summary(this.all, (id) => this.restsOn[id] ?? [], seconds));
    this.bar.offerMeasuring(!running && this.all.some(({ stored }) => stored.size > 0));
    document.documentElement.dataset.run = running ? 'running' : 'idle';
  }
}
