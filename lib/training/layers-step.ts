/** TensorFlow.js's own step, which trains any of its models on any backend. */
import { tf } from '../tensorflow/backend';
import { insideOf } from '../tensorflow/insides';
import { bytesToTensor, chunk } from '../tensorflow/tensors';
import { countExamples, type Inputs, readLabels, type Targets } from './examples';
import { requireCurrent, sinceNow } from './plan';
import type { Trainer } from './trainer';

/**
 * A trainer that calls `trainOnBatch` and `evaluate`, as `model.fit` does.
 *
 * @param model - compiled, with one input and one output
 * @param training - inputs and targets as the loss takes them; bytes stand for `byte / 255`
 * @param validation - likewise
 * @returns the trainer
 * @throws RangeError if the data do not fit the model
 */
export function layersStep(
  model: tf.LayersModel,
  training: readonly [Inputs, Targets],
  validation?: readonly [Inputs, Targets],
): Trainer {
  const labels = insideOf(model).getDedupedMetricsNames();
  const isCurrent = sinceNow(model);
  const learning = readTensors(model, ...training, 'train');
  const judging = validation && readTensors(model, ...validation, 'train');
  return {
    fused: false,
    labels,
    count: learning.count,
    step: async (batch) => {
      requireCurrent(isCurrent);
      const [x, y] = tf.tidy(() => {
        const indices = tf.tensor1d(Int32Array.from(batch), 'int32');
        return [tf.gather(learning.x, indices), tf.gather(learning.y, indices)];
      });
      try {
        const means = [await model.trainOnBatch(x, y)].flat() as number[];
        return means.map((mean) => mean * batch.length);
      } finally {
        tf.dispose([x, y]);
      }
    },
    validation: judging && { count: judging.count, measure: () => measure(model, judging) },
    sync: () => {},
    dispose: () => tf.dispose([...learning.own, ...(judging?.own ?? [])]),
  };
}

/**
 * Measures a model as `model.evaluate` does.
 *
 * @param model - compiled
 * @param inputs - never changed
 * @param targets - never changed
 * @returns the number of examples, and sums over them: the loss, then each metric
 * @throws RangeError if the data do not fit the model
 */
export async function measureLayers(
  model: tf.LayersModel,
  inputs: Inputs,
  targets: Targets,
): Promise<{ count: number; sums: number[] }> {
  const tensors = readTensors(model, inputs, targets, 'evaluate');
  try {
    return { count: tensors.count, sums: await measure(model, tensors) };
  } finally {
    tf.dispose(tensors.own);
  }
}

interface Tensors {
  x: tf.Tensor;
  y: tf.Tensor;
  count: number;
  /** those that were made here */
  own: tf.Tensor[];
}

async function measure(model: tf.LayersModel, { x, y, count }: Tensors): Promise<number[]> {
  const means = [model.evaluate(x, y, { batchSize: chunk })].flat();
  const values = await Promise.all(means.map(async (mean) => (await mean.data())[0]));
  tf.dispose(means);
  return values.map((mean) => mean * count);
}

function readTensors(model: tf.LayersModel, inputs: Inputs, targets: Targets, action: string): Tensors {
  const shapeOf = (one: tf.SymbolicTensor) => (one.shape as number[]).slice(1);
  const takes = { inputs: shapeOf(model.inputs[0]), targets: shapeOf(model.outputs[0]) };
  const units = takes.targets[takes.targets.length - 1];
  const sparse = [model.loss].flat()[0] === 'sparseCategoricalCrossentropy';
  if (sparse) takes.targets = [...takes.targets.slice(0, -1), 1];
  const count = countExamples(inputs, targets, takes, action);
  const own: tf.Tensor[] = [];
  const keep = (tensor: tf.Tensor) => {
    own.push(tensor);
    return tensor;
  };
  let y = targets;
  if (sparse) {
    // As floats: TensorFlow.js rounds labels down, and cannot do that to whole numbers.
    y = keep(tf.tensor(readLabels(targets, units, action), [count, ...takes.targets]));
  } else if (targets instanceof Uint8Array) y = keep(tf.tensor1d(Float32Array.from(targets)));
  if (!(inputs instanceof Uint8Array)) return { x: inputs, y: y as tf.Tensor, count, own };
  const flat = bytesToTensor(inputs, [count, inputs.length / count], 255);
  const x = keep(flat.reshape([count, ...takes.inputs]));
  flat.dispose();
  return { x, y: y as tf.Tensor, count, own };
}
