import { beforeAll, expect, test } from 'vitest';
import { selectDigits } from '../../../lib/data/digits';
import { loadMnist, type Mnist } from '../../../lib/data/mnist';
import { evaluateModel } from '../../../lib/model/mnist-model';
import { createRegularModel, scoreModel, trainRecipe } from '../../../lib/model/recipe';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

let data: Mnist;

beforeAll(async () => {
  await startTensorflow();
  data = await loadMnist({ limit: 8000, testLimit: 500 });
}, 60_000);

function free(model: tf.Sequential): void {
  model.optimizer.dispose();
  model.dispose();
}

test('createRegularModel() without remedies is the network of the course', () => {
  const model = createRegularModel({}, 1);
  expect(model.countParams()).toBe(101_770);
  expect(model.layers.map((layer) => layer.getClassName())).toEqual(['Dense', 'Dense']);
  free(model);
});

test('scoreModel() measures the cross-entropy, without the penalty', async () => {
  for (const l2 of [0, 0.01]) {
    const model = createRegularModel({ hiddenUnits: 5, l2 }, 1);
    const score = scoreModel(model, data.test);
    const { loss, accuracy } = await evaluateModel(model, data.test);
    expect(score.loss).toBeCloseTo(loss, 4);
    expect(score.accuracy).toBeCloseTo(accuracy, 6);
    free(model);
  }
});

test('trainRecipe() with an L2 penalty adds λ Σ W² to the loss it descends', async () => {
  // One epoch of one batch: the loss reported is that of the first weights.
  const firstLoss = async (l2: number) => {
    const recipe = { examples: 32, hiddenUnits: 5, l2, epochs: 1 };
    return (await trainRecipe(data, recipe, 1)).trainingLosses[0];
  };
  const model = createRegularModel({ hiddenUnits: 5 }, 1);
  const squares = tf.tidy(() =>
    model.layers
      .map((layer) => layer.getWeights()[0].square().sum().dataSync()[0])
      .reduce((sum, one) => sum + one, 0),
  );
  free(model);
  expect((await firstLoss(0.01)) - (await firstLoss(0))).toBeCloseTo(0.01 * squares, 4);
});

test('createRegularModel() drops hidden units in training only', () => {
  const model = createRegularModel({ hiddenUnits: 5, dropout: 0.5 }, 1);
  expect(model.layers[1].getConfig().rate).toBe(0.5);
  expect(scoreModel(model, data.test)).toEqual(scoreModel(model, data.test));
  free(model);
});

test('createRegularModel() refuses what makes no sense', () => {
  expect(() => createRegularModel({ hiddenUnits: 0 }, 1)).toThrow('hiddenUnits must be');
  expect(() => createRegularModel({ l2: -1 }, 1)).toThrow('l2 must be');
  expect(() => createRegularModel({ dropout: 1 }, 1)).toThrow('dropout must be');
});

test('trainRecipe() learns, validates each epoch, and leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  const result = await trainRecipe(data, { examples: 300, hiddenUnits: 16, epochs: 8 }, 1, 200);
  expect(result.validationLosses).toHaveLength(8);
  expect(result.validationLosses.every(Number.isFinite)).toBe(true);
  expect(result.trainingLosses[7]).toBeLessThan(result.trainingLosses[0]);
  expect(result.train.loss).toBeLessThan(result.test.loss);
  expect(result.test.accuracy).toBeGreaterThan(0.3); // chance is 0.1
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
  const result = await trainRecipe(
    data,
    { examples: 60, hiddenUnits: 8, copies: 4, epochs: 10 },
    1,
  );
  expect(result.trainingLosses).toHaveLength(2);
});

test('trainRecipe() with shuffled labels leaves nothing to learn but by heart', async () => {
  const result = await trainRecipe(
    data,
    { examples: 64, hiddenUnits: 64, epochs: 150, shuffledLabels: true },
    1,
  );
  expect(result.train.accuracy).toBeGreaterThan(0.9);
  // Ten classes; the standard deviation of chance on 500 digits is 0.013, the labels' own adds some.
  expect(result.test.accuracy).toBeLessThan(0.25);
});

test('trainRecipe() refuses more digits than there are', async () => {
  const tooMany = trainRecipe(data, { examples: 8000 }, 1, 1);
  await expect(tooMany).rejects.toThrow('must be <= 8000 together, got 8000 and 1');
  expect(selectDigits(data.train, [0]).count).toBe(1);
});
