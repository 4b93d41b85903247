/** What a model is trained on or judged by, checked, as plain arrays that batches are copied from. */
import { tf } from '../tensorflow/backend';
import type { SharedFloats } from '../tensorflow/operations';
import type { TrainingPlan } from './plan';

/** Inputs: a tensor of shape `[count, …]`, or bytes that stand for `byte / 255`, example after example. */
export type Inputs = tf.Tensor | Uint8Array;

/** Labels or targets: a tensor of shape `[count]`, `[count, 1]` or `[count, units]`, or labels as bytes. */
export type Targets = tf.Tensor | Uint8Array;

/** Examples in JavaScript's memory. */
export interface Examples {
  /** numbers, or bytes that stand for `byte / 255`; shape `[count · inputs]`, example after example */
  inputs: Float32Array | Uint8Array;
  /** labels, shape `[count]`, or targets, shape `[count · units]`, as the loss takes them */
  targets: Float32Array;
  count: number;
}

/** Types of tensors that hold one real number at each place. */
const realTypes = ['float32', 'int32', 'bool'];

/**
 * Reads inputs and targets.
 *
 * @param plan - says how many numbers an example has, and what the loss takes
 * @param inputs - never changed; a tensor is read once, so that later changes do not count
 * @param targets - never changed
 * @param action - what for, in the complaint
 * @returns the examples
 * @throws RangeError if a shape does not fit, or a label is none of 0 … units − 1
 */
export function readExamples(
  plan: TrainingPlan,
  inputs: Inputs,
  targets: Targets,
  action: 'train' | 'evaluate',
): Examples {
  const { units, loss } = plan.head;
  const sparse = loss === 'sparseCategoricalCrossentropy';
  const takes = { inputs: [plan.inputs], targets: [sparse ? 1 : units] };
  const count = countExamples(inputs, targets, takes, action);
  return {
    inputs: inputs instanceof Uint8Array ? inputs : floatsOf(inputs),
    targets: sparse ? readLabels(targets, units, action) : floatsOf(targets),
    count,
  };
}

/**
 * Makes sure that inputs and targets fit a model and each other, as `model.fit` does: a tensor of
 * shape `[count]` counts as `[count, 1]`.
 *
 * @param inputs - a tensor, or bytes
 * @param targets - a tensor, or labels as bytes
 * @param takes - the shapes of one example's inputs and targets
 * @param action - what for, in the complaint
 * @returns the number of examples
 * @throws RangeError if a shape is another, and then the message names both, or a type is no number's
 */
export function countExamples(
  inputs: Inputs,
  targets: Targets,
  takes: { inputs: readonly number[]; targets: readonly number[] },
  action: string,
): number {
  const count = requireShape(action, 'targets', 'its loss', targets, takes.targets);
  if (count === 0) throw new RangeError(`Cannot ${action}: there is no example`);
  const width = takes.inputs.reduce((product, length) => product * length, 1);
  if (inputs instanceof Uint8Array) {
    if (inputs.length === count * width) return count;
    throw new RangeError(
      `Cannot ${action}: ${count} examples of shape [${takes.inputs}] are ${count * width} bytes, got ${inputs.length}`,
    );
  }
  const others = requireShape(action, 'inputs', 'the model', inputs, takes.inputs);
  if (others === count) return count;
  throw new RangeError(`Cannot ${action}: inputs and targets must be as many, got ${others} and ${count}`);
}

/** @returns the number of examples */
function requireShape(
  action: string,
  what: string,
  who: string,
  given: Inputs | Targets,
  takes: readonly number[],
): number {
  if (!(given instanceof Uint8Array || given instanceof tf.Tensor)) {
    const kind = Object.prototype.toString.call(given).slice(8, -1);
    throw new RangeError(`Cannot ${action}: ${what} must be a tensor or bytes (Uint8Array), got ${kind}`);
  }
  if (given instanceof tf.Tensor && !realTypes.includes(given.dtype)) {
    const types = realTypes.join(', ');
    throw new RangeError(
      `Cannot ${action}: ${what} must be of one of the types ${types}, got ${given.dtype}`,
    );
  }
  const shape = given instanceof Uint8Array ? [given.length] : given.shape;
  const [count, ...rest] = shape.length === 1 ? [...shape, 1] : shape;
  if (rest.length === takes.length && rest.every((length, axis) => length === takes[axis])) {
    return count;
  }
  throw new RangeError(`Cannot ${action}: ${who} takes ${what} of shape [count,${takes}], got [${shape}]`);
}

/**
 * Copies the rows of a batch into memory that operations read.
 *
 * @param source - row after row; never changed
 * @param batch - which rows
 * @param target - shape `[batch, columns]`
 */
export function loadRows(source: Float32Array | Uint8Array, batch: Uint32Array, target: SharedFloats): void {
  const columns = target.values.length / batch.length;
  for (let row = 0; row < batch.length; row++) {
    const from = batch[row] * columns;
    target.values.set(source.subarray(from, from + columns), row * columns);
  }
  target.publish();
}

function floatsOf(given: tf.Tensor | Uint8Array): Float32Array {
  const values = given instanceof Uint8Array ? given : given.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/**
 * Reads labels.
 *
 * @param targets - of a shape that was checked; never changed
 * @param units - how many classes there are
 * @param action - what for, in the complaint
 * @returns whole numbers, shape `[count]`
 * @throws RangeError if a label is none of 0 … units − 1
 */
export function readLabels(targets: Targets, units: number, action: string): Float32Array {
  const labels = floatsOf(targets);
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < units));
  if (wrong < 0) return labels;
  throw new RangeError(
    `Cannot ${action}: a label must be a whole number 0 … ${units - 1}, label ${wrong} is ${labels[wrong]}`,
  );
}
