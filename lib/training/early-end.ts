/** Why a training ended before its last epoch, in one sentence each. */

/** The end of a training that was not meant to be the end. */
export interface EarlyEnd {
  why: 'interrupted' | 'diverged' | 'model.stopTraining';
  /** the epoch and the step in it after which no update was made, both from 1; step 0: before the first */
  epoch: number;
  step: number;
  /** one sentence, with the remedy */
  message: string;
}

/** The reader's stop button, or another signal. */
export function interrupted(epoch: number, step: number, epochs: number): EarlyEnd {
  const message = `Training was interrupted in epoch ${epoch} of ${epochs}, after step ${step}. The model keeps what it learnt until then.`;
  return { why: 'interrupted', epoch, step, message };
}

/** The loss is no longer a finite number. */
export function diverged(epoch: number, step: number, loss: number): EarlyEnd {
  const message = `Training stopped in epoch ${epoch}, at step ${step}: the loss is ${loss}, no longer a finite number. Make the model anew and train it with a smaller learning rate.`;
  return { why: 'diverged', epoch, step, message };
}

/** Whoever follows the training has set `model.stopTraining`. */
export function stoppedByModel(epoch: number, step: number): EarlyEnd {
  const message = `Training stopped in epoch ${epoch}, after step ${step}, because model.stopTraining was set. The model keeps what it learnt until then.`;
  return { why: 'model.stopTraining', epoch, step, message };
}
