/** What a network of dense layers costs: parameters, memory and arithmetic, from its sizes alone. */
import { requireCount, requirePositive } from '../base/checks';
import { sum } from '../maths/vectors';

/** The sizes of one dense layer, `inputs` numbers to `outputs` numbers. */
export interface DenseSize {
  inputs: number;
  outputs: number;
}

/** What one example costs, in additions and multiplications of the matrix products. */
export interface ExampleFlops {
  /** `2 · inputs · outputs` a layer */
  forward: number;
  /** as much for the gradient of each weight, and again for that of each layer's inputs */
  backward: number;
}

/**
 * The dense layers between the given numbers of neurons.
 *
 * @param neurons - inputs first, outputs last, `[784, 128, 10]` for the course's network
 * @returns one size fewer than numbers
 * @throws RangeError if there are fewer than two numbers, or one is no whole number >= 1
 */
export function denseSizes(neurons: readonly number[]): DenseSize[] {
  if (neurons.length < 2) {
    throw new RangeError(`Cannot count a model: 2 sizes are needed, got ${neurons.length}`);
  }
  for (const [index, count] of neurons.entries()) {
    requireCount(`neurons[${index}]`, count, 'count a model');
  }
  return neurons.slice(1).map((outputs, index) => ({ inputs: neurons[index], outputs }));
}

/**
 * Counts the parameters, `N = Σ (inputs + 1) · outputs`: a weight for each pair, and a bias for each
 * output.
 *
 * @param neurons - as for {@link denseSizes}
 * @returns N
 * @throws RangeError as {@link denseSizes} does
 */
export function countParameters(neurons: readonly number[]): number {
  return sum(denseSizes(neurons).map(({ inputs, outputs }) => (inputs + 1) * outputs));
}

/**
 * Counts the arithmetic for one example. The first layer needs no gradient of its inputs: they are
 * data, and nothing moves them.
 *
 * @param neurons - as for {@link denseSizes}
 * @returns additions and multiplications, the small terms of biases and activations left out
 * @throws RangeError as {@link denseSizes} does
 */
export function exampleFlops(neurons: readonly number[]): ExampleFlops {
  const products = denseSizes(neurons).map(({ inputs, outputs }) => 2 * inputs * outputs);
  const forward = sum(products);
  return { forward, backward: 2 * forward - products[0] };
}

/**
 * The usual estimate of a training's arithmetic, `C = 6 N D`.
 *
 * @param parameters - N, > 0
 * @param examples - D, > 0: examples or tokens seen, each as often as it is seen
 * @returns C, additions and multiplications
 * @throws RangeError if one is not positive
 * @see Kaplan et al., "Scaling laws for neural language models" (2020), section 2.1
 */
export function trainingFlops(parameters: number, examples: number): number {
  requirePositive('parameters', parameters, 'count arithmetic');
  requirePositive('examples', examples, 'count arithmetic');
  return 6 * parameters * examples;
}
