/** What a model is trained on or judged by, checked, as plain arrays that batches are copied from. */
import { tf } from '../tensorflow/backend';
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

/**
 * Reads inputs and targets.
 *
 * @param plan - says how many numbers an example has, and what the loss takes
 * @param inputs - never changed; a tensor is read once, so that later changes do not count
 * @param targets - never changed
 * @returns the examples
 * @throws RangeError if a shape does not fit, or a label is none of 0 … units − 1
 */
export function readExamples(plan: TrainingPlan, inputs: Inputs, targets: Targets): Examples {
  const { units, loss } = plan.head;
  const sparse = loss === 'sparseCategoricalCrossentropy';
  const count = countExamples(inputs, targets, {
    inputs: [plan.inputs],
    targets: [sparse ? 1 : units],
  });
  const wanted = floatsOf(targets);
  if (sparse) requireLabels(wanted, units);
  return {
    inputs: inputs instanceof Uint8Array ? inputs : floatsOf(inputs),
    targets: wanted,
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
 * @returns the number of examples
 * @throws RangeError if a shape is another; the message names both
 */
export function countExamples(
  inputs: Inputs,
  targets: Targets,
  takes: { inputs: readonly number[]; targets: readonly number[] },
): number {
  const count = requireShape('targets', 'its loss', targets, takes.targets);
  if (count === 0) throw new RangeError('Cannot train: there is no example');
  const width = takes.inputs.reduce((product, length) => product * length, 1);
  if (inputs instanceof Uint8Array) {
    if (inputs.length === count * width) return count;
    throw new RangeError(
      `Cannot train: ${count} examples of shape [${takes.inputs}] are ${count * width} bytes, got ${inputs.length}`,
    );
  }
  const others = requireShape('inputs', 'the model', inputs, takes.inputs);
  if (others === count) return count;
  throw new RangeError(`Cannot train: inputs and targets must be as many, got ${others} and ${count}`);
}

/** @returns the number of examples */
function requireShape(what: string, who: string, given: Inputs | Targets, takes: readonly number[]): number {
  if (!(given instanceof Uint8Array || given instanceof tf.Tensor)) {
    const kind = Object.prototype.toString.call(given).slice(8, -1);
    throw new RangeError(`Cannot train: ${what} must be a tensor or bytes (Uint8Array), got ${kind}`);
  }
  const shape = given instanceof Uint8Array ? [given.length] : given.shape;
  const [count, ...rest] = shape.length === 1 ? [...shape, 1] : shape;
  if (rest.length === takes.length && rest.every((length, axis) => length === takes[axis])) {
    return count;
  }
  throw new RangeError(`Cannot train: ${who} takes ${what} of shape [count,${takes}], got [${shape}]`);
}

function floatsOf(given: tf.Tensor | Uint8Array): Float32Array {
  const values = given instanceof Uint8Array ? given : given.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function requireLabels(labels: Float32Array, units: number): void {
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < units));
  if (wrong < 0) return;
  throw new RangeError(
    `Cannot train: a label must be a whole number 0 … ${units - 1}, label ${wrong} is ${labels[wrong]}`,
  );
}
