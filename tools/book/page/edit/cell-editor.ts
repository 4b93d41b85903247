/** A cell that a reader may edit: its buttons, its editor, and what is said under it. */
import { button, element } from '../dom';
import { say } from '../say';
import type { Editor, EditorOptions } from './editor';
import type { Fault } from './messages';

/** What editing a cell needs of the page. */
export interface CellActions {
  /** loads the editor */
  load(): Promise<{
    openEditor(place: HTMLElement, options: EditorOptions): Editor;
    coloured(source: string): Node[];
  }>;
  /** the reader has changed the cell, or has it as it was again */
  changed(cell: CellEditor): void;
  run(id: string): void;
  complete: (id: string, offset: number) => ReturnType<EditorOptions['complete']>;
  inspect: (id: string, offset: number) => ReturnType<EditorOptions['inspect']>;
}

/** Another version of a cell, and what the reader may do with it. */
export interface OtherVersion {
  sentence: string;
  source: string;
  take: string;
  drop: string;
  onTake(): void;
  onDrop(): void;
}

/** One cell of code. */
export class CellEditor {
  /** as it came with the page */
  readonly built: string;
  private own: string;
  private editor: Editor | undefined;
  private readonly code: HTMLElement;
  /** the code as it was coloured when the page was made */
  private readonly coloured: Node[];
  private readonly place = element('div', { class: 'edit-place' });
  private readonly foot = element('div', { class: 'edit-foot' });
  private readonly state = element('span', { role: 'status' });
  private readonly open: HTMLButtonElement;
  private readonly reset: HTMLButtonElement;
  private readonly close: HTMLButtonElement;
  private beside: HTMLElement | undefined;

  constructor(
    readonly id: string,
    readonly cell: HTMLElement,
    private readonly actions: CellActions,
  ) {
    this.code = cell.querySelector('.input_area pre') as HTMLElement;
    this.built = (this.code.textContent ?? '').replace(/\n$/, '');
    this.own = this.built;
    this.coloured = [...this.code.childNodes];
    this.open = button('✎', say('Edit this cell'), () => void this.edit());
    this.open.classList.add('edit-cell');
    cell.querySelector('.run-cell')?.after(this.open);
    this.reset = button(say('Reset cell'), say('Reset cell: put back the code that came with the page'), () =>
      this.set(this.built, true),
    );
    this.close = button(say('Close editor'), say('Close editor: the cell keeps what you have written'), () =>
      this.shut(),
    );
    this.foot.append(this.state, this.reset, this.close);
    this.code.after(this.place, this.foot);
    this.update();
  }

  /** As the reader has it now. */
  get source(): string {
    return this.own;
  }

  get edited(): boolean {
    return this.own !== this.built;
  }

  get isOpen(): boolean {
    return this.editor !== undefined;
  }

  /** Gives the cell another source; `tells` whether that is the reader's doing. */
  set(source: string, tells = false): void {
    if (this.editor && this.editor.source !== source) {
      this.own = source;
      this.editor.replace(source);
    }
    this.own = source;
    this.update();
    if (tells) this.actions.changed(this);
  }

  /** Opens the editor. */
  async edit(): Promise<void> {
    if (this.editor) return this.editor.focus();
    const fold = this.cell.querySelector<HTMLDetailsElement>('details:not([open])');
    if (fold?.contains(this.code)) fold.open = true;
    this.open.disabled = true;
    this.tell(say('The editor is loading.'));
    try {
      const { openEditor } = await this.actions.load();
      this.editor = openEditor(this.place, {
        source: this.own,
        label: say('Code of the cell {id}', { id: this.id }),
        changed: (source) => this.typed(source),
        run: () => this.actions.run(this.id),
        complete: (offset) => this.actions.complete(this.id, offset),
        inspect: (offset) => this.actions.inspect(this.id, offset),
      });
      this.update();
      this.editor.focus();
    } catch (error) {
      this.update();
      this.tell(say('The editor cannot be loaded: {why}. Try again.', { why: (error as Error).message }));
    }
    this.open.disabled = false;
  }

  /** Marks what the compiler complains of. */
  mark(faults: readonly Fault[]): void {
    this.editor?.mark(
      faults
        .filter(({ fileName }) => fileName === undefined)
        .map(({ start, end, messageText }) => ({ from: start.offset, to: end.offset, message: messageText })),
    );
  }

  tell(sentence: string): void {
    this.state.textContent = sentence;
    this.foot.hidden = false;
  }

  /** Shows another version of the cell under it, with a choice. */
  show({ sentence, source, take, drop, onTake, onDrop }: OtherVersion): void {
    this.beside?.remove();
    const choose = (act: () => void) => () => {
      this.beside?.remove();
      this.beside = undefined;
      act();
      this.open.focus();
    };
    this.beside = element(
      'div',
      { class: 'edit-beside', role: 'group', 'aria-label': sentence },
      element('p', { text: sentence, role: 'status' }),
      element('pre', { text: source, tabindex: '0' }),
      button(take, take, choose(onTake)),
      button(drop, drop, choose(onDrop)),
    );
    this.foot.after(this.beside);
  }

  /** The other version is none any more. */
  hide(): void {
    this.beside?.remove();
    this.beside = undefined;
  }

  private typed(source: string): void {
    if (source === this.own) return;
    this.own = source;
    this.update();
    this.actions.changed(this);
  }

  private shut(): void {
    this.editor?.close();
    this.editor = undefined;
    this.update();
    this.open.focus();
  }

  /** What the reader has written has no colours from the build; without a network it stays plain. */
  private async colour(): Promise<void> {
    const source = this.own;
    const editor = await this.actions.load().catch(() => undefined);
    if (!editor || this.isOpen || !this.edited || this.own !== source) return;
    this.code.replaceChildren(...editor.coloured(source));
  }

  private update(): void {
    if (!this.edited) this.code.replaceChildren(...this.coloured);
    else {
      this.code.textContent = this.own;
      if (!this.isOpen) void this.colour();
    }
    this.code.hidden = this.isOpen;
    this.cell.toggleAttribute('data-edited', this.edited);
    this.reset.hidden = !this.edited;
    this.close.hidden = !this.isOpen;
    this.foot.hidden = !this.edited && !this.isOpen;
    this.state.textContent = this.edited ? say('Edited by you.') : '';
  }
}
