/** Outputs that code replaces in place, by their names. */
import type { Bundle } from './messages';
import { type Drawing, drawOrSay } from './outputs';

/** Where they stand. */
export class NamedOutputs {
  private places = new Map<string, { place: HTMLElement; newest?: Bundle }>();
  private framePending = false;

  constructor(private readonly drawing: Drawing) {}

  add(name: string, place: HTMLElement): void {
    this.places.set(name, { place });
  }

  /** @returns whether there is an output of that name */
  replace(name: string, bundle: Bundle): boolean {
    const known = this.places.get(name);
    if (!known) return false;
    known.newest = bundle;
    if (!this.framePending) requestAnimationFrame(() => this.drawNewest());
    this.framePending = true;
    return true;
  }

  forget(): void {
    this.places.clear();
  }

  /** Of an output that changes faster than the screen, only the newest is drawn. */
  private drawNewest(): void {
    this.framePending = false;
    for (const output of this.places.values()) {
      if (output.newest) void drawOrSay(output.place, output.newest, this.drawing);
      output.newest = undefined;
    }
  }
}
