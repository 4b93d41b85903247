import { beforeAll, expect, test } from 'vitest';
import { selectDigits } from '../../../lib/data/digits';
import { loadMnist, type Mnist } from '../../../lib/data/mnist';
import { trainRecipe } from '../../../lib/model/recipe';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

let data: Mnist;

beforeAll(async () => {
  await startTensorflow();
  data = await loadMnist({ limit: 8000, testLimit: 500 });
}, 60_000);

test('trainRecipe() learns, validates each epoch, and leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  const result = await trainRecipe(data, { examples: 300, hiddenUnits: 16, epochs: 8 }, 1, 200);
  expect(result.validationLosses).toHaveLength(8);
  expect(result.validationLosses.every(Number.isFinite)).toBe(true);
  expect(result.trainingLosses[7]).toBeLessThan(result.trainingLosses[0]);
  expect(result.train.loss).toBeLessThan(result.test.loss);
  // Over the seeds 1 … 10: 0.57 … 0.72; chance is 0.1.
  expect(result.test.accuracy).toBeGreaterThan(0.3);
  expect(result.weights).toHaveLength(784 * 16);
  expect(tf.memory().numTensors).toBe(before);
});

test('trainRecipe() with the same seed gives the same result, with another one another', async () => {
  const recipe = { examples: 100, hiddenUnits: 8, dropout: 0.3, epochs: 2 };
  const first = await trainRecipe(data, recipe, 3);
  expect(await trainRecipe(data, recipe, 3)).toEqual(first);
  expect(await trainRecipe(data, recipe, 4)).not.toEqual(first);
});

test('trainRecipe() with copies makes as many updates in fewer epochs', async () => {
  const result = await trainRecipe(data, { examples: 60, hiddenUnits: 8, copies: 4, epochs: 10 }, 1);
  expect(result.trainingLosses).toHaveLength(2);
});

test('trainRecipe() learns from the copies too: five times as many updates in an epoch', async () => {
  const recipe = { examples: 60, hiddenUnits: 8 };
  // 300 digits and 60, twice over: 20 updates and 4.
  const withCopies = await trainRecipe(data, { ...recipe, copies: 4, epochs: 10 }, 1);
  const without = await trainRecipe(data, { ...recipe, epochs: 2 }, 1);
  expect(without.trainingLosses).toHaveLength(withCopies.trainingLosses.length);
  // Over the seeds 1 … 10: 0.908 … 0.958; 1 if the copies counted for nothing.
  expect(withCopies.train.loss).toBeLessThan(0.97 * without.train.loss);
});

test('trainRecipe() with shuffled labels leaves nothing to learn but by heart', async () => {
  const result = await trainRecipe(
    data,
    { examples: 64, hiddenUnits: 64, epochs: 150, shuffledLabels: true },
    1,
  );
  expect(result.train.accuracy).toBeGreaterThan(0.9);
  // Ten classes; the standard deviation of chance on 500 digits is 0.013, the labels' own adds some. Over the seeds
  // 1 … 10: 0.05 … 0.192, and 1 on the digits that were learnt.
  expect(result.test.accuracy).toBeLessThan(0.25);
});

test.each<[object, string]>([
  [{ optimizer: 'sgd' }, "there is no option 'optimizer'"],
  [{ epochs: 0 }, 'epochs must be a whole number >= 1, got 0'],
  [{ copies: -1 }, 'copies must be a whole number >= 0, got -1'],
])('trainRecipe() refuses %o', async (recipe, message) => {
  await expect(trainRecipe(data, recipe, 1)).rejects.toThrow(message);
});

test('trainRecipe() refuses more digits than there are', async () => {
  const tooMany = trainRecipe(data, { examples: 8000 }, 1, 1);
  await expect(tooMany).rejects.toThrow('must be <= 8000 together, got 8000 and 1');
  expect(selectDigits(data.train, [0]).count).toBe(1);
});
