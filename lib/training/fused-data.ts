/** Turns what a caller trains with into plain arrays that batches are copied from. */

import type { tf } from '../tensorflow/backend';
import type { Examples } from './fused-network';
import type { FusedPlan } from './fused-plan';
import type { FusedInputs, FusedTargets } from './trainer';

/**
 * Reads inputs and targets.
 *
 * @param plan - says how many numbers an example has, and what the loss takes
 * @param inputs - never changed; read once, so that later changes do not count
 * @param targets - never changed
 * @returns the examples
 * @throws RangeError if a shape does not fit, or a label is none of 0 … units − 1
 */
export function readExamples(
  plan: FusedPlan,
  inputs: FusedInputs,
  targets: FusedTargets,
): Examples {
  const values = inputs instanceof Uint8Array ? inputs : floatsOf(inputs);
  const { units, loss } = plan.end;
  const width = loss === 'sparseCategoricalCrossentropy' ? 1 : units;
  const wanted = targets instanceof Uint8Array ? Float32Array.from(targets) : floatsOf(targets);
  const count = wanted.length / width;
  if (!Number.isInteger(count) || count === 0 || values.length !== count * plan.inputs) {
    const takes = `the model takes ${plan.inputs} numbers per example and its loss ${width}`;
    throw new RangeError(
      `Cannot train: ${takes}, got ${values.length} and ${wanted.length} numbers in all`,
    );
  }
  if (loss === 'sparseCategoricalCrossentropy') requireLabels(wanted, units);
  return { inputs: values, targets: wanted, count };
}

/**
 * Some of the examples.
 *
 * @param examples - not changed
 * @param from - first, counted from 0
 * @param to - one past the last
 * @returns the same memory
 */
export function sliceExamples(examples: Examples, from: number, to: number): Examples {
  const { inputs, targets, count } = examples;
  const columns = inputs.length / count;
  const width = targets.length / count;
  return {
    inputs: inputs.subarray(from * columns, to * columns),
    targets: targets.subarray(from * width, to * width),
    count: to - from,
  };
}

function floatsOf(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function requireLabels(labels: Float32Array, units: number): void {
  const wrong = labels.findIndex(
    (label) => !(Number.isInteger(label) && label >= 0 && label < units),
  );
  if (wrong < 0) return;
  throw new RangeError(
    `Cannot train: a label must be a whole number 0 … ${units - 1}, label ${wrong} is ${labels[wrong]}`,
  );
}
