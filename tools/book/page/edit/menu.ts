/** What the page offers for the reader's own work: saving and loading it, and what is said about it. */
import { button, element } from '../dom';
import { say } from '../say';
import type { Unkept } from './kept';

/** What its buttons do. */
export interface WorkActions {
  save(): void;
  load(file: Blob): void;
  reset(): void;
}

/** Unfolds in the bar above the cells. */
export class Work {
  private readonly where = element('p');
  private readonly told = element('p', { role: 'status', class: 'edit-told' });
  private readonly tabs = element('p', { role: 'status', class: 'edit-warning' });
  private readonly unkept = element('p', { role: 'status', class: 'edit-warning' });
  private readonly lost = element('div');
  private readonly reset: HTMLButtonElement;
  private readonly fold: HTMLDetailsElement;

  constructor(actions: WorkActions) {
    const file = element('input', { type: 'file', accept: '.ipynb,application/json', hidden: '' });
    file.addEventListener('change', () => {
      const [chosen] = file.files ?? [];
      if (chosen) actions.load(chosen);
      // The same file may be chosen again.
      file.value = '';
    });
    this.reset = button(
      say('Reset all cells'),
      say('Reset all cells: put back the code of those that you have edited'),
      () => {
        if (confirm(say('Put back the code of all cells that you have edited?'))) actions.reset();
      },
    );
    this.fold = element(
      'details',
      { class: 'edit-work' },
      element('summary', { text: say('My work') }),
      element(
        'div',
        {},
        this.where,
        button(
          say('Save as a notebook'),
          say('Save as a notebook: with your edits, as a file for JupyterLab'),
          actions.save,
        ),
        button(
          say('Load a notebook'),
          say('Load a notebook: take over edits from one that was saved here or in JupyterLab'),
          () => file.click(),
        ),
        this.reset,
        file,
      ),
    );
    const bar = document.querySelector('.run-bar');
    bar?.append(this.fold);
    bar?.after(element('div', { class: 'edit-notes' }, this.told, this.unkept, this.tabs, this.lost));
    this.tabs.hidden = true;
    this.told.hidden = true;
  }

  /** Says where the work is kept. */
  tellKept(unkept: Unkept | undefined, edited: boolean): void {
    this.reset.hidden = !edited;
    this.where.textContent = say(
      'What you write and how far you are is kept in this browser, for this page; in a private window until that is closed.',
    );
    this.where.hidden = unkept !== undefined;
    this.unkept.hidden = unkept === undefined || !edited;
    if (unkept)
      this.unkept.textContent =
        unkept === 'full'
          ? say(
              "Your work is not kept: the browser's storage is full. Save it as a notebook before you close this page.",
            )
          : say(
              'Your work is not kept: this browser does not let the page. Save it as a notebook before you close this page.',
            );
  }

  tellTabs(others: boolean): void {
    this.tabs.hidden = !others;
    this.tabs.textContent = others
      ? say(
          'This notebook is also open in another tab. What is changed there is shown here, beside the cell.',
        )
      : '';
  }

  tell(sentence: string): void {
    this.fold.open = false;
    this.told.hidden = false;
    this.told.textContent = sentence;
  }

  /** An edit of a cell that the page no longer has. */
  showLost(id: string, source: string, drop: () => void): void {
    const sentence = say('What you had written into the cell {id}, which this notebook no longer has:', {
      id,
    });
    const box = element(
      'div',
      { class: 'edit-beside', role: 'group', 'aria-label': sentence },
      element('p', { text: sentence }),
      element('pre', { text: source, tabindex: '0' }),
      button(say('Drop it'), say('Drop it'), () => {
        drop();
        box.remove();
      }),
    );
    this.lost.append(box);
  }

  /** Gives the reader a file. */
  offerFile(name: string, text: string): void {
    const address = URL.createObjectURL(new Blob([text], { type: 'application/x-ipynb+json' }));
    const link = element('a', { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}
