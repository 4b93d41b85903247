/** A network: a list of layers, forwards and backwards. */
import type { Random } from '../base/random';
import type { tf } from '../tensorflow/backend';
import type { Handle, Operations } from '../tensorflow/operations';
import { Dense, Dropout, type Layer, type Pass } from './layers';
import { type Parameter, refresh, takeParameter, writeBack } from './parameters';
import type { LayerPlan } from './plan';

/** The trainable form of a model, with its own copy of the parameters. */
export class Network {
  readonly parameters: readonly Parameter[];
  /** the first layer with parameters: nothing before it wants a gradient */
  private readonly lowest: number;
  /** what each layer has made on the way forwards */
  private made: Handle[][] = [];

  /**
   * @param run - runs the operations
   * @param layers - from the inputs to the outputs
   */
  constructor(
    private readonly run: Operations,
    private readonly layers: readonly Layer[],
  ) {
    this.parameters = layers.flatMap(({ parameters }) => parameters);
    this.lowest = layers.findIndex(({ parameters }) => parameters.length > 0);
  }

  /**
   * @param x - shape `[examples, inputs]`
   * @param pass - what for
   * @returns the outputs of the last layer, shape `[examples, units]`
   */
  forward(x: Handle, pass: Pass): Handle {
    for (const parameter of this.parameters) {
      refresh(this.run, parameter);
      parameter.value = this.run.readVariable(parameter.variable);
    }
    this.made = [];
    return this.layers.reduce((signal, layer) => {
      const before = this.run.countResults();
      const next = layer.forward(signal, pass);
      this.made.push(this.run.resultsAfter(before));
      return next;
    }, x);
  }

  /** @returns the sum of the penalties, `Σ λ Σ W²` */
  penalty(): number {
    return this.layers.reduce((sum, layer) => sum + (layer.penalty?.() ?? 0), 0);
  }

  /**
   * Gives each parameter its gradient, after `forward()` with `learning`. What a layer made is freed as soon as the way
   * back has passed it, where that is worth while: at the end the outputs are gone.
   *
   * @param delta - ∂L/∂outputs, shape `[examples, units]`
   * @param deltaSum - its sum over the examples, shape `[units]`, where it is known already
   */
  backward(delta: Handle, deltaSum?: Handle): void {
    let back: Handle | undefined = delta;
    let sum = deltaSum;
    let before: Handle[] = [];
    for (let index = this.layers.length - 1; index >= this.lowest; index--) {
      const count = this.run.countResults();
      back = this.layers[index].backward(back as Handle, index > this.lowest, sum);
      sum = undefined;
      const made = [...before, ...this.run.resultsAfter(count)];
      const kept = new Set([back, ...this.parameters.map(({ gradient }) => gradient)]);
      this.run.discard([...this.made[index], ...made].filter((handle) => !kept.has(handle)));
      before = made.filter((handle) => handle === back);
    }
  }

  /** Brings the model's weights up to date. */
  sync(): void {
    for (const parameter of this.parameters) writeBack(this.run, parameter);
  }
}

/**
 * Builds the network of a plan.
 *
 * @param run - runs the operations and owns the parameters
 * @param plans - from the inputs to the outputs
 * @param options - `trained`: the weights that steps may change; `random`: draws what dropout drops
 * @returns the network
 */
export function buildNetwork(
  run: Operations,
  plans: readonly LayerPlan[],
  { trained, random }: { trained: readonly tf.LayerVariable[]; random: Random },
): Network {
  const take = (weight: tf.LayerVariable) => takeParameter(run, weight, trained.includes(weight));
  const layers = plans.map((plan) => {
    if (plan.kind === 'dropout') return new Dropout(run, plan.rate, plan.width, random);
    const { kernel, bias, activation, l2 } = plan;
    return new Dense(run, take(kernel), bias && take(bias), activation, l2);
  });
  return new Network(run, layers);
}
