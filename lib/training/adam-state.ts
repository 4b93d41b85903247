/** What Adam remembers from step to step, as plain numbers: a training that was ended can go on. */
import { tf } from '../tensorflow/backend';
import { insidesOf, type Slots } from '../tensorflow/insides';

/** The state of Adam or AdamW. */
export interface AdamState {
  /** the mean gradients, one array a parameter */
  means: Float32Array[];
  /** the mean squared gradients */
  squares: Float32Array[];
  /** `β₁ᵗ⁺¹` and `β₂ᵗ⁺¹` after `t` steps */
  powers: number[];
}

/**
 * Reads the state of an optimizer.
 *
 * @param optimizer - brought up to date by `Updates.sync()`
 * @returns a copy
 */
export function readAdamState(optimizer: tf.AdamOptimizer): AdamState {
  const { accumulatedFirstMoment, accumulatedSecondMoment, accBeta1, accBeta2 } = insidesOf(optimizer);
  const read = (slots: Slots) => slots.map(({ variable }) => Float32Array.from(variable.dataSync()));
  return {
    means: read(accumulatedFirstMoment),
    squares: read(accumulatedSecondMoment),
    powers: [accBeta1.dataSync()[0], accBeta2.dataSync()[0]],
  };
}

/**
 * Gives an optimizer that has made no step yet the state of another.
 *
 * @param optimizer - changed, before `updatesOf()` is called with it
 * @param parameters - in the order of the state
 * @param state - read from the other one
 */
export function writeAdamState(
  optimizer: tf.AdamOptimizer,
  parameters: readonly tf.Variable[],
  { means, squares, powers }: AdamState,
): void {
  const insides = insidesOf(optimizer);
  const fill = (slots: Slots, values: readonly Float32Array[], suffix: string) =>
    parameters.forEach((parameter, index) => {
      const variable = tf.tidy(() => tf.tensor(values[index].slice(), parameter.shape).variable(false));
      slots[index] = { originalName: `${parameter.name}/${suffix}`, variable };
    });
  fill(insides.accumulatedFirstMoment, means, 'm');
  fill(insides.accumulatedSecondMoment, squares, 'v');
  tf.tidy(() => {
    insides.accBeta1.assign(tf.scalar(powers[0]));
    insides.accBeta2.assign(tf.scalar(powers[1]));
  });
}
