import { beforeAll, describe, expect, test } from 'vitest';
import { fitFused } from '../../lib/fused-training';
import { startTensorflow, tf } from '../../lib/tensorflow';
import {
  apart,
  build,
  draw,
  type End,
  ends,
  optimizers,
  type Shape,
  stateOf,
  weightsOf,
} from '../samples/fused-models';

const native = (await startTensorflow()).backend === 'native';
const small: Shape = { inputs: 9, hidden: [{ units: 7, activation: 'tanh' }], units: 4 };
const classes = ends['softmax, sparse cross-entropy'];
const withoutOrder = { shuffle: false, batchSize: 16, epochs: 25 };

beforeAll(() => {
  tf.env().set('PROD', true);
});

/** 25 epochs of 4 steps, the last with 7 examples, once with each way; how far apart they end. */
async function compare(shape: Shape, end: End, optimizer: () => tf.Optimizer) {
  const { x, y } = draw(55, shape, end);
  const validation = draw(20, shape, end, 4);
  const validationData: [tf.Tensor, tf.Tensor] = [validation.x, validation.y];
  const [fused, layers] = [0, 1].map(() => build(shape, end, optimizer));
  const start = weightsOf(fused);
  expect(apart(start, weightsOf(layers))).toBe(0);
  const mine = await fitFused(fused, x, y, { ...withoutOrder, validationData });
  const theirs = await layers.fit(x, y, { ...withoutOrder, validationData, verbose: 0 });
  expect(mine.fused).toBe(true);
  expect(Object.keys(mine.history).sort()).toEqual(Object.keys(theirs.history).sort());
  const result = {
    weights: apart(weightsOf(fused), weightsOf(layers)),
    moved: apart(weightsOf(layers), start),
    state: apart(await stateOf(fused), await stateOf(layers)),
    history: Math.max(
      ...Object.keys(theirs.history).map((key) =>
        apart(mine.history[key] as number[], theirs.history[key] as number[]),
      ),
    ),
  };
  for (const model of [fused, layers]) {
    model.optimizer.dispose();
    model.dispose();
  }
  tf.dispose([x, y, validation]);
  return result;
}

/** Rounding differs by parts in 10⁷ a step; a step's length bounds what Adam makes of it. */
function expectEqual(result: Awaited<ReturnType<typeof compare>>): void {
  expect(result.moved).toBeGreaterThan(0.01);
  expect(result.weights).toBeLessThan(1e-5);
  expect(result.state).toBeLessThan(1e-5);
  expect(result.history).toBeLessThan(1e-5);
}

describe.skipIf(!native)('fitFused() equals model.fit after 100 steps', () => {
  test.each(Object.keys(ends))('%s, with Adam', async (name) => {
    expectEqual(await compare(small, ends[name], optimizers.adam));
  });

  test.each(Object.keys(optimizers))('optimizer %s', async (name) => {
    const hidden: Shape['hidden'] = [
      { units: 12, activation: 'relu', l2: 0.01 },
      { units: 6, activation: 'sigmoid' },
    ];
    expectEqual(await compare({ inputs: 9, hidden, units: 4 }, classes, optimizers[name]));
  });

  test.each([
    ['no hidden layer', { ...small, hidden: [] }],
    ['a hidden softmax', { ...small, hidden: [{ units: 8, activation: 'softmax' }] }],
    ['a hidden linear layer', { ...small, hidden: [{ units: 8, activation: 'linear' }] }],
    ['a layer without bias', { ...small, hidden: [{ units: 8, activation: 'relu', bias: false }] }],
    ['dropout with a seed', { ...small, dropout: { rate: 0.4, seed: 5 } }],
    ['dropout that drops nothing', { ...small, dropout: { rate: 0 } }],
    ['one output', { ...small, units: 1 }],
  ] as [string, Shape][])('%s', async (name, shape) => {
    const end = name === 'one output' ? ends['sigmoid, binary cross-entropy'] : classes;
    expectEqual(await compare(shape, end, optimizers.momentum));
  });
});
