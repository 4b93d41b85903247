/** Networks that memorise less: smaller, penalised, with dropout, from more or moved digits. */

import { requireBetween, requireCount, requireKnownOptions } from '../base/checks';
import { seededRandom } from '../base/random';
import { augmentDigits } from '../data/augmentation';
import type { DigitSet } from '../data/digit-set';
import { selectDigits } from '../data/digits';
import { compileModel, createModel, evaluateModel, predict, trainModel } from './mnist-model';

/** Which digits are drawn to learn from. */
export interface DrawOptions {
  /** how many, drawn at random; 1000 */
  examples?: number;
  /** share of the digits whose labels are shuffled among one another, 0 … 1; 0 */
  shuffledLabels?: number;
}

/** What a network is and what it learns from; all have the values of a network without remedies. */
export interface Recipe extends DrawOptions {
  /** hidden relu units; 128 */
  hiddenUnits?: number;
  /** `λ` of the penalty `λ Σ W²`, >= 0; 0 */
  l2?: number;
  /** share of the hidden units that is dropped in each update, 0 … 0.99; 0 */
  dropout?: number;
  /** moved copies of each digit: see `augmentDigits`; 0 */
  copies?: number;
  /** passes over the digits; with copies fewer, so that there are as many updates; 40 */
  epochs?: number;
  /** digits per update; 32 */
  batchSize?: number;
  /** Adam's, > 0; 0.001 */
  learningRate?: number;
}

const known: Record<keyof Recipe, true> = {
  examples: true,
  shuffledLabels: true,
  hiddenUnits: true,
  l2: true,
  dropout: true,
  copies: true,
  epochs: true,
  batchSize: true,
  learningRate: true,
};

/** How well a model classifies digits. */
export interface Score {
  /** mean cross-entropy, `−ln p_label`, without any penalty */
  loss: number;
  /** share of right answers, 0 … 1 */
  accuracy: number;
}

/** What a training by a recipe came to. */
export interface RecipeResult {
  /** on the digits that it learnt from, without copies, with the labels that it was told */
  train: Score;
  /** on the validation digits */
  validation: Score;
  /** its probabilities for each validation digit, shape `[validation.count, 10]` */
  probabilities: number[][];
  /** on the watched digits, after each epoch, shape `[epochs]` each; empty if none were watched */
  watched: { losses: number[]; accuracies: number[] };
  /** the loss of each epoch, as the training saw it */
  trainingLosses: number[];
  /** all weights of the hidden layer, shape `[784 · hiddenUnits]`, those of one pixel together */
  weights: number[];
}

/**
 * Draws the digits that {@link trainRecipe} learns from.
 *
 * @param from - never changed
 * @param options - see {@link DrawOptions}
 * @param seed - draws the digits, and whose labels are shuffled
 * @returns as many digits as asked for, in random order
 * @throws RangeError if there are not enough digits or an option is out of range
 */
export function drawDigits(from: DigitSet, options: DrawOptions, seed: number): DigitSet {
  const { examples = 1000, shuffledLabels = 0 } = options;
  requireCount('examples', examples, 'draw digits');
  requireBetween('shuffledLabels', shuffledLabels, 0, 1, 'draw digits');
  if (examples > from.count) {
    throw new RangeError(`Cannot draw digits: examples must be <= ${from.count}, got ${examples}`);
  }
  const random = seededRandom(seed, 'digits');
  const digits = selectDigits(from, random.permutation(from.count).subarray(0, examples));
  const shuffled = Math.round(shuffledLabels * examples);
  if (shuffled === 0) return digits;
  const dealt = random.permutation(shuffled);
  const labels = digits.labels.map((label, index) =>
    index < shuffled ? digits.labels[dealt[index]] : label,
  );
  return { ...digits, labels };
}

/**
 * Draws digits, trains a network on them by a recipe, and measures it.
 *
 * @param data - `train`: what digits are drawn from; `validation`: what it is measured on; never changed
 * @param recipe - see {@link Recipe}
 * @param seed - draws the digits, the weights, the order, the copies and what is dropped
 * @param watched - what is measured after each epoch: a set of digits; or a number, then so many of the
 *   drawn digits, which are held out and not learnt from; 0
 * @returns see {@link RecipeResult}
 * @throws RangeError if an option is unknown or out of range, or there are not enough digits
 */
export async function trainRecipe(
  data: { train: DigitSet; validation: DigitSet },
  recipe: Recipe,
  seed: number,
  watched: DigitSet | number = 0,
): Promise<RecipeResult> {
  requireKnownOptions(recipe, Object.keys(known), 'train by a recipe');
  const { copies = 0, epochs = 40, batchSize, learningRate, hiddenUnits, l2, dropout } = recipe;
  requireCount('copies', copies, 'train by a recipe', 0);
  requireCount('epochs', epochs, 'train by a recipe');
  const [digits, validation] = heldOut(drawDigits(data.train, recipe, seed), watched);
  const augmented = copies > 0 ? augmentDigits(digits, { copies, seed }) : digits;
  const passes = Math.max(1, Math.round(epochs / (copies + 1)));
  const model = createModel({ hiddenUnits, l2, dropout, seed });
  try {
    compileModel(model, { learningRate });
    const history = await trainModel(model, augmented, { epochs: passes, batchSize, seed, validation });
    const measured = validation ? history.epochs : [];
    return {
      train: await evaluateModel(model, digits),
      validation: await evaluateModel(model, data.validation),
      probabilities: (await predict(model, data.validation)).probabilities,
      watched: {
        losses: measured.map((epoch) => epoch.validationLoss ?? Number.NaN),
        accuracies: measured.map((epoch) => epoch.validationAccuracy ?? Number.NaN),
      },
      trainingLosses: history.epochs.map((epoch) => epoch.loss),
      weights: Array.from(await model.layers[0].getWeights()[0].data()),
    };
  } finally {
    model.dispose();
  }
}

/** The digits to learn from, and those to watch: others, or the last of the drawn ones. */
function heldOut(drawn: DigitSet, watched: DigitSet | number): [DigitSet, DigitSet | undefined] {
  if (typeof watched !== 'number') return [drawn, watched];
  requireCount('the number of watched digits', watched, 'train by a recipe', 0);
  if (watched >= drawn.count) {
    throw new RangeError(
      `Cannot train by a recipe: the number of watched digits must be < ${drawn.count}, got ${watched}`,
    );
  }
  if (watched === 0) return [drawn, undefined];
  const places = Array.from({ length: drawn.count }, (_, index) => index);
  return [selectDigits(drawn, places.slice(0, -watched)), selectDigits(drawn, places.slice(-watched))];
}
