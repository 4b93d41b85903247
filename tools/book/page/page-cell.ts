/** A cell of code on the page. */
import { button } from './dom';
import { type Drawing, OutputArea } from './outputs';
import { say } from './say';

/** What came of a claim. */
export interface PageClaim {
  met: boolean;
  applies?: boolean;
}

/** A cell, what it shows, and how far it is. */
export class PageCell {
  state: 'waiting' | 'running' | 'done' | 'failed' | undefined;
  claims: PageClaim[] = [];
  /** whether its exercises are solved, by their names */
  exercises = new Map<string, boolean>();
  /** the experiments whose stored results it has read */
  stored = new Set<string>();
  readonly id: string;
  private shown: OutputArea | undefined;

  /** @param run - what its button does */
  constructor(
    readonly element: HTMLElement,
    private readonly drawing: Drawing,
    run: (id: string) => void,
  ) {
    this.id = element.id.slice('cell-id='.length);
    const press = button('▶', say('Run this cell, and those above it that have not run'), () => run(this.id));
    press.classList.add('run-cell');
    element.prepend(press);
  }

  /** Where its outputs stand: those that are stored give way to those of the run. */
  get area(): OutputArea {
    this.shown ??= new OutputArea(placeOfOutputs(this.element), this.drawing);
    return this.shown;
  }

  become(state: PageCell['state']): void {
    this.state = state;
    this.element.dataset.run = state ?? '';
  }

  /** It begins to run. */
  begin(): void {
    this.become('running');
    this.forget();
    this.area.clear(true);
  }

  /** What its last run has told. */
  forget(): void {
    this.claims = [];
    this.exercises.clear();
    this.stored.clear();
  }
}

function placeOfOutputs(cell: HTMLElement): HTMLElement {
  const known = cell.querySelector<HTMLElement>('.output');
  if (known) return known;
  const place = document.createElement('div');
  place.className = 'output';
  cell.append(place);
  return place;
}
