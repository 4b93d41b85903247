/**
 * The end of a network in one pass: the last activation, the loss, the metrics, and the gradient of
 * the loss with respect to what goes into that activation, in double precision.
 *
 * The rules are those of TensorFlow.js, clipping included: a cross-entropy sees no probability below
 * 1e-7 or above 1 − 1e-7, and passes no gradient through one that was clipped.
 */
import type { ActivationName } from '../tensorflow/operations';
import { clip, clipped, labelledSoftmax } from './labelled-softmax';

/** Losses, by TensorFlow.js's names; `softmaxCrossEntropy` is `tf.losses.softmaxCrossEntropy`, on logits. */
export const lossNames = [
  'sparseCategoricalCrossentropy',
  'categoricalCrossentropy',
  'binaryCrossentropy',
  'meanSquaredError',
  'softmaxCrossEntropy',
] as const;
export type LossName = (typeof lossNames)[number];

/** Metrics, by TensorFlow.js's names. */
export type MetricName =
  | 'sparseCategoricalAccuracy'
  | 'categoricalAccuracy'
  | 'binaryAccuracy'
  | 'meanSquaredError';

/** What follows the last layer of a network. */
export interface LossHead {
  activation: ActivationName;
  loss: LossName;
  metrics: readonly MetricName[];
  /** outputs of the last layer */
  units: number;
}

/**
 * Loss, metrics and gradient of one batch.
 *
 * @param head - activation, loss and metrics
 * @param inputs - what goes into the activation (the logits), shape `[batch, units]`; not changed
 * @param targets - labels 0 … units − 1, shape `[batch]`, for a sparse loss, else shape
 *   `[batch, units]`; not changed
 * @param gradient - if given, receives ∂(mean loss)/∂inputs, shape `[batch, units]`
 * @param biasGradient - if given too, receives its sum over the batch, shape `[units]`
 * @returns sums over the batch: the loss, then each metric, shape `[1 + metrics]`
 */
export function lossAndGradient(
  head: LossHead,
  inputs: Float32Array,
  targets: Float32Array,
  gradient?: Float32Array,
  biasGradient?: Float32Array,
): number[] {
  const { activation, loss, metrics, units } = head;
  const sparse = loss === 'sparseCategoricalCrossentropy';
  if (activation === 'softmax' && sparse && metrics.every((name) => name === 'sparseCategoricalAccuracy')) {
    const { loss, right } = labelledSoftmax(inputs, targets, units, { gradient, biasGradient });
    return [loss, ...metrics.map(() => right)];
  }
  return byRules(head, inputs, targets, gradient, biasGradient);
}

/** As {@link lossAndGradient}, by a rule for each activation, loss and metric. */
export function byRules(
  head: LossHead,
  inputs: Float32Array,
  targets: Float32Array,
  gradient?: Float32Array,
  biasGradient?: Float32Array,
): number[] {
  const { activation, loss, metrics, units } = head;
  const sparse = loss === 'sparseCategoricalCrossentropy';
  const batch = inputs.length / units;
  const sums = new Array(1 + metrics.length).fill(0);
  const outputs = new Float64Array(units);
  const slopes = new Float64Array(units);
  const target = new Float64Array(units);
  const slopeSum = new Float64Array(units);
  for (let example = 0; example < batch; example++) {
    const from = example * units;
    if (sparse) target[targets[example]] = 1;
    else for (let unit = 0; unit < units; unit++) target[unit] = targets[from + unit];
    activate[activation](inputs, from, outputs);
    sums[0] += lossOf[loss](outputs, target, slopes);
    for (let index = 0; index < metrics.length; index++) {
      sums[1 + index] += metricOf[metrics[index]](outputs, target);
    }
    if (gradient) {
      backActivate[activation](outputs, slopes);
      for (let unit = 0; unit < units; unit++) {
        gradient[from + unit] = slopes[unit] / batch;
        slopeSum[unit] += slopes[unit] / batch;
      }
    }
    if (sparse) target[targets[example]] = 0;
  }
  biasGradient?.set(slopeSum);
  return sums;
}

type Activate = (inputs: Float32Array, from: number, outputs: Float64Array) => void;

const activate: Record<ActivationName, Activate> = {
  linear: (inputs, from, outputs) => {
    for (let unit = 0; unit < outputs.length; unit++) outputs[unit] = inputs[from + unit];
  },
  relu: (inputs, from, outputs) => {
    for (let unit = 0; unit < outputs.length; unit++) {
      outputs[unit] = Math.max(0, inputs[from + unit]);
    }
  },
  sigmoid: (inputs, from, outputs) => {
    for (let unit = 0; unit < outputs.length; unit++) {
      outputs[unit] = 1 / (1 + Math.exp(-inputs[from + unit]));
    }
  },
  tanh: (inputs, from, outputs) => {
    for (let unit = 0; unit < outputs.length; unit++) {
      outputs[unit] = Math.tanh(inputs[from + unit]);
    }
  },
  softmax: (inputs, from, outputs) => {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let unit = 0; unit < outputs.length; unit++) {
      greatest = Math.max(greatest, inputs[from + unit]);
    }
    let sum = 0;
    for (let unit = 0; unit < outputs.length; unit++) {
      outputs[unit] = Math.exp(inputs[from + unit] - greatest);
      sum += outputs[unit];
    }
    for (let unit = 0; unit < outputs.length; unit++) outputs[unit] /= sum;
  },
};

/** Turns ∂L/∂outputs into ∂L/∂inputs, in place. */
const backActivate: Record<ActivationName, (outputs: Float64Array, slopes: Float64Array) => void> = {
  linear: () => {},
  relu: (outputs, slopes) => {
    for (let unit = 0; unit < slopes.length; unit++) if (!(outputs[unit] > 0)) slopes[unit] = 0;
  },
  sigmoid: (outputs, slopes) => {
    for (let unit = 0; unit < slopes.length; unit++) {
      slopes[unit] *= outputs[unit] * (1 - outputs[unit]);
    }
  },
  tanh: (outputs, slopes) => {
    for (let unit = 0; unit < slopes.length; unit++) slopes[unit] *= 1 - outputs[unit] ** 2;
  },
  softmax: (outputs, slopes) => {
    let mean = 0;
    for (let unit = 0; unit < slopes.length; unit++) mean += outputs[unit] * slopes[unit];
    for (let unit = 0; unit < slopes.length; unit++) {
      slopes[unit] = outputs[unit] * (slopes[unit] - mean);
    }
  },
};

/** Each returns the loss of one example and writes ∂L/∂outputs. */
const lossOf: Record<
  LossName,
  (outputs: Float64Array, target: Float64Array, slopes: Float64Array) => number
> = {
  sparseCategoricalCrossentropy: (outputs, target, slopes) => crossentropy(outputs, target, slopes, true),
  categoricalCrossentropy: (outputs, target, slopes) => crossentropy(outputs, target, slopes, false),
  binaryCrossentropy: (outputs, target, slopes) => {
    const units = outputs.length;
    let loss = 0;
    for (let unit = 0; unit < units; unit++) {
      const p = clip(outputs[unit]);
      loss -= target[unit] * Math.log(p) + (1 - target[unit]) * Math.log(1 - p);
      slopes[unit] = clipped(outputs[unit]) ? 0 : (p - target[unit]) / (p * (1 - p) * units);
    }
    return loss / units;
  },
  meanSquaredError: (outputs, target, slopes) => {
    const units = outputs.length;
    for (let unit = 0; unit < units; unit++) {
      slopes[unit] = (2 * (outputs[unit] - target[unit])) / units;
    }
    return squaredError(outputs, target);
  },
  softmaxCrossEntropy: (outputs, target, slopes) => {
    let greatest = Number.NEGATIVE_INFINITY;
    for (const logit of outputs) greatest = Math.max(greatest, logit);
    let sum = 0;
    for (const logit of outputs) sum += Math.exp(logit - greatest);
    const logSum = greatest + Math.log(sum);
    let loss = 0;
    for (let unit = 0; unit < outputs.length; unit++) {
      loss -= target[unit] * (outputs[unit] - logSum);
      slopes[unit] = Math.exp(outputs[unit] - logSum) - target[unit];
    }
    return loss;
  },
};

/**
 * `L = −Σ tⱼ log clip(qⱼ)` with `q = p′ / Σ p′`, where `p′` is the output, clipped once more before
 * the division if the labels are sparse.
 */
function crossentropy(
  outputs: Float64Array,
  target: Float64Array,
  slopes: Float64Array,
  clipFirst: boolean,
): number {
  const units = outputs.length;
  let sum = 0;
  for (let unit = 0; unit < units; unit++) {
    sum += clipFirst ? clip(outputs[unit]) : outputs[unit];
  }
  let loss = 0;
  let shared = 0;
  for (let unit = 0; unit < units; unit++) {
    const share = (clipFirst ? clip(outputs[unit]) : outputs[unit]) / sum;
    slopes[unit] = 0;
    if (target[unit] === 0) continue;
    loss -= target[unit] * Math.log(clip(share));
    if (clipped(share)) continue;
    slopes[unit] = -target[unit] / share;
    shared += slopes[unit] * share;
  }
  for (let unit = 0; unit < units; unit++) {
    slopes[unit] = clipFirst && clipped(outputs[unit]) ? 0 : (slopes[unit] - shared) / sum;
  }
  return loss;
}

const metricOf: Record<MetricName, (outputs: Float64Array, target: Float64Array) => number> = {
  sparseCategoricalAccuracy: (outputs, target) => (argMax(outputs) === argMax(target) ? 1 : 0),
  categoricalAccuracy: (outputs, target) => (argMax(outputs) === argMax(target) ? 1 : 0),
  binaryAccuracy: (outputs, target) => {
    let right = 0;
    for (let unit = 0; unit < outputs.length; unit++) {
      if ((outputs[unit] > 0.5 ? 1 : 0) === target[unit]) right++;
    }
    return right / outputs.length;
  },
  meanSquaredError: squaredError,
};

function squaredError(outputs: Float64Array, target: Float64Array): number {
  let sum = 0;
  for (let unit = 0; unit < outputs.length; unit++) sum += (outputs[unit] - target[unit]) ** 2;
  return sum / outputs.length;
}

function argMax(values: Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}
