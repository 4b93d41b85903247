/** How far the training of a GPT is, told to the page: it may take minutes, and the cell shows only what it measures. */

import { inThousands } from './numbers';
import { say } from './say';

/** Where a training stands. */
export interface TrainingNews {
  /** updates made, and to be made */
  step: number;
  steps: number;
  /** seconds to go, at the pace until now; absent before there is one */
  left?: number;
}

interface Progress {
  step: number;
  steps: number;
  seconds: number;
}
interface Options {
  onStep?(progress: Progress): unknown;
}
type TrainGpt = (model: unknown, data: unknown, options?: Options) => Promise<unknown>;

/** So many seconds pass between two messages, and before the pace is told. */
const patience = { message: 1, pace: 3 };

/**
 * @param module - what cells import as `id`
 * @param tell - tells the page; nothing, when a training has ended
 * @returns the module; of `./lib/gpt` with a training that tells how far it is
 */
export function withTrainingNews(id: string, module: object, tell: (news?: TrainingNews) => void): object {
  if (id !== './lib/gpt') return module;
  const { trainGpt } = module as { trainGpt: TrainGpt };
  return {
    ...module,
    trainGpt(model: unknown, data: unknown, options: Options = {}) {
      const telling = teller(tell);
      const onStep = (progress: Progress) => {
        telling(progress);
        return options.onStep?.(progress);
      };
      return trainGpt(model, data, { ...options, onStep }).finally(() => tell());
    },
  };
}

function teller(tell: (news: TrainingNews) => void): (progress: Progress) => void {
  let first: Progress | undefined;
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const { step, steps, seconds } = progress;
    first ??= progress;
    if (seconds - told < patience.message) return;
    told = seconds;
    const since = seconds - first.seconds;
    if (since < patience.pace) tell({ step, steps });
    else tell({ step, steps, left: (since / (step - first.step)) * (steps - step) });
  };
}

/** @returns where a training stands, in a sentence */
export function trainingInWords({ step, steps, left }: TrainingNews): string {
  const values = { step: inThousands(step), steps: inThousands(steps) };
  if (left === undefined) return say('Step {step} of {steps}.', values);
  return say('Step {step} of {steps}, about {left} to go.', { ...values, left: timeInWords(left) });
}

/** @returns a time in seconds or minutes */
export function timeInWords(seconds: number): string {
  if (seconds < 90) return say('{count} s', { count: Math.round(seconds) });
  return say('{count} min', { count: Math.round(seconds / 60) });
}
