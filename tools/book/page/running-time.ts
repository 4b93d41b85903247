/** How long the running cell has run, and how far its training is. */
import { element } from './dom';
import { say } from './say';
import type { TrainingNews } from './training-news';

/** So many seconds a cell runs before anything is said. */
const patience = 3;

/** A line in the bar that changes each second, so nobody is told each change. */
export class RunningTime {
  readonly element = element('span', { class: 'run-time' });
  private timer: ReturnType<typeof setInterval> | undefined;
  private begun = 0;
  private training: TrainingNews | undefined;

  /** A cell begins. */
  begin(): void {
    this.end();
    this.begun = performance.now();
    this.timer = setInterval(() => this.draw(), 1000);
  }

  tell(news: TrainingNews): void {
    this.training = news;
    this.draw();
  }

  /** No cell runs. */
  end(): void {
    clearInterval(this.timer);
    this.training = undefined;
    this.element.textContent = '';
  }

  private draw(): void {
    const seconds = (performance.now() - this.begun) / 1000;
    const time = say('This cell has run for {time}.', { time: timeInWords(seconds) });
    const parts = this.training ? [time, trainingInWords(this.training)] : [time];
    this.element.textContent = seconds < patience ? '' : parts.join(' ');
  }
}

/** @returns where a training stands, in a sentence */
export function trainingInWords({ step, steps, left }: TrainingNews): string {
  const values = { step: step.toLocaleString('en'), steps: steps.toLocaleString('en') };
  if (left === undefined) return say('Step {step} of {steps}.', values);
  return say('Step {step} of {steps}, about {left} to go.', { ...values, left: timeInWords(left) });
}

function timeInWords(seconds: number): string {
  if (seconds < 90) return say('{count} s', { count: Math.round(seconds) });
  return say('{count} min', { count: Math.round(seconds / 60) });
}
