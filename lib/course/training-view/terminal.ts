/** What a terminal shows while a training runs: a progress bar for each epoch, or a line. */
import type { Options, SingleBar } from 'cli-progress';
import type { EpochResult, TrainingView } from '../../training/history';
import { duration, statusOf } from './page';

/** Where the lines go. */
export interface TerminalStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** A view that shows bars as soon as it is ready; lines it writes from the start. */
export interface TerminalView extends TrainingView {
  ready: Promise<void>;
}

/**
 * Follows a training on the error stream, so that the output stream stays free for the result: an
 * epoch, a line; while the epoch runs and the stream is a terminal, a bar in its place.
 *
 * @param stream - where to write; the error stream
 * @returns the view, ready for bars once `cli-progress` is loaded
 */
export function terminalView(stream: TerminalStream = process.stderr): TerminalView {
  let bar: SingleBar | undefined;
  let bars: typeof import('cli-progress') | undefined;
  let barEpoch = 0;
  const endBar = () => {
    bar?.stop();
    bar = undefined;
  };
  // Only here: a notebook and a page need no bars.
  const load = async () => {
    const module = await import('cli-progress');
    bars = module.default ?? module;
  };
  return {
    figuresOnly: true,
    ready: stream.isTTY ? load() : Promise.resolve(),
    onStep(progress) {
      if (!bars) return;
      if (progress.epoch !== barEpoch) {
        endBar();
        bar = new bars.SingleBar(options(stream));
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

function options(stream: TerminalStream): Options {
  return {
    stream: stream as NodeJS.WritableStream,
    format: '{epoch} |{bar}| {percentage} % · {loss} · {accuracy} · {speed} · {left}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is the program's to handle: it ends the training, and with it the bar.
    gracefulExit: false,
  };
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
