/** A training of the MNIST program to choose by: a line of JSON an epoch, and no look at the test digits. */
import { loadMnist } from '../../lib/data';
import {
  compileModel,
  createModel,
  type TrainingHistory,
  type TrainingView,
  trainModel,
} from '../../lib/model';
import { startTensorflow } from '../../lib/tensorflow';
import { type Figures, failingOf, tell, tellFailure } from '../sweep/contract';
import type { MnistOptions } from './options';

/**
 * Trains as `main()` does, and tells each epoch. The last line holds the figures after the last epoch.
 *
 * @param options - the program's, with validation digits
 * @param signal - ends the training, which then has failed
 * @throws what could not be had, after it was told
 */
export async function mnistTrial(options: MnistOptions, signal: AbortSignal): Promise<void> {
  try {
    await train(options, signal);
  } catch (error) {
    tellFailure(failingOf(error), (error as Error).message);
    throw error;
  }
}

async function train(options: MnistOptions, signal: AbortSignal): Promise<void> {
  const { hiddenUnits, optimizer, learningRate, weightDecay, limit, ...others } = options;
  const { epochs, batchSize, seed, backend: choice } = others;
  const { backend } = await startTensorflow(choice);
  const { train, validation } = await loadMnist({ limit, validation: others.validation, testLimit: 1 });
  const model = createModel({ hiddenUnits, seed });
  try {
    compileModel(model, { optimizer, learningRate, weightDecay });
    const view: TrainingView = {
      figuresOnly: true,
      onEpoch: (epoch, { epoch: done }) =>
        tell({ type: 'progress', done, of: epochs, figures: figuresOf(epoch) }),
    };
    const { epochs: finished, stopped } = await trainModel(model, train, {
      ...{ epochs, batchSize, seed, signal, view, validation },
    });
    const last = figuresOf(finished.at(-1));
    if (stopped) {
      tellFailure(stopped.why === 'diverged' ? 'diverged' : 'interrupted', stopped.message);
    } else if (Number.isFinite(last.validationLoss)) {
      tell({ type: 'done', figures: { ...last, parameters: model.countParams() }, backend });
    } else {
      // The last update of all is measured here alone.
      tellFailure('diverged', 'After the last epoch the validation loss is no longer a finite number.');
    }
  } finally {
    model.dispose();
  }
}

function figuresOf(epoch?: TrainingHistory['epochs'][number]): Figures {
  const { loss, accuracy, validationLoss, validationAccuracy } = epoch ?? {};
  return { loss, accuracy, validationLoss, validationAccuracy };
}
