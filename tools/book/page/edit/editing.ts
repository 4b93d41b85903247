/** What a reader changes in a page: edits, kept in his browser, compiled when they run, taken out as a notebook and in again. */
import { languageOfPage, once } from '../dom';
import { markOf } from '../marks';
import { CellEditor, type OtherVersion } from './cell-editor';
import { Kept, type KeptCell, keyOf, readKept } from './kept';
import { CompilerLink } from './link';
import { Work } from './menu';
import type { Answers, Edits, Prepared } from './messages';
import { exportNotebook, type Imported, importNotebook, type Refusal } from './notebook-file';
import { ProgressKeeper } from './progress';
import { say } from './say';
import { Tabs } from './tabs';

/** The page that is edited. */
export interface EditedPage {
  /** the folder of the pages' runtime, with `/` at its end */
  folder: string;
  notebook: string;
  /** its cells of code, in their order */
  cells: readonly { id: string; element: HTMLElement }[];
  run(id: string): void;
  /** a cell has another source than the one that has run */
  changed(id: string): void;
}

/** How long a reader rests before his code is checked. */
const restMilliseconds = 700;

/** The edits of a page. */
export class Editing {
  private readonly cells = new Map<string, CellEditor>();
  private readonly kept: Kept;
  private readonly compiler: CompilerLink;
  private readonly work: Work;
  readonly progress: ProgressKeeper;
  private checking: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly page: EditedPage) {
    const { folder, notebook } = page;
    const key = keyOf(new URL('..', folder).pathname, notebook);
    this.kept = new Kept(key, () => localStorage);
    this.progress = new ProgressKeeper(this.kept, page.cells.length, () => this.tellKept());
    const asked = new URLSearchParams({ notebook, language: languageOfPage() });
    this.compiler = new CompilerLink(`${folder}compile-worker.js?${asked}`);
    this.work = new Work({
      save: () => this.export(),
      load: (file) => void this.import(file),
      reset: () => this.resetAll(),
    });
    const load = once(() => import(`${folder}editor.js`));
    for (const { id, element } of page.cells) {
      const cell = new CellEditor(id, element, {
        load,
        run: (one) => page.run(one),
        changed: (one) => this.change(one),
        complete: (one, offset) => this.ask('complete', one, offset),
        inspect: (one, offset) => this.ask('inspect', one, offset),
      });
      this.cells.set(id, cell);
    }
    this.recall();
    this.tellKept();
    addEventListener('storage', ({ key: changed, newValue }) => {
      if (changed === key || changed === null) this.compare(readKept(newValue).cells);
    });
    addEventListener('beforeunload', (event) => {
      if (this.kept.unkept && this.anyEdited) event.preventDefault();
    });
    new Tabs(key, (others) => this.work.tellTabs(others > 0));
  }

  private get all(): CellEditor[] {
    return [...this.cells.values()];
  }

  private get anyEdited(): boolean {
    return this.all.some(({ edited }) => edited);
  }

  private get edits(): Edits {
    const edited = this.all.filter((cell) => cell.edited);
    return Object.fromEntries(edited.map(({ id, source }) => [id, source]));
  }

  /**
   * @param id - of a cell that is about to run
   * @returns how it runs; `undefined` where neither it nor a cell above it is edited: as it was built
   */
  prepare(id: string): Promise<Prepared> | undefined {
    const place = this.all.findIndex((cell) => cell.id === id);
    const touched = this.all.slice(0, place + 1).some(({ edited }) => edited);
    return touched ? this.ask('prepare', id) : undefined;
  }

  private ask<Type extends keyof Answers>(type: Type, cell: string, offset = 0): Promise<Answers[Type]> {
    return this.compiler.ask({ type, cell, offset, edits: this.edits });
  }

  /** The reader has changed a cell. */
  private change(cell: CellEditor): void {
    this.kept.change(({ cells }) => {
      if (cell.edited) cells[cell.id] = { source: cell.source, of: markOf(cell.built) };
      else delete cells[cell.id];
    });
    this.page.changed(cell.id);
    this.tellKept();
    clearTimeout(this.checking);
    this.checking = setTimeout(() => void this.check(cell), restMilliseconds);
  }

  private async check(cell: CellEditor): Promise<void> {
    if (!cell.isOpen) return;
    const { source } = cell;
    // What does not load says so when the cell runs.
    const faults = await this.ask('check', cell.id).catch(() => []);
    if (cell.source === source) cell.mark(faults);
  }

  private tellKept(): void {
    this.work.tellKept(this.kept.unkept, this.anyEdited);
  }

  /** Takes up what the reader had written when he was here last. */
  private recall(): void {
    const lost: [string, KeptCell][] = [];
    for (const [id, kept] of Object.entries(this.kept.now.cells)) {
      const cell = this.cells.get(id);
      if (!cell) lost.push([id, kept]);
      else if (kept.of === markOf(cell.built)) cell.set(kept.source);
      else this.showOlder(cell, kept.source);
    }
    for (const [id, { source }] of lost) {
      this.work.showLost(id, source, () => this.kept.change(({ cells }) => delete cells[id]));
    }
  }

  /** What was written into an earlier version of a cell. */
  private showOlder(cell: CellEditor, source: string): void {
    this.offer(cell, source, {
      sentence: say('This cell has changed since you edited it. What you had written:'),
      take: say('Use what I had written'),
      drop: say('Drop it'),
      onDrop: () => this.kept.change(({ cells }) => delete cells[cell.id]),
    });
  }

  private offer(cell: CellEditor, source: string, other: Omit<OtherVersion, 'source' | 'onTake'>): void {
    cell.show({ ...other, source, onTake: () => cell.set(source, true) });
  }

  /** Another tab has kept something. */
  private compare(kept: Readonly<Record<string, KeptCell>>): void {
    if (this.kept.unkept) return;
    for (const cell of this.all) {
      const { source, of } = kept[cell.id] ?? { source: cell.built, of: markOf(cell.built) };
      // What was written into an older version of the cell stands beside it already.
      if (of !== markOf(cell.built)) continue;
      if (source === cell.source) cell.hide();
      else
        this.offer(cell, source, {
          sentence: say('This cell has been changed in another tab:'),
          take: say('Take it over'),
          drop: say("Keep this tab's"),
          onDrop: () => this.change(cell),
        });
    }
  }

  private resetAll(): void {
    for (const cell of this.all) if (cell.edited) cell.set(cell.built, true);
  }

  private async export(): Promise<void> {
    const { folder, notebook } = this.page;
    try {
      const answer = await fetch(`${folder}cells/${notebook}.ipynb`);
      if (!answer.ok) throw new Error(String(answer.status));
      const edited = this.all.filter((cell) => cell.edited);
      const cells = edited.map(({ id, source, built }) => [id, { source, of: markOf(built) }]);
      const { progress } = this.kept.now;
      const text = exportNotebook(await answer.json(), notebook, Object.fromEntries(cells), progress);
      this.work.offerFile(`${notebook.replaceAll('/', '-')}.ipynb`, text);
      this.work.tell(
        say(
          'The notebook is saved with {count} edited cells. Put it into notebooks/ of the course to open it in JupyterLab.',
          {
            count: cells.length,
          },
        ),
      );
    } catch (error) {
      this.work.tell(say('The notebook cannot be saved: {why}.', { why: (error as Error).message }));
    }
  }

  private async import(file: Blob): Promise<void> {
    const found = importNotebook(await file.text(), [...this.cells.keys()]);
    if (typeof found === 'string') this.work.tell(refusals()[found]);
    else this.take(found);
  }

  private take({ cells, progress, strange }: Imported): void {
    let taken = 0;
    let beside = 0;
    for (const [id, { source, of }] of Object.entries(cells)) {
      const cell = this.cells.get(id);
      if (!cell || source === cell.source) continue;
      const isOlder = of !== undefined && of !== markOf(cell.built);
      // A cell that nobody changed in the file does not take back what was changed here.
      if (source === cell.built) continue;
      if (!cell.edited && !isOlder) {
        cell.set(source, true);
        taken++;
        continue;
      }
      beside++;
      this.offer(cell, source, {
        sentence: isOlder
          ? say('The imported notebook has an edit of another version of this cell:')
          : say('The imported notebook has another edit of this cell:'),
        take: say('Take it over'),
        drop: say("Keep this page's"),
        onDrop() {},
      });
    }
    if (progress) this.progress.merge(progress);
    const parts = [say('{count} cells were taken over from the notebook', { count: taken })];
    if (beside > 0)
      parts.push(say('{count} stand beside those of this page, for you to choose', { count: beside }));
    if (strange > 0) parts.push(say('{count} are not of this page, and were left out', { count: strange }));
    this.work.tell(say('{parts}.', { parts: parts.join(say('; ')) }));
  }
}

const refusals = (): Record<Refusal, string> => ({
  'no notebook': say('The file is not a notebook: nothing was taken over.'),
  'too old': say(
    'The notebook is of an older form, in which cells have no names: save it in a JupyterLab of today.',
  ),
  'another notebook': say('The notebook has none of the cells of this page: nothing was taken over.'),
});
