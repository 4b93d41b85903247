/** The loss of a network as one formula, and its gradient by the rules of calculus. */
import { parse } from 'mathjs';
import { requireSameLength } from '../base/checks';
import { differentiate } from '../maths/derivatives';
import { toRows } from '../maths/matrices';
import { realValue } from '../maths/real-values';
import type { Matrix, Vector } from '../maths/vectors';
import { flatten } from './parameters';
import type { Perceptron } from './perceptron';

/** The loss of a network as one formula, with every parameter as a name. */
export interface SymbolicLoss {
  /** the mean loss over the examples, in mathjs's syntax */
  readonly expression: string;
  /** `theta_1 … theta_d`, in the order of `flatten` */
  readonly names: readonly string[];
  /** the value that each parameter has in the network */
  readonly values: Readonly<Record<string, number>>;
}

/** Longer formulas take mathjs minutes. */
const MOST_CHARACTERS = 250_000;

/**
 * Writes the loss of a network out as one formula: every sum, every product, every activation. The
 * formula grows with the product of the layers' widths, so this is for small networks.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @param targets - `y`, one example per row, shape `[n, outputs]`
 * @returns the formula, and the names and values of its `d` parameters
 * @throws RangeError if the numbers of examples differ, or the formula would have more than 250,000
 *   characters
 */
export function symbolicLoss(network: Perceptron, inputs: Matrix, targets: Matrix): SymbolicLoss {
  requireSameLength('inputs', inputs, 'targets', targets, 'write the loss out');
  const { expression: bend } = network.activation.formula;
  const bracketed = /^\w+(\([^()]*\))?$/.test(bend) ? bend : `(${bend})`;
  const activate = (z: string) => bracketed.replace(/\bz\b/g, () => z);
  const parameters = flatten(network.layers);
  const names = parameters.map((_, index) => `theta_${index + 1}`);
  const costs = inputs.map((input, example) => {
    requireSameLength('an input', input, 'the weights', columnsOf(network), 'write the loss out');
    const logits = logitsOf(network, input.map(literal), names, activate);
    return costOf(network, logits, targets[example]);
  });
  const expression = `(${costs.join(' + ')}) / ${inputs.length}`;
  requireShort(expression.length);
  return {
    expression,
    names,
    values: Object.fromEntries(names.map((name, index) => [name, parameters[index]])),
  };
}

function requireShort(characters: number): void {
  if (characters <= MOST_CHARACTERS) return;
  throw new RangeError(
    `Cannot write the loss out: the formula would have more than ${MOST_CHARACTERS} characters; take fewer layers, units or examples`,
  );
}

function columnsOf(network: Perceptron): Vector {
  return toRows(network.layers[0].weights)[0];
}

/** `z⁽ᴸ⁾` as formulas: the forward pass, with texts in place of numbers. */
function logitsOf(
  network: Perceptron,
  input: string[],
  names: readonly string[],
  activate: (z: string) => string,
): string[] {
  let taken = 0;
  let activations = input;
  network.layers.forEach(({ weights }, index) => {
    const [units, width] = weights.size();
    const first = taken;
    const biases = first + units * width;
    const sums = Array.from({ length: units }, (_, unit) => {
      const products = activations.map((a, i) => `${names[first + unit * width + i]} * ${a}`);
      return `(${products.join(' + ')} + ${names[biases + unit]})`;
    });
    taken = biases + units;
    requireShort(sums.reduce((total, { length }) => total + length, 0));
    activations = index === network.layers.length - 1 ? sums : sums.map(activate);
  });
  return activations;
}

/** The loss of one example, as {@link Perceptron} pairs it with the output. */
function costOf(network: Perceptron, logits: string[], target: Vector): string {
  requireSameLength('outputs', logits, 'a target', target, 'write the loss out');
  const each = (cost: (z: string, y: string) => string) =>
    logits.map((z, unit) => cost(z, literal(target[unit]))).join(' + ');
  if (network.output === 'identity') return each((z, y) => `(${z} - ${y})^2 / 2`);
  if (network.output === 'sigmoid') return each((z, y) => `log(1 + exp(${z})) - ${y} * ${z}`);
  const total = target.reduce((sum, y) => sum + y, 0);
  const exponentials = logits.map((z) => `exp(${z})`).join(' + ');
  return `${literal(total)} * log(${exponentials}) - (${each((z, y) => `${y} * ${z}`)})`;
}

function literal(value: number): string {
  return `(${value})`;
}

/**
 * The gradient of a network's loss by the rules of calculus: the written-out formula is differentiated
 * by each parameter.
 *
 * @param network - the parameters
 * @param inputs - one example per row, shape `[n, inputs]`
 * @param targets - `y`, one example per row, shape `[n, outputs]`
 * @returns `∂J/∂θ`, in the order of `flatten`, shape `[d]`
 * @throws RangeError as {@link symbolicLoss} does
 */
export function symbolicGradient(network: Perceptron, inputs: Matrix, targets: Matrix): Vector {
  const { expression, names, values } = symbolicLoss(network, inputs, targets);
  const node = parse(expression);
  // Simplifying would take minutes here and change no value.
  return names.map((name) =>
    realValue(differentiate(node, name, { simplify: false }), values, { of: node, by: name }),
  );
}
