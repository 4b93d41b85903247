/**
 * The optimizers' steps, one operation a parameter. Settings and state stay those of TensorFlow.js's
 * optimizer object, on purpose: whoever changes its learning rate between two steps is heard, and
 * `model.fit` can go on where a training here ended.
 */
import { AdamWOptimizer } from '../tensorflow/adamw';
import { tf } from '../tensorflow/backend';
import { insidesOf, type OptimizerInsides, type Slots } from '../tensorflow/insides';
import type { Handle, Operations, SharedFloats } from '../tensorflow/operations';
import { isTrained, type Parameter } from './parameters';

/** Takes the steps of an optimizer. */
export interface Updates {
  /** Changes every trained parameter once, by its gradient. */
  step(): void;
  /** Writes the state back into TensorFlow.js's optimizer. */
  sync(): void;
}

/** One way to step. */
interface Rule {
  /** once a step, before the parameters */
  begin(): void;
  update(index: number, gradient: Handle): void;
  /** once a step, after the parameters */
  end?(): void;
  sync?(): void;
}

/**
 * @param optimizer - any
 * @returns whether {@link updatesOf} can take its steps
 */
export function canStep(optimizer: tf.Optimizer): boolean {
  return ruleOf(optimizer) !== undefined;
}

/**
 * The steps of an optimizer; they go on from the state that it has.
 *
 * @param optimizer - one of those that {@link canStep} tells: SGD, momentum (Nesterov's too), RMSProp that is not
 *   centred, Adam or AdamW
 * @param parameters - those of the model that `compile` found to train, in that order, by which
 *   TensorFlow.js finds their state
 * @param run - runs the operations and owns the state
 * @returns the steps
 * @throws TypeError if it is another optimizer
 */
export function updatesOf(
  optimizer: tf.Optimizer,
  parameters: readonly Parameter[],
  run: Operations,
): Updates {
  const insides = insidesOf(optimizer);
  const makeRule = ruleOf(optimizer);
  if (!makeRule) {
    throw new TypeError(
      `Cannot train: there are no fused steps of ${optimizer.getClassName()}; take SGD, momentum, RMSProp, Adam or AdamW`,
    );
  }
  let rule = makeRule(insides, parameters, run);
  let state = stateOf(insides);
  return {
    step: () => {
      // optimizer.setWeights() puts other arrays in the place of those that it had.
      if (stateOf(insides) !== state) rule = makeRule(insides, parameters, run);
      state = stateOf(insides);
      insides.iterations_ = (insides.iterations_ ?? 0) + 1;
      rule.begin();
      parameters.forEach((parameter, index) => {
        if (isTrained(parameter)) rule.update(index, parameter.gradient as Handle);
      });
      rule.end?.();
    },
    sync: () => {
      if (stateOf(insides) === state) rule.sync?.();
    },
  };
}

/** The arrays that an optimizer keeps, or the first of them; none for gradient descent. */
function stateOf({ accumulatedFirstMoment, accumulations, accumulatedMeanSquares }: OptimizerInsides) {
  return accumulatedFirstMoment ?? accumulations ?? accumulatedMeanSquares;
}

type MakeRule = (insides: OptimizerInsides, parameters: readonly Parameter[], run: Operations) => Rule;

/** Subclasses may step differently, so only the very classes count. */
function ruleOf(optimizer: tf.Optimizer): MakeRule | undefined {
  const rules = new Map<unknown, MakeRule>([
    [tf.SGDOptimizer, descentRule],
    [tf.MomentumOptimizer, momentumRule],
    [tf.RMSPropOptimizer, rmsPropRule],
    [tf.AdamOptimizer, adamRule],
    [AdamWOptimizer, adamRule],
  ]);
  return insidesOf(optimizer).centered ? undefined : rules.get(optimizer.constructor);
}

const descentRule: MakeRule = (insides, parameters, run) => {
  const rate = run.shared([]);
  return {
    begin: () => set(rate, insides.learningRate),
    update: (index, gradient) => run.descend(parameters[index].variable, rate.handle, gradient),
  };
};

const momentumRule: MakeRule = (insides, parameters, run) => {
  const rate = run.shared([]);
  const momentum = run.constant(insides.momentum);
  const sums = slot(insides.accumulations, 'momentum', parameters, run);
  return {
    begin: () => set(rate, insides.learningRate),
    update: (index, gradient) => {
      const settings = { rate: rate.handle, momentum, nesterov: insides.useNesterov };
      const state = { sum: sums.variables[index] };
      run.descendWithMomentum(parameters[index].variable, state, settings, gradient);
    },
    sync: sums.sync,
  };
};

const rmsPropRule: MakeRule = (insides, parameters, run) => {
  const rate = run.shared([]);
  const decay = run.constant(insides.decay);
  const momentum = run.constant(insides.momentum);
  const epsilon = run.constant(insides.epsilon);
  const squares = slot(insides.accumulatedMeanSquares, 'rms', parameters, run);
  const moments = slot(insides.accumulatedMoments, 'momentum', parameters, run);
  return {
    begin: () => set(rate, insides.learningRate),
    update: (index, gradient) => {
      const state = { square: squares.variables[index], moment: moments.variables[index] };
      const settings = { rate: rate.handle, decay, momentum, epsilon };
      run.descendByRmsProp(parameters[index].variable, state, settings, gradient);
    },
    sync: () => {
      squares.sync();
      moments.sync();
    },
  };
};

/**
 * Adam, and AdamW, which first shrinks the parameter, `θ ← θ − α λ θ`.
 *
 * TensorFlow.js divides by `√(v / (1 − β₂ᵗ)) + ε`, the operation by `√v + ε` with the correction in the
 * rate; they agree if the operation is given `ε √(1 − β₂ᵗ)`. The operation also rounds β before it
 * takes `1 − β`, which makes `v` smaller by 1.3 parts in 10⁵ at β₂ = 0.999, and `m` by less; the rate
 * makes up for it.
 */
const adamRule: MakeRule = (insides, parameters, run) => {
  const { beta1, beta2, epsilon, weightDecay = 0 } = insides;
  const means = slot(insides.accumulatedFirstMoment, 'm', parameters, run);
  const squares = slot(insides.accumulatedSecondMoment, 'v', parameters, run);
  const [power1, power2, rate, tiny, shrink] = Array.from({ length: 5 }, () => run.shared([]));
  const betas = { beta1: run.constant(beta1), beta2: run.constant(beta2) };
  set(power1, insides.accBeta1.dataSync()[0]);
  set(power2, insides.accBeta2.dataSync()[0]);
  const excess = Math.sqrt(roundedRest(beta2));
  const handles = () => ({
    power1: power1.handle,
    power2: power2.handle,
    rate: rate.handle,
    epsilon: tiny.handle,
    ...betas,
  });
  let settings = handles();
  return {
    begin: () => {
      set(rate, (insides.learningRate * excess) / roundedRest(beta1));
      set(tiny, epsilon * excess * Math.sqrt(1 - power2.values[0]));
      set(shrink, insides.learningRate * weightDecay);
      settings = handles();
    },
    update: (index, gradient) => {
      const { variable } = parameters[index];
      if (weightDecay > 0) shrinkBy(shrink.handle, variable, run);
      const state = { mean: means.variables[index], square: squares.variables[index] };
      run.descendByAdam(variable, state, settings, gradient);
    },
    end: () => {
      set(power1, power1.values[0] * Math.fround(beta1));
      set(power2, power2.values[0] * Math.fround(beta2));
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
};

function shrinkBy(share: Handle, variable: Handle, run: Operations): void {
  const value = run.readVariable(variable);
  run.descend(variable, share, value);
  if (value !== variable) run.freeLastResult();
}

/** How much smaller `1 − β` is when β is rounded to float32 first. */
function roundedRest(beta: number): number {
  return Math.fround(1 - Math.fround(beta)) / Math.fround(1 - beta);
}

/** One array of state per parameter, such as Adam's mean gradient. */
function slot(
  slots: Slots,
  suffix: string,
  parameters: readonly Parameter[],
  run: Operations,
): { variables: Handle[]; sync: () => void } {
  const variables = parameters.map(({ source }, index) => {
    const known = slots[index]?.variable;
    if (known) requireShape(known, source);
    const handle = run.handleOf(known ?? source);
    return run.variable(source.shape, known ? handle : run.zerosLike(handle));
  });
  const sync = () =>
    parameters.forEach(({ source }, index) => {
      const value = run.variableToTensor(variables[index], source.shape);
      const known = slots[index];
      if (known) known.variable.assign(value);
      else {
        const originalName = `${source.name}/${suffix}`;
        slots[index] = { originalName, variable: value.variable(false) };
      }
      value.dispose();
    });
  return { variables, sync };
}

/** TensorFlow.js finds an optimizer's state by its place alone, though it may be another model's. */
function requireShape({ shape }: tf.Variable, source: tf.Variable): void {
  if (tf.util.arraysEqual(shape, source.shape)) return;
  throw new Error(
    `Cannot train: the optimizer holds a state of shape [${shape}] for '${source.name}' of shape [${source.shape}]; give each model an optimizer of its own`,
  );
}

function set(number: SharedFloats, value: number): void {
  if (number.values[0] === Math.fround(value)) return;
  number.values[0] = value;
  number.publish();
}
