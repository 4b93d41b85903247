/** TensorFlow.js's own step, which trains any of its models on any backend. */

import { tf } from '../tensorflow/backend';
import { bytesToTensor } from '../tensorflow/tensors';
import { insideOf } from './fused-plan';
import type { FusedInputs, FusedTargets, Trainer, TrainerOptions } from './trainer';

/**
 * A trainer that calls `trainOnBatch` and `evaluate`, as `model.fit` does.
 *
 * @param model - compiled, with one input and one output
 * @param inputs - shape `[count, …]`, or bytes that stand for `byte / 255`
 * @param targets - as the loss takes them
 * @param options - validation
 * @returns the trainer
 */
export function layersTrainer(
  model: tf.LayersModel,
  inputs: FusedInputs,
  targets: FusedTargets,
  { validationData, validationSplit = 0 }: TrainerOptions = {},
): Trainer {
  const own: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    own.push(tensor);
    return tensor;
  };
  const read = (examples: FusedInputs, wanted: FusedTargets): [tf.Tensor, tf.Tensor] => {
    const y = wanted instanceof Uint8Array ? keep(tf.tensor1d(Float32Array.from(wanted))) : wanted;
    if (!(examples instanceof Uint8Array)) return [examples, y];
    const rest = (model.inputs[0].shape as number[]).slice(1);
    const flat = bytesToTensor(examples, [y.shape[0], examples.length / y.shape[0]], 255);
    const x = keep(flat.reshape([y.shape[0], ...rest]));
    flat.dispose();
    return [x, y];
  };
  let [x, y] = read(inputs, targets);
  let validation = validationData && read(...validationData);
  if (!validation && validationSplit > 0) {
    const all = x.shape[0];
    const at = Math.floor(all * (1 - validationSplit));
    const [first, last] = [x, y].map((one) => [
      keep(sliceRows(one, 0, at)),
      keep(sliceRows(one, at, all)),
    ]);
    [x, y] = [first[0], last[0]];
    validation = [first[1], last[1]];
  }
  const labels = insideOf(model).getDedupedMetricsNames();
  return {
    fused: false,
    labels,
    count: x.shape[0],
    step: async (batch) => {
      const chosen = tf.tidy(() => {
        const indices = tf.tensor1d(Int32Array.from(batch), 'int32');
        return [tf.gather(x, indices), tf.gather(y, indices)];
      });
      try {
        return [await model.trainOnBatch(chosen[0], chosen[1])].flat() as number[];
      } finally {
        tf.dispose(chosen);
      }
    },
    validate:
      validation &&
      (async () => {
        const [images, wanted] = validation as [tf.Tensor, tf.Tensor];
        const means = [model.evaluate(images, wanted, { batchSize: 1000 })].flat();
        const values = await Promise.all(means.map(async (mean) => (await mean.data())[0]));
        tf.dispose(means);
        return values;
      }),
    sync: () => {},
    dispose: () => tf.dispose(own),
  };
}

function sliceRows(tensor: tf.Tensor, from: number, to: number): tf.Tensor {
  const rest = new Array(tensor.rank - 1).fill(0);
  return tensor.slice([from, ...rest], [to - from, ...tensor.shape.slice(1)]);
}
