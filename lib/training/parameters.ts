/** Weights and biases: TensorFlow.js's variables, and the copies that a training changes in place. */
import type { tf } from '../tensorflow/backend';
import type { Handle, Operations } from '../tensorflow/operations';

/** A weight or a bias of a model. */
export interface Parameter {
  /** TensorFlow.js's variable */
  readonly source: tf.Variable;
  /** the copy that updates change in place */
  readonly variable: Handle;
  /** whether the model was compiled to train it */
  readonly learns: boolean;
  /** the data of `source` that `variable` was made from or last written to */
  known: object;
  /** its value in the step under way */
  value: Handle;
  /** ∂L/∂θ in the step under way */
  gradient?: Handle;
}

/**
 * Copies a variable of a model.
 *
 * @param run - owns the copy
 * @param weight - of a layer
 * @param learns - whether the model was compiled to train it
 * @returns the parameter
 */
export function takeParameter(
  run: Operations,
  weight: Pick<tf.LayerVariable, 'read'>,
  learns: boolean,
): Parameter {
  const source = weight.read() as tf.Variable;
  const variable = run.variable(source.shape, run.handleOf(source));
  return { source, variable, learns, known: source.dataId, value: variable };
}

/** Whether a step changes the parameter; a layer can be frozen and thawed between two steps. */
export function isTrained({ learns, source }: Parameter): boolean {
  return learns && source.trainable;
}

/** Takes over what someone else, such as `model.setWeights()`, gave a variable meanwhile. */
export function refresh(run: Operations, parameter: Parameter): void {
  const { source, variable } = parameter;
  if (source.dataId === parameter.known) return;
  run.assign(variable, run.handleOf(source));
  // Of its own data: else the same tensor, set once more, would not be noticed.
  putInto(source, run, variable);
  parameter.known = source.dataId;
}

/** Brings TensorFlow.js's variable up to date, unless someone else gave it a value meanwhile. */
export function writeBack(run: Operations, parameter: Parameter): void {
  const { source, variable } = parameter;
  if (source.dataId !== parameter.known) {
    refresh(run, parameter);
    return;
  }
  putInto(source, run, variable);
  parameter.known = source.dataId;
}

function putInto(source: tf.Variable, run: Operations, variable: Handle): void {
  const value = run.variableToTensor(variable, source.shape);
  source.assign(value);
  value.dispose();
}
