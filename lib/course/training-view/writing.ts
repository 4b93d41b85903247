/** A model that learns to write, seen while it learns: in a notebook two outputs that move, elsewhere a line a sample. */
import { say } from '../../base/words';
import type { Figure } from '../../figures/theme';
import { canUpdate, display } from '../display';
import { show } from '../show';
import { tableOf } from '../show-table';

/** What a model wrote at some point of its training. */
export interface WrittenSample {
  /** updates made */
  step: number;
  /** on text that it does not learn from, nats a token */
  loss: number;
  text: string;
}

/** Takes the samples as they come. */
export interface WritingView {
  /** all so far, in their order */
  readonly samples: readonly WrittenSample[];
  /** Shows what has just been written. */
  add(sample: WrittenSample): void;
  /** Shows the figure where it could not move. */
  end(): void;
}

let views = 0;

/**
 * Follows the training of a model by what it writes. In a notebook a figure and a table of the samples grow with each of
 * them. Where an output cannot be replaced, each sample is a line, and the figure comes at the end.
 *
 * @param figureOf - draws the samples so far, at least one
 * @returns the view; for one training only
 * @example
 * const view = writingView((samples) => lineFigure({ … }));
 * await trainGpt(model, data, {
 *   onMeasure: ({ step, validationLoss: loss = NaN }) => view.add({ step, loss, text: writeText(model, vocabulary) }),
 * });
 * view.end();
 */
export function writingView(figureOf: (samples: readonly WrittenSample[]) => Figure): WritingView {
  const samples: WrittenSample[] = [];
  const moves = canUpdate();
  const id = `descent-writing-${Date.now()}-${++views}`;
  return {
    samples,
    add(sample) {
      const update = samples.length > 0;
      samples.push(sample);
      if (!moves) {
        console.log(lineOf(sample).join(' · '));
        return;
      }
      show(figureOf(samples), { id: `${id}-figure`, update });
      const head = [say('step'), say('loss'), say('written')];
      display(tableOf(samples.map(lineOf), head), { id: `${id}-samples`, update });
    },
    end() {
      if (!moves && samples.length > 0) show(figureOf(samples));
    },
  };
}

/** Line breaks and runs of spaces become single spaces. */
function lineOf({ step, loss, text }: WrittenSample): string[] {
  return [String(step), loss.toFixed(3), text.replace(/\s+/g, ' ')];
}
