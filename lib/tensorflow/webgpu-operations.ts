/**
 * The operations on a graphics card: products are TensorFlow.js's kernels, all else short programs of the course's own.
 * What a training changes stays on the card.
 */
import { tf } from './backend';
import type { Handle } from './insides';
import type { AdamSettings, MomentumSettings, Operations, RmsPropSettings } from './operations';
import { compute, sumColumns, sumSquares } from './webgpu-formulas';
import { WebGpuTransformer } from './webgpu-transformer';

/** The kind of product whose sums are not divided among threads that add them up in any order. */
const repeatable = 3;

/** The same as `NativeOperations`, on a graphics card. */
export class WebGpuOperations extends WebGpuTransformer implements Operations {
  constructor() {
    super();
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', repeatable);
  }

  override sumRows(delta: Handle): Handle {
    return this.run([delta], ([delta]) => sumColumns(delta, [delta.shape[1] as number]));
  }

  override halfSquares(...all: Handle[]): Handle {
    const half = (x: tf.Tensor): tf.Tensor => tf.reshape(sumSquares(x, 0.5), []);
    return this.run(all, (all) => all.map(half).reduce((sum, one) => tf.add(sum, one)));
  }

  override descend(parameter: Handle, rate: Handle, gradient: Handle): void {
    const numbers = { rate: this.numberOf(rate) };
    this.update(parameter, 'return Theta[i] - rate * G[i];', { Theta: parameter, G: gradient }, numbers);
  }

  override descendWithMomentum(
    parameter: Handle,
    { sum }: { sum: Handle },
    settings: MomentumSettings,
    gradient: Handle,
  ): void {
    const numbers = { rate: this.numberOf(settings.rate), beta: this.numberOf(settings.momentum) };
    const inputs = { Theta: parameter, M: sum, G: gradient };
    this.update(sum, 'return beta * M[i] + G[i];', inputs, numbers);
    const step = settings.nesterov ? 'G[i] + beta * M[i]' : 'M[i]';
    this.update(parameter, `return Theta[i] - rate * (${step});`, inputs, numbers);
  }

  override descendByRmsProp(
    parameter: Handle,
    { square, moment }: { square: Handle; moment: Handle },
    settings: RmsPropSettings,
    gradient: Handle,
  ): void {
    const numbers = {
      rate: this.numberOf(settings.rate),
      rest: 1 - this.numberOf(settings.decay),
      beta: this.numberOf(settings.momentum),
      tiny: this.numberOf(settings.epsilon),
    };
    const inputs = { Theta: parameter, V: square, M: moment, G: gradient };
    this.update(square, 'return V[i] + (G[i] * G[i] - V[i]) * rest;', inputs, numbers);
    this.update(moment, 'return beta * M[i] + rate * G[i] / sqrt(V[i] + tiny);', inputs, numbers);
    this.update(parameter, 'return Theta[i] - M[i];', inputs, numbers);
  }

  override descendByAdam(
    parameter: Handle,
    { mean, square }: { mean: Handle; square: Handle },
    settings: AdamSettings,
    gradient: Handle,
  ): void {
    const { power1, power2, rate, beta1, beta2, epsilon } = settings;
    const [p1, p2] = [this.numberOf(power1), this.numberOf(power2)];
    const numbers = {
      rest1: 1 - this.numberOf(beta1),
      rest2: 1 - this.numberOf(beta2),
      step: (this.numberOf(rate) * Math.sqrt(1 - p2)) / (1 - p1),
      tiny: this.numberOf(epsilon),
    };
    const inputs = { Theta: parameter, M: mean, V: square, G: gradient };
    this.update(mean, 'return M[i] + (G[i] - M[i]) * rest1;', inputs, numbers);
    this.update(square, 'return V[i] + (G[i] * G[i] - V[i]) * rest2;', inputs, numbers);
    this.update(parameter, 'return Theta[i] - step * M[i] / (sqrt(V[i]) + tiny);', inputs, numbers);
  }

  override variable(shape: number[], initial: Handle): Handle {
    return this.enter({ shape, tensor: tf.reshape(this.tensorOf(initial), shape) });
  }

  override assign(variable: Handle, value: Handle): void {
    this.replace(variable, tf.reshape(this.tensorOf(value), [...this.shapeOf(variable)]));
  }

  override variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    // Numbers of its own: TensorFlow.js knows data that were set anew by their name.
    return compute('return X[i];', shape, { tensors: { X: this.tensorOf(variable) } });
  }

  override handleOf(tensor: tf.Tensor): Handle {
    return this.result({ shape: tensor.shape, tensor: tf.reshape(tensor, tensor.shape) });
  }

  /** Gives a variable another value; nothing on the card is changed in place. */
  private update(
    variable: Handle,
    formula: string,
    inputs: Record<string, Handle>,
    numbers: Record<string, number>,
  ): void {
    const entries = Object.entries(inputs).map(([name, handle]) => [name, this.tensorOf(handle)] as const);
    const tensors = Object.fromEntries(entries);
    this.replace(variable, compute(formula, this.shapeOf(variable), { tensors, numbers }));
  }

  private replace(variable: Handle, tensor: tf.Tensor): void {
    const entry = this.entryOf(variable);
    entry.tensor?.dispose();
    entry.tensor = tf.keep(tensor);
  }

  private numberOf(handle: Handle): number {
    return this.read(handle)[0];
  }
}
