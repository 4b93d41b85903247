/** A worker process of `data-parallel.ts`: told once what it works on, then batch after batch. */

import type { DigitSet } from '../data/digit-set';
import { selectDigits } from '../data/digits';
import { lossGradient, setParameterVector } from '../model/loss-gradient';
import { startTensorflow, tf } from '../tensorflow/backend';
import type { WorkerAnswer, WorkerOrder } from './data-parallel';

let model: tf.LayersModel;
let digits: DigitSet;

async function answerTo(order: WorkerOrder): Promise<WorkerAnswer> {
  if ('topology' in order) {
    await startTensorflow(order.backend);
    model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: order.topology }));
    digits = order.digits;
    return { ready: true };
  }
  const start = performance.now();
  setParameterVector(model, order.parameters);
  const shard = selectDigits(digits, order.places);
  const result = lossGradient(model, shard);
  return { ...result, count: shard.count, milliseconds: performance.now() - start };
}

process.on('message', (order: WorkerOrder) => {
  answerTo(order).then(
    (answer) => process.send?.(answer),
    (error: Error) => process.send?.({ error: error.message }),
  );
});

// The reader's stop button interrupts the notebook, which then ends its workers.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
