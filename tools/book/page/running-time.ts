/** How long the running cell has run, and how far its training is. */
import { element } from './dom';
import { say } from './say';
import { type TrainingNews, timeInWords, trainingInWords } from './training-news';

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

  /** @param news - where its training stands; `undefined`: that has ended */
  tell(news: TrainingNews | undefined): void {
    // A control may train when no cell runs.
    if (this.timer === undefined) return;
    this.training = news;
    this.draw();
  }

  /** No cell runs. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
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
