/** Loss and accuracy over a training: recorded while it runs, drawn at its end. */

import { inPercent, say } from '../../base/words';
import { lineFigure, type Mark, type Series } from '../../figures/lines';
import { sideBySide } from '../../figures/side';
import type { Figure } from '../../figures/theme';
import type { EpochResult, TrainingHistory, TrainingProgress } from '../../training/history';

/** One point of a curve: `epochs` passed, and a mean over the batches before it, or a validation. */
export interface CurvePoint {
  /** epochs since the beginning, with fractions */
  epochs: number;
  loss: number;
  /** 0 … 1 */
  accuracy: number;
}

/** What is recorded of a training. */
export interface Curves {
  /** means over the batches since the point before, all windows of the same length */
  training: CurvePoint[];
  /** one for each epoch, if there are validation digits */
  validation: CurvePoint[];
  /** batches in a window */
  window: number;
  step(progress: TrainingProgress): void;
  epoch(result: EpochResult, progress: TrainingProgress): void;
}

/** How many points a curve has at most, and at most in one epoch. */
const points = { all: 400, epoch: 25 };

/**
 * Records a training. Where the points lie depends on the numbers of epochs and steps alone, so that
 * the same training gives the same curves, however fast it ran.
 */
export function recordCurves(): Curves {
  let last = { epoch: 0, examples: 0, loss: 0, accuracy: 0 };
  const curves: Curves = {
    training: [],
    validation: [],
    window: 1,
    step({ epoch, epochs, step, steps, examples, examplesPerEpoch, loss, accuracy }) {
      const perEpoch = Math.min(points.epoch, Math.max(1, Math.round(points.all / epochs)));
      curves.window = Math.ceil(steps / perEpoch);
      if (step % curves.window !== 0 && step !== steps && Number.isFinite(loss)) return;
      if (last.epoch !== epoch) last = { epoch, examples: 0, loss: 0, accuracy: 0 };
      // The progress has means over the epoch so far: sums, and of two sums the difference.
      const seen = examples - (epoch - 1) * examplesPerEpoch;
      const sums = { epoch, examples: seen, loss: loss * seen, accuracy: accuracy * seen };
      const fresh = seen - last.examples;
      curves.training.push({
        epochs: examples / examplesPerEpoch,
        loss: (sums.loss - last.loss) / fresh,
        accuracy: (sums.accuracy - last.accuracy) / fresh,
      });
      last = sums;
    },
    epoch({ validationLoss: loss, validationAccuracy: accuracy }, { epoch }) {
      if (loss === undefined || accuracy === undefined) return;
      curves.validation.push({ epochs: epoch, loss, accuracy });
    },
  };
  return curves;
}

/**
 * The curves of a training that has ended, beside each other. No time is in it: the same training
 * gives the same figure.
 *
 * @param curves - what was recorded
 * @param history - what the training came to
 * @param title - what was trained
 * @returns the figure; nothing if not a single update was made
 */
export function trainingFigure(curves: Curves, history: TrainingHistory, title: string): Figure | undefined {
  if (curves.training.length === 0) return undefined;
  const marks: Mark[] = history.stopped
    ? [{ x: stoppedAt(curves), label: history.stopped.why === 'diverged' ? say('diverged') : say('stopped') }]
    : [];
  const axis = say('epochs');
  const losses = lineFigure({
    title: say('Loss'),
    xAxis: axis,
    yAxis: { title: say('cross-entropy'), unit: say('nats'), scale: 'log' },
    series: series(curves, ({ loss }) => (loss > 0 ? loss : Number.NaN)),
    marks,
  });
  const accuracies = lineFigure({
    title: say('Accuracy'),
    xAxis: axis,
    yAxis: { title: say('right answers'), unit: '%' },
    series: series(curves, ({ accuracy }) => 100 * accuracy),
    marks,
  });
  return sideBySide([losses, accuracies], { title: `${title}${say(': ')}${outcome(curves, history)}` });
}

function series(curves: Curves, value: (point: CurvePoint) => number): Series[] {
  const x = (some: CurvePoint[]) => some.map(({ epochs }) => epochs);
  const batches =
    curves.window === 1 ? say('each batch') : say('mean over {window} batches', { window: curves.window });
  const training: Series = {
    name: say('training digits, {batches}', { batches }),
    x: x(curves.training),
    y: curves.training.map(value),
    style: curves.training.length === 1 ? 'points' : 'line',
  };
  if (curves.validation.length === 0) return [training];
  const validation: Series = {
    name: say('validation digits, after each epoch'),
    x: x(curves.validation),
    y: curves.validation.map(value),
    style: 'both',
  };
  return [training, validation];
}

const place = ({ epoch, step }: { epoch: number; step: number }) => ({ epoch, step });

/** What came out, in words. */
function outcome(curves: Curves, history: TrainingHistory): string {
  const { stopped } = history;
  if (stopped?.why === 'diverged') {
    return say('the loss is no longer finite in epoch {epoch}, at step {step}', { ...place(stopped) });
  }
  const end = reached(curves, history);
  return stopped
    ? say('interrupted in epoch {epoch} after step {step}; {end}', { ...place(stopped), end })
    : end;
}

/** The accuracy: that of the validation digits, or the mean over what the training saw last. */
function reached({ validation, training, window }: Curves, { epochs }: TrainingHistory): string {
  const share = ({ accuracy }: { accuracy: number }) => inPercent((100 * accuracy).toFixed(1));
  const [validated, finished] = [validation.at(-1), epochs.at(-1)];
  if (validated) {
    const values = { share: share(validated), epochs: validated.epochs };
    return validated.epochs === 1
      ? say('{share} of the validation digits read correctly after 1 epoch', values)
      : say('{share} of the validation digits read correctly after {epochs} epochs', values);
  }
  // Means: each digit counts as it was read when the training saw it.
  if (finished) {
    return say('{share} of the training digits read correctly, mean over epoch {epoch}', {
      share: share(finished),
      epoch: epochs.length,
    });
  }
  const values = { share: share(training[training.length - 1]), window };
  return window === 1
    ? say('{share} of the training digits read correctly, mean over one batch', values)
    : say('{share} of the training digits read correctly, mean over {window} batches', values);
}

function stoppedAt({ training }: Curves): number {
  return training[training.length - 1].epochs;
}
