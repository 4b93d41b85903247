/** Reads from a compiled model what the fused step must do, or names what it cannot. */
import { tf } from '../tensorflow/backend';
import { insideOf, insidesOf, isNative, settingOf } from '../tensorflow/insides';
import { type ActivationName, activationNames } from '../tensorflow/operations';
import { type LossHead, type LossName, lossNames, type MetricName } from './loss-head';
import { canStep } from './updates';

/** TensorFlow.js's names of the other backends whose kernels the fused step can use. */
const portable = ['wasm', 'cpu', 'webgpu'];

/** `a = φ(x W + b)`. */
export interface DensePlan {
  kind: 'dense';
  inputs: number;
  units: number;
  activation: ActivationName;
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
  /** numbers per example */
  width: number;
}

export type LayerPlan = DensePlan | DropoutPlan;

/** What a training has to do. */
export interface TrainingPlan {
  /** numbers per example */
  inputs: number;
  /** the last is dense; its activation stands in the head, and the layer itself is linear */
  layers: LayerPlan[];
  head: LossHead;
  /** names of what is reported: `loss`, then the metrics */
  labels: string[];
  /** the weights that the model was compiled to train */
  trained: tf.LayerVariable[];
  optimizer: tf.Optimizer;
  /** whether the model is still as it was compiled then */
  isCurrent(): boolean;
}

/**
 * Plans the fused step of a model.
 *
 * @param model - any model
 * @returns the plan, or the reasons why there is none, one clause each
 */
export function planTraining(model: tf.LayersModel): TrainingPlan | string[] {
  if (!model.optimizer) return ['the model is not compiled'];
  const reasons: string[] = [];
  const layers = planLayers(model, reasons);
  const last = layers[layers.length - 1];
  if (reasons.length === 0 && last?.kind !== 'dense') reasons.push('the last layer is not dense');
  const loss = planLoss(model, reasons);
  const trained = trainedWeights(model, layers, reasons);
  const { optimizer } = model;
  if (!canStep(optimizer)) {
    const centred = insidesOf(optimizer).centered ? ', centred' : '';
    reasons.push(`the optimizer is ${optimizer.getClassName()}${centred}`);
  }
  if (last?.kind !== 'dense' || !loss) return reasons;
  const metrics = planMetrics(model, loss, last, reasons);
  if (reasons.length > 0) return reasons;
  const { activation, units } = last;
  return {
    inputs: layers[0].kind === 'dense' ? layers[0].inputs : layers[0].width,
    layers: [...layers.slice(0, -1), { ...last, activation: 'linear' }],
    head: { activation, loss, metrics, units },
    labels: insideOf(model).getDedupedMetricsNames(),
    trained,
    optimizer,
    isCurrent: sinceNow(model),
  };
}

/**
 * @param model - compiled
 * @returns says, whenever it is asked, whether the model was left as it is compiled now; a layer that
 *   was added or taken away counts as compiling
 */
export function sinceNow(model: tf.LayersModel): () => boolean {
  const compiled = insideOf(model).collectedTrainableWeights;
  return () => model.built && insideOf(model).collectedTrainableWeights === compiled;
}

/** @throws Error unless the model is still as it was compiled when its training began */
export function requireCurrent(isCurrent: () => boolean): void {
  if (isCurrent()) return;
  throw new Error(
    'Cannot go on training: the model was compiled or changed meanwhile; end the training first, or set model.optimizer.learningRate alone',
  );
}

/**
 * Plans the layers of a model, whether it is compiled or not.
 *
 * @param model - any model
 * @param reasons - is told why it cannot be built of the layers that there are, one clause each
 * @returns from the inputs to the outputs
 */
export function planLayers(model: tf.LayersModel, reasons: string[]): LayerPlan[] {
  const backend = tf.getBackend();
  if (!isNative() && !portable.includes(backend)) {
    reasons.push(`the fused step was not tried on the backend ${backend}`);
  }
  if (!(model instanceof tf.Sequential)) {
    reasons.push('the model is not a tf.Sequential');
    return [];
  }
  const plans = model.layers.flatMap((layer) => planLayer(layer, reasons));
  const shape = model.inputs?.[0]?.shape.slice(1) ?? [];
  if (reasons.length === 0 && shape.length > 1) reasons.push(`an example has the shape [${shape}]`);
  return plans;
}

function planLayer(layer: tf.layers.Layer, reasons: string[]): LayerPlan[] {
  const kind = layer.getClassName();
  const name = `layer '${layer.name}'`;
  if (kind === 'InputLayer') return [];
  if (kind === 'Dropout') return planDropout(layer, name, reasons);
  if (kind === 'Dense') return planDense(layer, name, reasons);
  reasons.push(`${name} is a ${kind}`);
  return [];
}

function planDropout(layer: tf.layers.Layer, name: string, reasons: string[]): LayerPlan[] {
  const { rate, seed, noiseShape } = layer.getConfig() as Record<string, unknown>;
  if (noiseShape) reasons.push(`${name} has a noise shape`);
  if (typeof seed === 'number') {
    reasons.push(`${name} has a seed of its own, with which it drops the same places of every batch`);
  }
  // TensorFlow.js takes a rate of 1 for none.
  if (!(Number(rate) > 0 && Number(rate) < 1)) return [];
  const shape = layer.outputShape as (number | null)[];
  if (shape.length !== 2) reasons.push(`${name} drops numbers of shape [${shape.slice(1)}]`);
  return [{ kind: 'dropout', rate: Number(rate), width: Number(shape[1]) }];
}

function planDense(layer: tf.layers.Layer, name: string, reasons: string[]): LayerPlan[] {
  const config = layer.getConfig();
  const activation = String(config.activation ?? 'linear') as ActivationName;
  if (!activationNames.includes(activation)) {
    reasons.push(`${name} has the activation ${activation}`);
  }
  const others = ['biasRegularizer', 'activityRegularizer', 'kernelConstraint', 'biasConstraint'];
  for (const other of others) {
    if (settingOf(layer, other)) reasons.push(`${name} has a ${other}`);
  }
  const penalty = config.kernelRegularizer as { className?: string; config?: Penalty } | null;
  if (penalty && (penalty.className !== 'L1L2' || penalty.config?.l1)) {
    reasons.push(`${name} has a kernelRegularizer other than L2`);
  }
  // By rank: a layer lists its frozen weights last.
  const kernel = layer.weights.find(({ shape }) => shape.length === 2);
  const bias = layer.weights.find(({ shape }) => shape.length === 1);
  if (!kernel) {
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

/** What `compile` found to train: all weights but those of layers that were frozen then. */
function trainedWeights(model: tf.LayersModel, layers: LayerPlan[], reasons: string[]): tf.LayerVariable[] {
  const weights = layers.flatMap((layer) =>
    layer.kind === 'dense' ? [layer.kernel, ...(layer.bias ? [layer.bias] : [])] : [],
  );
  const trained = insideOf(model).collectedTrainableWeights;
  if (!trained || !model.built) {
    reasons.push('a layer was added after compiling');
    return [];
  }
  if (new Set(weights).size < weights.length) reasons.push('a layer is shared');
  if (reasons.length === 0 && trained.some((weight) => !weights.includes(weight))) {
    reasons.push('a weight is trained that belongs to no layer');
  }
  return trained;
}

function planLoss(model: tf.LayersModel, reasons: string[]): LossName | undefined {
  const given: unknown = Array.isArray(model.loss) ? model.loss[0] : model.loss;
  if (given === tf.losses.softmaxCrossEntropy) return 'softmaxCrossEntropy';
  if (given === tf.losses.meanSquaredError) return 'meanSquaredError';
  const known = lossNames.find((loss) => loss === given && loss !== 'softmaxCrossEntropy');
  if (!known) {
    reasons.push(`the loss is ${typeof given === 'string' ? given : 'a function of its own'}`);
  }
  return known;
}

/** `accuracy` means another metric for each loss; these are the rules of `model.compile`. */
function planMetrics(
  model: tf.LayersModel,
  loss: LossName,
  { units }: DensePlan,
  reasons: string[],
): MetricName[] {
  const given = model.metrics ?? [];
  if (typeof given === 'object' && !Array.isArray(given)) {
    reasons.push('the metrics are named by output');
    return [];
  }
  return [given].flat().flatMap((metric): MetricName[] => {
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
