/** The shape of a GPT, and what follows from it: its parameters, their number, and the work of a token. */
import { countElements } from '../base/arrays';
import { requireCount, requireKnownOptions } from '../base/checks';

/** What decides the parameters of a GPT, apart from their values. */
export interface GptShape {
  /** `V`, how many tokens there are */
  vocabulary: number;
  /** `T`, how many tokens it sees at a time */
  context: number;
  /** `L`, blocks of attention and network */
  layers: number;
  /** `H`, which divides the width */
  heads: number;
  /** `D`, numbers a position */
  width: number;
}

/** One array of parameters. */
export interface GptTensor {
  name: string;
  shape: readonly number[];
  /** a weight is drawn and decays, a gain begins at 1, a bias at 0 */
  kind: 'weight' | 'gain' | 'bias';
  /** standard deviation that a weight is drawn with */
  deviation: number;
}

const names = ['vocabulary', 'context', 'layers', 'heads', 'width'] as const;

/**
 * @param shape - any object
 * @param action - what for, in the complaint
 * @throws RangeError unless all five are whole numbers >= 1 and the heads divide the width
 */
export function requireGptShape(shape: GptShape, action: string): void {
  requireKnownOptions(shape, names, action);
  for (const name of names) requireCount(name, shape[name], action);
  const { heads, width } = shape;
  if (width % heads !== 0) {
    throw new RangeError(`Cannot ${action}: heads must divide width ${width}, got ${heads}`);
  }
}

/**
 * The arrays of a GPT's parameters, as GPT-2 has them: the table of the tokens also serves as the head. Weights are drawn
 * with its deviation, 0.02 at a width of 768, carried over to other widths by `1/√D`: the products then have the same size.
 * Positions have half of it; what writes into the residual stream, `2 L` arrays, has it divided by `√(2 L)`, so that the
 * stream does not grow with the depth.
 *
 * @param shape - of the GPT
 * @returns the arrays in a fixed order
 * @see Radford et al., "Language models are unsupervised multitask learners" (2019), and its program
 */
export function gptTensors({ vocabulary, context, layers, width }: GptShape): GptTensor[] {
  const usual = 0.02 * Math.sqrt(768 / width);
  const bias = (name: string, size: number): GptTensor => ({
    name,
    shape: [size],
    kind: 'bias',
    deviation: 0,
  });
  const weight = (name: string, rows: number, columns: number, deviation = usual): GptTensor => {
    return { name, shape: [rows, columns], kind: 'weight', deviation };
  };
  const norm = (name: string): GptTensor[] => [
    { name: `${name}.gain`, shape: [width], kind: 'gain', deviation: 0 },
    bias(`${name}.bias`, width),
  ];
  const dense = (name: string, inputs: number, units: number, deviation?: number): GptTensor[] => [
    weight(`${name}.weights`, inputs, units, deviation),
    bias(`${name}.bias`, units),
  ];
  const small = usual / Math.sqrt(2 * layers);
  const block = (at: string): GptTensor[] => [
    ...norm(`${at}.attention.norm`),
    ...dense(`${at}.attention.qkv`, width, 3 * width),
    ...dense(`${at}.attention.output`, width, width, small),
    ...norm(`${at}.mlp.norm`),
    ...dense(`${at}.mlp.up`, width, 4 * width),
    ...dense(`${at}.mlp.down`, 4 * width, width, small),
  ];
  return [
    weight('tokens', vocabulary, width),
    weight('positions', context, width, usual / 2),
    ...Array.from({ length: layers }, (_, index) => block(`block${index + 1}`)).flat(),
    ...norm('norm'),
  ];
}

/**
 * How many parameters a GPT has: `N = 12 L D² + V D + T D`, and for biases and gains `13 L D + 2 D`.
 *
 * @param shape - of the GPT
 * @returns `N`
 * @throws RangeError if the shape is impossible
 */
export function countGptParameters(shape: GptShape): number {
  requireGptShape(shape, 'count the parameters');
  return gptTensors(shape).reduce((sum, tensor) => sum + countElements(tensor.shape), 0);
}
