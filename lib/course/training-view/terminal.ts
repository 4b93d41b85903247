/** What a terminal shows while a training runs: a progress bar for each epoch, or a line. */
import { SingleBar } from 'cli-progress';
import type { EpochResult, TrainingView } from '../../training/loop';
import { duration, statusOf } from './page';

/** Where the lines go. */
export interface TerminalStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Follows a training on the error stream, so that the output stream stays free for the result: an
 * epoch, a line; while the epoch runs and the stream is a terminal, a bar in its place.
 *
 * @param stream - where to write; the error stream
 */
export function terminalView(stream: TerminalStream = process.stderr): TrainingView {
  let bar: SingleBar | undefined;
  let barEpoch = 0;
  const endBar = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    onStep(progress) {
      if (!stream.isTTY) return;
      if (progress.epoch !== barEpoch) {
        endBar();
        bar = newBar(stream);
        bar.start(progress.steps, 0, statusOf(progress));
        barEpoch = progress.epoch;
      }
      bar?.update(progress.step, statusOf(progress));
    },
    onEpoch(result, { epoch, epochs }) {
      endBar();
      stream.write(`${epochLine(result, epoch, epochs)}\n`);
    },
    onEnd({ stopped }) {
      endBar();
      if (stopped) stream.write(`${stopped.message}\n`);
    },
  };
}

function newBar(stream: TerminalStream): SingleBar {
  return new SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: '{epoch} |{bar}| {percentage} % · {loss} · {accuracy} · {speed} · {left}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is the program's to handle: it ends the training, and with it the bar.
    gracefulExit: false,
  });
}

function epochLine(result: EpochResult, epoch: number, epochs: number): string {
  const { loss, accuracy, seconds, validationLoss, validationAccuracy } = result;
  const figures = (name: string, its: number, share: number) =>
    `${name}loss ${its.toFixed(4)}, ${name}accuracy ${(100 * share).toFixed(2)} %`;
  const parts = [`Epoch ${epoch} of ${epochs}: ${figures('', loss, accuracy)}`];
  if (validationLoss !== undefined && validationAccuracy !== undefined) {
    parts.push(figures('validation ', validationLoss, validationAccuracy));
  }
  const time = seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds);
  return [...parts, time].join(', ');
}
