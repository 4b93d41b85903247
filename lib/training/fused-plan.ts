/** Reads from a compiled model what the fused step must do, or names what it cannot. */
import { AdamWOptimizer } from '../tensorflow/adamw';
import { tf } from '../tensorflow/backend';
import { hasNativeOperations } from '../tensorflow/native-operations';
import {
  type FusedActivation,
  type FusedLoss,
  type FusedMetric,
  fusedActivations,
  fusedLosses,
  type NetworkEnd,
} from './fused-losses';

/** TensorFlow.js's names of the backends whose kernels the fused step can use. */
const portable = ['wasm', 'cpu'];

/** `a = φ(x W + b)`. */
export interface DensePlan {
  kind: 'dense';
  inputs: number;
  units: number;
  activation: FusedActivation;
  /** shape `[inputs, units]` */
  kernel: tf.LayerVariable;
  /** shape `[units]` */
  bias?: tf.LayerVariable;
  /** λ of the penalty `λ Σ W²`; 0 without */
  l2: number;
}

/** Each number is dropped with probability `rate`, the others are divided by `1 − rate`. */
export interface DropoutPlan {
  kind: 'dropout';
  rate: number;
  /** with a seed, TensorFlow.js drops the same places of every batch */
  seed?: number;
}

export interface FusedPlan {
  /** numbers per example */
  inputs: number;
  layers: (DensePlan | DropoutPlan)[];
  end: NetworkEnd;
  /** names of what is reported: `loss`, then the metrics */
  labels: string[];
  optimizer: tf.Optimizer;
}

/** What TensorFlow.js keeps in a compiled model beside its public part. */
export interface CompiledModel {
  /** whether a `fit` is under way */
  isTraining: boolean;
  history: tf.History;
  collectedTrainableWeights: tf.LayerVariable[];
  getDedupedMetricsNames(): string[];
}

/** A `tf.Sequential` leaves the training to a model inside it. */
export function insideOf(model: tf.LayersModel): CompiledModel {
  const inside = (model as unknown as { model?: CompiledModel }).model ?? model;
  return inside as unknown as CompiledModel;
}

/**
 * Plans the fused step of a model.
 *
 * @param model - any model
 * @returns the plan, or the reasons why there is none, one clause each
 */
export function planFused(model: tf.LayersModel): FusedPlan | string[] {
  if (!hasNativeOperations() && !portable.includes(tf.getBackend())) {
    return [`the fused step was not tried on the backend ${tf.getBackend()}`];
  }
  if (!(model instanceof tf.Sequential)) return ['the model is not a tf.Sequential'];
  if (!model.optimizer) return ['the model is not compiled'];
  const reasons: string[] = [];
  const layers = model.layers.flatMap((layer) => planLayer(layer, reasons));
  const last = layers[layers.length - 1];
  if (reasons.length === 0 && last?.kind !== 'dense') reasons.push('the last layer is not dense');
  const loss = planLoss(model, reasons);
  const compiled = insideOf(model);
  const weights = layers.flatMap((layer) =>
    layer.kind === 'dense' ? [layer.kernel, ...(layer.bias ? [layer.bias] : [])] : [],
  );
  const trained = compiled.collectedTrainableWeights;
  if (weights.some((weight, index) => weight !== trained[index])) {
    reasons.push('a layer is frozen, shared, or was added after compiling');
  }
  if (!isFusedOptimizer(model.optimizer)) {
    reasons.push(`the optimizer is ${model.optimizer.getClassName()}${centred(model.optimizer)}`);
  }
  const metrics = loss && last?.kind === 'dense' ? planMetrics(model, loss, last, reasons) : [];
  if (reasons.length > 0 || last?.kind !== 'dense' || !loss) return reasons;
  const first = layers.find((layer): layer is DensePlan => layer.kind === 'dense');
  return {
    inputs: (first ?? last).inputs,
    layers,
    end: { activation: last.activation, loss, metrics, units: last.units },
    labels: compiled.getDedupedMetricsNames(),
    optimizer: model.optimizer,
  };
}

function planLayer(layer: tf.layers.Layer, reasons: string[]): (DensePlan | DropoutPlan)[] {
  const kind = layer.getClassName();
  const config = layer.getConfig();
  if (kind === 'InputLayer') return [];
  const name = `layer '${layer.name}'`;
  if (kind === 'Dropout') {
    if (config.noiseShape) reasons.push(`${name} has a noise shape`);
    const seed = (config.seed as number | null) ?? undefined;
    const rate = config.rate as number;
    // TensorFlow.js takes a rate of 1 for none.
    return [{ kind: 'dropout', rate: rate < 1 ? rate : 0, seed }];
  }
  if (kind !== 'Dense') {
    reasons.push(`${name} is a ${kind}`);
    return [];
  }
  const activation = String(config.activation ?? 'linear') as FusedActivation;
  if (!fusedActivations.includes(activation)) {
    reasons.push(`${name} has the activation ${activation}`);
  }
  const others = ['biasRegularizer', 'activityRegularizer', 'kernelConstraint', 'biasConstraint'];
  for (const other of others) {
    if (config[other] ?? (layer as unknown as Record<string, unknown>)[other]) {
      reasons.push(`${name} has a ${other}`);
    }
  }
  const penalty = config.kernelRegularizer as { className?: string; config?: Penalty } | null;
  if (penalty && (penalty.className !== 'L1L2' || penalty.config?.l1)) {
    reasons.push(`${name} has a kernelRegularizer other than L2`);
  }
  const [kernel, bias] = layer.weights;
  if (kernel?.shape.length !== 2) {
    reasons.push(`${name} has no weights yet`);
    return [];
  }
  const [inputs, units] = kernel.shape as number[];
  return [{ kind: 'dense', inputs, units, activation, kernel, bias, l2: penalty?.config?.l2 ?? 0 }];
}

interface Penalty {
  l1?: number;
  l2?: number;
}

function planLoss(model: tf.LayersModel, reasons: string[]): FusedLoss | undefined {
  const given: unknown = Array.isArray(model.loss) ? model.loss[0] : model.loss;
  if (given === tf.losses.softmaxCrossEntropy) return 'softmaxCrossEntropy';
  if (given === tf.losses.meanSquaredError) return 'meanSquaredError';
  const known = fusedLosses.find((loss) => loss === given && loss !== 'softmaxCrossEntropy');
  if (!known) {
    reasons.push(`the loss is ${typeof given === 'string' ? given : 'a function of its own'}`);
  }
  return known;
}

/** `accuracy` means another metric for each loss; these are the rules of `model.compile`. */
function planMetrics(
  model: tf.LayersModel,
  loss: FusedLoss,
  { units }: DensePlan,
  reasons: string[],
): FusedMetric[] {
  const given = model.metrics ?? [];
  if (typeof given === 'object' && !Array.isArray(given)) {
    reasons.push('the metrics are named by output');
    return [];
  }
  return [given].flat().flatMap((metric): FusedMetric[] => {
    if (metric === 'accuracy' || metric === 'acc') {
      if (units === 1 || loss === 'binaryCrossentropy') return ['binaryAccuracy'];
      const sparse = loss === 'sparseCategoricalCrossentropy';
      return [sparse ? 'sparseCategoricalAccuracy' : 'categoricalAccuracy'];
    }
    const sparse = loss === 'sparseCategoricalCrossentropy';
    if (!sparse && metric === 'categoricalAccuracy') return ['categoricalAccuracy'];
    if (!sparse && metric === 'binaryAccuracy') return ['binaryAccuracy'];
    if (!sparse && (metric === 'mse' || metric === 'MSE')) return ['meanSquaredError'];
    const name = typeof metric === 'string' ? metric : 'a function of its own';
    reasons.push(`a metric is ${name}`);
    return [];
  });
}

/** Subclasses may step differently, so only the very classes count. */
function isFusedOptimizer(optimizer: tf.Optimizer): boolean {
  const classes: unknown[] = [
    tf.SGDOptimizer,
    tf.MomentumOptimizer,
    tf.RMSPropOptimizer,
    tf.AdamOptimizer,
    AdamWOptimizer,
  ];
  return classes.includes(optimizer.constructor) && centred(optimizer) === '';
}

function centred(optimizer: tf.Optimizer): string {
  return (optimizer as unknown as { centered?: boolean }).centered ? ', centred' : '';
}
