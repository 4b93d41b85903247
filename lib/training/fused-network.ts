/** A network of dense layers as single operations: one call for each, and nothing else. */

import { type Random, seededRandom } from '../base/random';
import { tf } from '../tensorflow/backend';
import {
  type Handle,
  hasNativeOperations,
  NativeOperations,
  type Operations,
  type SharedFloats,
} from '../tensorflow/native-operations';
import { PortableOperations } from '../tensorflow/portable-operations';
import { lossAndGradient } from './fused-losses';
import { type FusedOptimizer, type FusedParameter, fuseOptimizer } from './fused-optimizers';
import type { DensePlan, DropoutPlan, FusedPlan } from './fused-plan';

/** What to learn from or to be judged by. */
export interface Examples {
  /** numbers, or bytes that stand for `byte / 255`; shape `[count · inputs]`, example after example */
  inputs: Float32Array | Uint8Array;
  /** labels, shape `[count]`, or targets, shape `[count · units]`, as the loss takes them */
  targets: Float32Array;
  count: number;
}

/** A dense layer with its parameters in native memory. */
interface Dense extends DensePlan {
  weight: number;
  /** the bias follows its weight in the list of parameters */
  hasBias: boolean;
  penalty?: { twice: Handle };
}

type Layer = Dense | DropoutPlan;

/** Memory for batches of one size. */
interface Buffers {
  input: SharedFloats;
  delta: SharedFloats;
  /** the delta summed over the batch: the gradient of the last bias */
  deltaSum: SharedFloats;
  /** one for each dropout */
  masks: SharedFloats[];
}

const backward = { relu: 'ReluGrad', sigmoid: 'SigmoidGrad', tanh: 'TanhGrad' } as const;
const forward = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', softmax: 'Softmax' } as const;

/** Examples at a time where nothing is learnt. */
const chunk = 1000;

/**
 * The fused form of a model: its own copy of the parameters and of the optimizer's state, which
 * `sync()` writes back.
 */
export class FusedNetwork {
  private readonly native: Operations = hasNativeOperations()
    ? new NativeOperations()
    : new PortableOperations();
  private readonly layers: Layer[];
  private readonly parameters: FusedParameter[] = [];
  private optimizer?: FusedOptimizer;
  private readonly buffers = new Map<number, Buffers>();
  private readonly random: Random;
  private readonly byteScale: Handle;
  private readonly lastAxis: Handle;

  /**
   * @param plan - made by `planFused()`
   * @param seed - decides what dropout drops
   */
  constructor(
    private readonly plan: FusedPlan,
    seed: number,
  ) {
    this.random = seededRandom(seed);
    try {
      this.byteScale = this.native.constant([255]);
      this.lastAxis = this.native.wholeConstant([1]);
      this.layers = plan.layers.map((layer) => this.build(layer));
    } catch (error) {
      this.native.dispose();
      throw error;
    }
  }

  private build(layer: DensePlan | DropoutPlan): Layer {
    if (layer.kind === 'dropout') return layer;
    const { kernel, bias, l2 } = layer;
    const weight = this.parameters.length;
    for (const source of [kernel, bias]) {
      if (!source) continue;
      const tensor = source.read() as tf.Variable;
      const variable = this.native.variable(tensor.shape, this.native.handleOf(tensor));
      this.parameters.push({ source: tensor, variable });
    }
    const penalty = l2 > 0 ? { twice: this.native.constant([2 * l2]) } : undefined;
    return { ...layer, weight, hasBias: bias !== undefined, penalty };
  }

  /**
   * One update.
   *
   * @param examples - never changed
   * @param batch - which of them, numbers 0 … count − 1, shape `[batchSize]`
   * @returns sums over the batch, measured before the update: the loss, penalties included, then each
   *   metric, shape `[1 + metrics]`
   */
  step(examples: Examples, batch: ArrayLike<number>): number[] {
    const { native } = this;
    try {
      const buffers = this.buffersFor(batch.length);
      const targets = this.load(examples, batch, buffers);
      const values = this.parameters.map(({ variable }) => native.readVariable(variable));
      const inputs = this.forward(buffers, values, examples.inputs, buffers.masks);
      const logits = native.read(inputs[inputs.length - 1]);
      const { delta, deltaSum } = buffers;
      const sums = lossAndGradient(this.plan.end, logits, targets, delta.values, deltaSum.values);
      sums[0] += batch.length * this.penalties(values);
      const gradients = this.backward(buffers, values, inputs);
      native.freeResults(gradients);
      this.optimizer ??= fuseOptimizer(this.plan.optimizer, this.parameters, native);
      this.optimizer.begin();
      for (const [index, gradient] of gradients.entries()) this.optimizer.update(index, gradient);
      this.optimizer.end?.();
      return sums;
    } finally {
      native.freeResults();
    }
  }

  /**
   * Measures the network; nothing is dropped, no penalty counts.
   *
   * @param examples - never changed
   * @returns means: the loss, then each metric, shape `[1 + metrics]`
   */
  evaluate(examples: Examples): number[] {
    const { native, plan } = this;
    const { count } = examples;
    const means = new Array(1 + plan.end.metrics.length).fill(0);
    for (let from = 0; from < count; from += chunk) {
      try {
        const batch = Array.from({ length: Math.min(chunk, count - from) }, (_, at) => from + at);
        const buffers = this.buffersFor(batch.length);
        const targets = this.load(examples, batch, buffers);
        const values = this.parameters.map(({ variable }) => native.readVariable(variable));
        const inputs = this.forward(buffers, values, examples.inputs);
        const logits = native.read(inputs[inputs.length - 1]);
        const sums = lossAndGradient(plan.end, logits, targets);
        sums.forEach((sum, index) => {
          means[index] += sum / count;
        });
      } finally {
        native.freeResults();
      }
    }
    return means;
  }

  /** Brings the model's weights and its optimizer's state up to date. */
  sync(): void {
    if (!this.optimizer) return;
    for (const { source, variable } of this.parameters) {
      const value = this.native.variableToTensor(variable, source.shape);
      source.assign(value);
      value.dispose();
    }
    this.optimizer.sync();
  }

  /** Frees the native memory; the model stays. */
  dispose(): void {
    this.native.dispose();
  }

  private buffersFor(size: number): Buffers {
    const known = this.buffers.get(size);
    if (known) return known;
    const { native, plan } = this;
    const { units } = plan.end;
    let width = plan.inputs;
    const masks: SharedFloats[] = [];
    for (const layer of this.layers) {
      if (layer.kind === 'dense') width = layer.units;
      else masks.push(this.firstMask(layer, [size, width]));
    }
    const buffers = {
      input: native.shared([size, plan.inputs]),
      delta: native.shared([size, units]),
      deltaSum: native.shared([units]),
      masks,
    };
    this.buffers.set(size, buffers);
    return buffers;
  }

  /** A dropout with a seed keeps this mask; without, each step draws another. */
  private firstMask({ rate, seed }: DropoutPlan, shape: number[]): SharedFloats {
    const mask = this.native.shared(shape);
    if (seed !== undefined) {
      const draws = tf.tidy(() => tf.randomUniform(shape, 0, 1, 'float32', seed).dataSync());
      fillMask(mask, rate, (index) => draws[index]);
    }
    return mask;
  }

  /** Copies the batch into the buffers; returns its targets. */
  private load(examples: Examples, batch: ArrayLike<number>, buffers: Buffers): Float32Array {
    const { inputs, targets, count } = examples;
    const columns = this.plan.inputs;
    const width = targets.length / count;
    const { values } = buffers.input;
    const chosen = new Float32Array(batch.length * width);
    for (let row = 0; row < batch.length; row++) {
      const from = batch[row] * columns;
      values.set(inputs.subarray(from, from + columns), row * columns);
      for (let at = 0; at < width; at++)
        chosen[row * width + at] = targets[batch[row] * width + at];
    }
    buffers.input.publish();
    return chosen;
  }

  /** @returns what goes into each layer, and last the logits: what goes into the last activation */
  private forward(
    buffers: Buffers,
    values: Handle[],
    kind: Float32Array | Uint8Array,
    masks?: SharedFloats[],
  ): Handle[] {
    const { native, layers } = this;
    const scaled = kind instanceof Uint8Array;
    let current = buffers.input.handle;
    if (scaled) current = native.run('RealDiv', [current, this.byteScale]);
    const inputs = [current];
    let drop = 0;
    layers.forEach((layer, index) => {
      if (layer.kind === 'dropout') {
        const mask = masks?.[drop++];
        if (mask && layer.rate > 0) {
          if (layer.seed === undefined) {
            fillMask(mask, layer.rate, () => this.random.uniform());
          }
          current = native.run('Mul', [current, mask.handle]);
        }
      } else {
        current = native.run('MatMul', [current, values[layer.weight]]);
        if (layer.hasBias) current = native.run('BiasAdd', [current, values[layer.weight + 1]]);
        if (index < layers.length - 1 && layer.activation !== 'linear') {
          current = native.run(forward[layer.activation], [current]);
        }
      }
      inputs.push(current);
    });
    return inputs;
  }

  /** `Σ λ Σ W²` */
  private penalties(values: Handle[]): number {
    let sum = 0;
    for (const layer of this.layers) {
      if (layer.kind !== 'dense' || layer.l2 <= 0) continue;
      // L2Loss is half the sum of squares
      const half = this.native.run('L2Loss', [values[layer.weight]]);
      sum += 2 * layer.l2 * this.native.read(half)[0];
    }
    return sum;
  }

  /** @returns the gradient of each parameter */
  private backward(buffers: Buffers, values: Handle[], inputs: Handle[]): Handle[] {
    const { native, layers } = this;
    const gradients: Handle[] = new Array(values.length);
    const first = layers.findIndex(({ kind }) => kind === 'dense');
    buffers.delta.publish();
    buffers.deltaSum.publish();
    let delta = buffers.delta.handle;
    let drop = buffers.masks.length;
    for (let index = layers.length - 1; index >= first; index--) {
      const layer = layers[index];
      if (layer.kind === 'dropout') {
        const mask = buffers.masks[--drop];
        if (layer.rate > 0) delta = native.run('Mul', [delta, mask.handle]);
        continue;
      }
      const { weight } = layer;
      if (index < layers.length - 1)
        delta = this.throughActivation(layer, delta, inputs[index + 1]);
      let slope = native.run('MatMul', [inputs[index], delta], [native.flag('transpose_a', true)]);
      if (layer.penalty) {
        const pull = native.run('Mul', [values[weight], layer.penalty.twice]);
        slope = native.run('AddV2', [slope, pull]);
      }
      gradients[weight] = slope;
      if (layer.hasBias) {
        const last = index === layers.length - 1;
        gradients[weight + 1] = last ? buffers.deltaSum.handle : native.run('BiasAddGrad', [delta]);
      }
      if (index > first) {
        const transposed = [native.flag('transpose_b', true)];
        delta = native.run('MatMul', [delta, values[weight]], transposed);
      }
    }
    return gradients;
  }

  /** `δ ⊙ φ′(z)`, from what the activation gave */
  private throughActivation({ activation }: Dense, delta: Handle, output: Handle): Handle {
    const { native } = this;
    if (activation === 'linear') return delta;
    if (activation === 'relu') return native.run(backward.relu, [delta, output]);
    if (activation !== 'softmax') return native.run(backward[activation], [output, delta]);
    const weighted = native.run('Mul', [delta, output]);
    const keep = [native.flag('keep_dims', true)];
    const mean = native.run('Sum', [weighted, this.lastAxis], keep);
    return native.run('Mul', [native.run('Sub', [delta, mean]), output]);
  }
}

function fillMask(mask: SharedFloats, rate: number, draw: (index: number) => number): void {
  const kept = 1 / (1 - rate);
  const { values } = mask;
  for (let index = 0; index < values.length; index++) {
    values[index] = draw(index) >= rate ? kept : 0;
  }
  mask.publish();
}
