/** A training seen while it runs: in a notebook one output that moves, in a terminal a progress bar. */

import { say } from '../../base/words';
import type { TrainingHistory, TrainingProgress, TrainingView } from '../../training/history';
import { canUpdate, display } from '../display';
import { show } from '../show';
import { recordCurves, trainingFigure } from './curves';
import { trainingPage } from './page';
import { terminalView } from './terminal';

/** Options of {@link trainingView}. */
export interface TrainingViewOptions {
  /** what is trained; stands before what came out, in the title */
  title?: string;
  /** how often the output is renewed, in milliseconds; 250 */
  interval?: number;
}

/**
 * Follows a training. In a notebook, one output shows progress, speed, time left and the curves so
 * far, and becomes a figure at the end, or where the training was stopped. In a terminal, each epoch
 * has a progress bar; where there is none, a line.
 *
 * @param options - the title, and how often the output is renewed
 * @returns what `trainModel` takes as `view`; for one training only
 * @example
 * await trainModel(model, train, { epochs: 3, validation, view: trainingView() });
 */
export function trainingView(options: TrainingViewOptions = {}): TrainingView {
  return canUpdate() ? notebookView(options) : terminalView();
}

let views = 0;

function notebookView({ title = say('The training'), interval = 250 }: TrainingViewOptions): TrainingView {
  const curves = recordCurves();
  const id = `descent-training-${Date.now()}-${++views}`;
  let shown = Number.NEGATIVE_INFINITY;
  const options = () => ({ id, update: shown > 0 });
  const refresh = (progress: TrainingProgress) => {
    const page = trainingPage(progress, curves);
    display(page, options());
    shown = performance.now();
  };
  return {
    figuresOnly: true,
    onStep(progress) {
      curves.step(progress);
      if (performance.now() - shown > interval) refresh(progress);
    },
    onEpoch(result, progress) {
      curves.epoch(result, progress);
      refresh(progress);
    },
    onEnd(history: TrainingHistory) {
      const figure = trainingFigure(curves, history, title);
      if (figure) show(figure, options());
      else display({ 'text/plain': history.stopped?.message ?? '' }, options());
    },
  };
}
