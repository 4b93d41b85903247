/** One native operation per parameter and step, for each optimizer. */

import { tf } from '../tensorflow/backend';
import type { Handle, Operations, SharedFloats } from '../tensorflow/native-operations';

/** A weight or bias as the native operations see it. */
export interface FusedParameter {
  /** TensorFlow.js's variable, which is brought up to date by `sync` */
  source: tf.Variable;
  variable: Handle;
}

/** Takes the steps of an optimizer. */
export interface FusedOptimizer {
  /** Call once before the updates of each step. */
  begin(): void;
  /**
   * Changes a parameter in place.
   *
   * @param index - which parameter
   * @param gradient - of its shape
   */
  update(index: number, gradient: Handle): void;
  /** Call once after the updates of each step. */
  end?(): void;
  /** Writes the state back into TensorFlow.js's optimizer. */
  sync(): void;
}

/** What TensorFlow.js keeps in its optimizers. */
type OptimizerInsides = Record<string, { originalName: string; variable: tf.Variable }[]> & {
  iterations_?: number;
  learningRate: number;
  momentum: number;
  useNesterov: boolean;
  decay: number;
  epsilon: number;
  beta1: number;
  beta2: number;
  weightDecay?: number;
  accBeta1: tf.Variable;
  accBeta2: tf.Variable;
};

/**
 * The fused form of an optimizer; it goes on from the state that the optimizer has.
 *
 * @param optimizer - SGD, momentum (Nesterov's too), RMSProp, Adam or AdamW
 * @param parameters - in the order of the model's trainable weights
 * @param native - runs the operations and owns the state
 * @returns the step
 */
export function fuseOptimizer(
  optimizer: tf.Optimizer,
  parameters: FusedParameter[],
  native: Operations,
): FusedOptimizer {
  const insides = optimizer as unknown as OptimizerInsides;
  // instanceof would not do: TensorFlow.js makes it true of any optimizer.
  const kind = optimizer.getClassName();
  const variables = parameters.map(({ variable }) => variable);
  const rate = scalar(native);
  const begin = () => {
    set(rate, insides.learningRate);
    insides.iterations_ = (insides.iterations_ ?? 0) + 1;
  };
  if (kind === 'Adam' || kind === 'AdamW') {
    return fuseAdam(insides, parameters, native);
  }
  if (kind === 'RMSProp') {
    const squares = slot(insides, 'accumulatedMeanSquares', 'rms', parameters, native);
    const moments = slot(insides, 'accumulatedMoments', 'momentum', parameters, native);
    const settings = [insides.decay, insides.momentum, insides.epsilon];
    const [decay, momentum, epsilon] = settings.map((value) => native.constant([value]));
    return {
      begin,
      update: (index, gradient) => {
        const state = [variables[index], squares.variables[index], moments.variables[index]];
        const inputs = [...state, rate.handle, decay, momentum, epsilon, gradient];
        native.update('ResourceApplyRMSProp', inputs);
      },
      sync: () => {
        squares.sync();
        moments.sync();
      },
    };
  }
  if (kind === 'Momentum') {
    const sums = slot(insides, 'accumulations', 'momentum', parameters, native);
    const momentum = native.constant([insides.momentum]);
    const attributes = [native.flag('use_nesterov', insides.useNesterov)];
    return {
      begin,
      update: (index, gradient) => {
        const inputs = [variables[index], sums.variables[index], rate.handle, gradient, momentum];
        native.update('ResourceApplyMomentum', inputs, attributes);
      },
      sync: sums.sync,
    };
  }
  return {
    begin,
    update: (index, gradient) =>
      native.update('ResourceApplyGradientDescent', [variables[index], rate.handle, gradient]),
    sync: () => {},
  };
}

/**
 * TensorFlow.js divides by `√(v / (1 − β₂ᵗ)) + ε`, the native operation by `√v + ε` with the
 * correction in the rate; they agree if the operation is given `ε √(1 − β₂ᵗ)`. The operation also
 * rounds β before it takes `1 − β`, which makes `v` smaller by 1.3 parts in 10⁵ at β₂ = 0.999, and
 * `m` by less; the rate makes up for it.
 */
function fuseAdam(
  insides: OptimizerInsides,
  parameters: FusedParameter[],
  native: Operations,
): FusedOptimizer {
  const { beta1, beta2, epsilon } = insides;
  const means = slot(insides, 'accumulatedFirstMoment', 'm', parameters, native);
  const squares = slot(insides, 'accumulatedSecondMoment', 'v', parameters, native);
  const [power1, power2, step, hat, shrink] = [1, 2, 3, 4, 5].map(() => scalar(native));
  set(power1, insides.accBeta1.dataSync()[0]);
  set(power2, insides.accBeta2.dataSync()[0]);
  const excess = Math.sqrt(roundedRest(beta2));
  const betas = [native.constant([beta1]), native.constant([beta2])];
  const decay = insides.weightDecay ?? 0;
  return {
    begin: () => {
      insides.iterations_ = (insides.iterations_ ?? 0) + 1;
      set(step, (insides.learningRate * excess) / roundedRest(beta1));
      set(hat, epsilon * excess * Math.sqrt(1 - power2.values[0]));
      set(shrink, insides.learningRate * decay);
    },
    end: () => {
      set(power1, power1.values[0] * Math.fround(beta1));
      set(power2, power2.values[0] * Math.fround(beta2));
    },
    update: (index, gradient) => {
      const { variable } = parameters[index];
      if (decay > 0) {
        const value = native.readVariable(variable);
        native.update('ResourceApplyGradientDescent', [variable, shrink.handle, value]);
        if (value !== variable) native.freeLastResult();
      }
      native.update('ResourceApplyAdam', [
        variable,
        means.variables[index],
        squares.variables[index],
        power1.handle,
        power2.handle,
        step.handle,
        ...betas,
        hat.handle,
        gradient,
      ]);
    },
    sync: () => {
      means.sync();
      squares.sync();
      tf.tidy(() => {
        insides.accBeta1.assign(tf.scalar(power1.values[0]));
        insides.accBeta2.assign(tf.scalar(power2.values[0]));
      });
    },
  };
}

/** How much smaller `1 − β` is when β is rounded to float32 first. */
function roundedRest(beta: number): number {
  return Math.fround(1 - Math.fround(beta)) / Math.fround(1 - beta);
}

/** One array of state per parameter, such as Adam's mean gradient. */
function slot(
  insides: OptimizerInsides,
  field: string,
  suffix: string,
  parameters: FusedParameter[],
  native: Operations,
): { variables: Handle[]; sync: () => void } {
  const variables = parameters.map(({ source }, index) => {
    const known = insides[field][index]?.variable;
    const handle = native.handleOf(known ?? source);
    return native.variable(source.shape, known ? handle : native.run('ZerosLike', [handle]));
  });
  const sync = () =>
    parameters.forEach(({ source }, index) => {
      const value = native.variableToTensor(variables[index], source.shape);
      const known = insides[field][index];
      if (known) known.variable.assign(value);
      else {
        const originalName = `${source.name}/${suffix}`;
        insides[field][index] = { originalName, variable: value.variable(false) };
      }
      value.dispose();
    });
  return { variables, sync };
}

function scalar(native: Operations): SharedFloats {
  return native.shared([]);
}

function set(scalar: SharedFloats, value: number): void {
  if (scalar.values[0] === Math.fround(value)) return;
  scalar.values[0] = value;
  scalar.publish();
}
