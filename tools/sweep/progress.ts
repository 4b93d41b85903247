/** A sweep seen while it runs: a line for each trial, with the time that is left. */
import type { Trial } from './plan';
import type { Outcome } from './run-trial';
import { writeSetting } from './space';

/** Tells of a sweep under way. */
export class Progress {
  private done = 0;
  private readonly began = performance.now();

  /**
   * @param total - trials to be made
   * @param measure - the figure that each line shows
   * @param say - takes a line
   */
  constructor(
    private readonly total: number,
    private readonly measure: string | undefined,
    private readonly say: (line: string) => void = console.log,
  ) {}

  tell({ setting, seed }: Trial, outcome: Outcome): void {
    this.done++;
    const { status, seconds, earlier, message } = outcome;
    const sign = status === 'done' ? '✓' : status === 'diverged' || status === 'stopped' ? '○' : '✗';
    const what = [writeSetting(setting), seed === undefined ? '' : `seed=${seed}`].filter(Boolean).join(' ');
    const tries = earlier.length > 0 ? `, attempt ${earlier.length + 1}` : '';
    const took = seconds > 0 ? `, ${seconds.toFixed(1)} s` : '';
    this.say(
      `${sign} ${this.done} of ${this.total}  ${what}: ${this.resultOf(outcome)}${took}${tries}${this.left()}`,
    );
    if (status !== 'done' && message) this.say(`    ${message}`);
    for (const { ended, message: why } of earlier) this.say(`    before: ${ended}. ${why ?? ''}`.trimEnd());
  }

  private resultOf({ status, figures }: Outcome): string {
    const value = this.measure === undefined ? undefined : figures?.[this.measure];
    return status === 'done' && typeof value === 'number' ? `${this.measure} ${value.toFixed(4)}` : status;
  }

  /** From how fast trials have come so far: those under way count as not begun. */
  private left(): string {
    const remaining = this.total - this.done;
    if (remaining === 0) return '';
    const seconds = ((performance.now() - this.began) / 1000 / this.done) * remaining;
    return `; about ${writeTime(seconds)} left`;
  }
}

/** @returns a time in the unit that suits it */
export function writeTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
