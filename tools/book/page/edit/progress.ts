/** How far a reader is in a notebook: which cells have run, which exercises are solved, which claims held. */
import type { Kept, Progress } from './kept';
import { say } from './say';

/** What has come of a cell that ran. */
export interface CellOutcome {
  id: string;
  claims: readonly { met: boolean; applies?: boolean }[];
  /** by the exercise's name, whether it is solved */
  exercises: ReadonlyMap<string, boolean>;
}

/** Keeps it. */
export class ProgressKeeper {
  constructor(
    private readonly kept: Kept,
    private readonly cells: number,
    private readonly changed: () => void,
  ) {}

  private get now(): Progress {
    return this.kept.now.progress ?? { ran: [], cells: this.cells, exercises: {}, claims: {} };
  }

  /** A cell has come to its end. */
  add({ id, claims, exercises }: CellOutcome): void {
    const valid = claims.filter(({ applies }) => applies !== false);
    const now = this.now;
    const next: Progress = {
      ran: [...new Set([...now.ran, id])],
      cells: this.cells,
      exercises: { ...now.exercises },
      claims: { ...now.claims },
    };
    // A reader who plays with a solved exercise has still solved it.
    for (const [name, solved] of exercises) next.exercises[name] = solved || (now.exercises[name] ?? false);
    if (valid.length > 0) next.claims[id] = [valid.filter(({ met }) => met).length, valid.length];
    this.keep(next);
  }

  /** What another browser has kept, or this one before. */
  merge(other: Progress): void {
    const now = this.now;
    const exercises = { ...other.exercises, ...now.exercises };
    for (const [name, solved] of Object.entries(other.exercises)) exercises[name] ||= solved;
    this.keep({
      ran: [...new Set([...other.ran, ...now.ran])],
      cells: this.cells,
      exercises,
      claims: { ...other.claims, ...now.claims },
    });
  }

  private keep(progress: Progress): void {
    this.kept.change((kept) => {
      kept.progress = progress;
    });
    this.changed();
  }

  /** @returns how far the reader was, in a sentence; nothing where he has not begun */
  get sentence(): string {
    const { progress } = this.kept.now;
    return progress ? sentenceOf(progress) : '';
  }
}

/** How far a reader is, in a sentence. */
export function sentenceOf({ ran, cells, exercises, claims }: Progress): string {
  const solved = Object.values(exercises);
  const counts = Object.values(claims);
  const sum = (place: 0 | 1) => counts.reduce((total, count) => total + count[place], 0);
  const parts = [say('{count} of {of} cells have run', { count: Math.min(ran.length, cells), of: cells })];
  if (counts.length > 0) parts.push(say('{count} of {of} claims held', { count: sum(0), of: sum(1) }));
  if (solved.length > 0)
    parts.push(
      say('{count} of {of} exercises solved', { count: solved.filter(Boolean).length, of: solved.length }),
    );
  return say('{parts}.', { parts: parts.join(' · ') });
}
