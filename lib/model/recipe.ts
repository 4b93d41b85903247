/** Networks that learn less by heart: smaller, penalised, with dropout, from more or moved digits. */

import { requireCount, requireKnownOptions } from '../base/checks';
import { seededRandom } from '../base/random';
import { augmentDigits } from '../data/augmentation';
import type { DigitSet } from '../data/digit-set';
import { selectDigits } from '../data/digits';
import { compileModel, createModel, evaluateModel, trainModel } from './mnist-model';

/** What a network is and what it learns from; all have the values of a network without remedies. */
export interface Recipe {
  /** digits to learn from, drawn at random; 1000 */
  examples?: number;
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
  /** whether the labels are dealt out anew, so that nothing but learning by heart is left; false */
  shuffledLabels?: boolean;
}

const known: Record<keyof Recipe, true> = {
  examples: true,
  hiddenUnits: true,
  l2: true,
  dropout: true,
  copies: true,
  epochs: true,
  shuffledLabels: true,
};

/** How well a model names digits. */
export interface Score {
  /** mean cross-entropy, `−ln p_label`, without any penalty */
  loss: number;
  /** share of right answers, 0 … 1 */
  accuracy: number;
}

/** What a training by a recipe came to. */
export interface RecipeResult {
  /** on the digits that it learnt from, without copies */
  train: Score;
  /** on digits that it never saw */
  test: Score;
  /** after each epoch, on the validation digits */
  validationLosses: number[];
  /** the loss of each epoch, as the training saw it */
  trainingLosses: number[];
  /** all weights of the hidden layer, shape `[784 · hiddenUnits]` */
  weights: number[];
}

/**
 * Draws digits, trains a network on them by a recipe, and measures it.
 *
 * @param data - `train`: what digits are drawn from; `test`: to be judged by; never changed
 * @param recipe - see {@link Recipe}
 * @param seed - draws the digits, the weights, the order and what is dropped
 * @param validationCount - how many other digits of `data.train` are measured after each epoch; 0
 * @returns see {@link RecipeResult}
 * @throws RangeError if an option is unknown or out of range, or there are not enough digits
 */
export async function trainRecipe(
  data: { train: DigitSet; test: DigitSet },
  recipe: Recipe,
  seed: number,
  validationCount = 0,
): Promise<RecipeResult> {
  requireKnownOptions(recipe, Object.keys(known), 'train by a recipe');
  const { copies = 0, epochs = 40 } = recipe;
  requireCount('copies', copies, 'train by a recipe', 0);
  requireCount('epochs', epochs, 'train by a recipe');
  const { digits, validation } = drawDigits(data.train, recipe, seed, validationCount);
  const augmented = copies > 0 ? augmentDigits(digits, { copies, seed }) : digits;
  const { hiddenUnits, l2, dropout } = recipe;
  const model = createModel({ hiddenUnits, l2, dropout, seed });
  compileModel(model);
  try {
    const history = await trainModel(model, augmented, {
      epochs: Math.max(1, Math.round(epochs / (copies + 1))),
      seed,
      validation,
    });
    return {
      train: await evaluateModel(model, digits),
      test: await evaluateModel(model, data.test),
      validationLosses: history.epochs.map((epoch) => epoch.validationLoss ?? Number.NaN),
      trainingLosses: history.epochs.map((epoch) => epoch.loss),
      weights: Array.from(await model.layers[0].getWeights()[0].data()),
    };
  } finally {
    model.dispose();
  }
}

function drawDigits(from: DigitSet, recipe: Recipe, seed: number, validationCount: number) {
  const { examples = 1000, shuffledLabels = false } = recipe;
  requireCount('examples', examples, 'draw digits');
  requireCount('validationCount', validationCount, 'draw digits', 0);
  if (examples + validationCount > from.count) {
    throw new RangeError(
      `Cannot draw digits: examples and validation digits must be <= ${from.count} together, got ${examples} and ${validationCount}`,
    );
  }
  const random = seededRandom(seed, 'digits');
  const order = random.permutation(from.count);
  const digits = selectDigits(from, order.subarray(0, examples));
  const validation =
    validationCount > 0
      ? selectDigits(from, order.subarray(examples, examples + validationCount))
      : undefined;
  if (!shuffledLabels) return { digits, validation };
  const dealt = random.permutation(examples);
  const labels = digits.labels.map((_, index) => digits.labels[dealt[index]]);
  return { digits: { ...digits, labels }, validation };
}
