import { mean } from 'simple-statistics';
import { beforeAll, expect, test } from 'vitest';
import { firstDigits } from '../../../lib/data/digits';
import { loadMnist, type Mnist } from '../../../lib/data/mnist';
import { drawDigits, trainRecipe } from '../../../lib/model/recipe';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

let data: Pick<Mnist, 'train' | 'validation'>;

beforeAll(async () => {
  await startTensorflow();
  const { train, validation } = await loadMnist({ limit: 8000 });
  data = { train, validation: firstDigits(validation, 500) };
}, 60_000);

test('trainRecipe() learns, watches each epoch, and leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  const recipe = { examples: 300, hiddenUnits: 16, epochs: 8 };
  const result = await trainRecipe(data, recipe, 1, firstDigits(data.validation, 200));
  expect(result.watched.losses).toHaveLength(8);
  expect(result.watched.losses.every(Number.isFinite)).toBe(true);
  expect(result.watched.accuracies[7]).toBeGreaterThan(0.3); // chance is 0.1
  expect(result.trainingLosses[7]).toBeLessThan(result.trainingLosses[0]);
  expect(result.train.loss).toBeLessThan(result.validation.loss);
  expect(result.validation.accuracy).toBeGreaterThan(0.3);
  expect(result.weights).toHaveLength(784 * 16);
  expect(tf.memory().numTensors).toBe(before);
});

test('trainRecipe() returns the probabilities whose mean −ln is the validation loss', async () => {
  const recipe = { examples: 100, hiddenUnits: 8, epochs: 4 };
  const { probabilities, validation } = await trainRecipe(data, recipe, 1);
  expect([probabilities.length, probabilities[0].length]).toEqual([500, 10]);
  const losses = probabilities.map((row, index) => -Math.log(row[data.validation.labels[index]]));
  expect(mean(losses)).toBeCloseTo(validation.loss, 5);
});

test('trainRecipe() with the same seed gives the same result, with another one another', async () => {
  const recipe = { examples: 100, hiddenUnits: 8, dropout: 0.3, epochs: 2 };
  const first = await trainRecipe(data, recipe, 3);
  expect(await trainRecipe(data, recipe, 3)).toEqual(first);
  expect(await trainRecipe(data, recipe, 4)).not.toEqual(first);
});

test('trainRecipe() gives the same weights whether it is watched or not', async () => {
  const recipe = { examples: 100, hiddenUnits: 8, epochs: 2 };
  const watched = await trainRecipe(data, recipe, 3, data.validation);
  expect(watched.weights).toEqual((await trainRecipe(data, recipe, 3)).weights);
});

test('trainRecipe() does not learn from the digits that it holds out', async () => {
  const result = await trainRecipe(data, { examples: 400, hiddenUnits: 32, epochs: 30 }, 1, 100);
  expect(result.watched.losses).toHaveLength(30);
  // The last 100 of the 400 drawn digits are as new to it as the validation digits.
  expect(result.watched.losses[29]).toBeGreaterThan(3 * result.train.loss);
  expect(result.train.accuracy).toBeGreaterThan(0.95);
});

test('trainRecipe() with copies makes as many updates in fewer epochs', async () => {
  const result = await trainRecipe(data, { examples: 60, hiddenUnits: 8, copies: 4, epochs: 10 }, 1);
  expect(result.trainingLosses).toHaveLength(2);
  expect(result.watched.losses).toHaveLength(0);
});

test('trainRecipe() learns from the copies too: five times as many updates in an epoch', async () => {
  const recipe = { examples: 60, hiddenUnits: 8 };
  // 300 digits and 60, twice over: 20 updates and 4.
  const withCopies = await trainRecipe(data, { ...recipe, copies: 4, epochs: 10 }, 1);
  const without = await trainRecipe(data, { ...recipe, epochs: 2 }, 1);
  expect(without.trainingLosses).toHaveLength(withCopies.trainingLosses.length);
  // Over the seeds 1 … 10: 0.89 … 0.945; 1 if the copies counted for nothing.
  expect(withCopies.train.loss).toBeLessThan(0.97 * without.train.loss);
});

test('trainRecipe() passes batchSize and learningRate on', async () => {
  const recipe = { examples: 64, hiddenUnits: 8, epochs: 1 };
  const plain = await trainRecipe(data, recipe, 1);
  expect((await trainRecipe(data, { ...recipe, batchSize: 32, learningRate: 0.001 }, 1)).weights).toEqual(
    plain.weights,
  );
  expect((await trainRecipe(data, { ...recipe, batchSize: 8 }, 1)).weights).not.toEqual(plain.weights);
  expect((await trainRecipe(data, { ...recipe, learningRate: 0.01 }, 1)).weights).not.toEqual(plain.weights);
});

test('trainRecipe() with shuffled labels has nothing to do but memorise', async () => {
  const recipe = { examples: 64, hiddenUnits: 64, epochs: 150, shuffledLabels: 1 };
  const result = await trainRecipe(data, recipe, 1);
  expect(result.train.accuracy).toBeGreaterThan(0.9);
  // Ten classes; the standard deviation of chance on 500 digits is 0.013, the labels' own adds some.
  expect(result.validation.accuracy).toBeLessThan(0.25);
});

test('drawDigits() shuffles the labels of a share of the digits among one another', () => {
  const plain = drawDigits(data.train, { examples: 1000 }, 2);
  const some = drawDigits(data.train, { examples: 1000, shuffledLabels: 0.2 }, 2);
  expect(Buffer.compare(some.images, plain.images)).toBe(0);
  expect(some.labels.subarray(200)).toEqual(plain.labels.subarray(200));
  expect(Array.from(some.labels).sort()).toEqual(Array.from(plain.labels).sort());
  const changed = some.labels.filter((label, index) => label !== plain.labels[index]).length;
  // Nine of ten of the 200, ± 3.5 standard deviations of √(200 · 0.1 · 0.9) = 4.2.
  expect(Math.abs(changed - 180)).toBeLessThan(15);
  expect(drawDigits(data.train, { examples: 10 }, 3).labels).not.toEqual(plain.labels.subarray(0, 10));
});

test.each<[object, string]>([
  [{ optimizer: 'sgd' }, "there is no option 'optimizer'"],
  [{ epochs: 0 }, 'epochs must be a whole number >= 1, got 0'],
  [{ copies: -1 }, 'copies must be a whole number >= 0, got -1'],
  [{ shuffledLabels: 1.5 }, 'shuffledLabels must be'],
  [{ learningRate: 0 }, 'learningRate must be > 0, got 0'],
])('trainRecipe() refuses %o', async (recipe, message) => {
  const before = tf.memory().numTensors;
  await expect(trainRecipe(data, recipe, 1)).rejects.toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
});

test('trainRecipe() refuses more digits than there are', async () => {
  await expect(trainRecipe(data, { examples: 8001 }, 1)).rejects.toThrow('must be <= 8000, got 8001');
  const allHeldOut = trainRecipe(data, { examples: 10 }, 1, 10);
  await expect(allHeldOut).rejects.toThrow('the number of watched digits must be < 10, got 10');
});
