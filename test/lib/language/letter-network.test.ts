import { beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { createLetterNetwork, type LetterNetwork, trainLetterNetwork } from '../../../lib/language';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

beforeAll(() => startTensorflow());

const small = { size: 5, context: 3, embeddingSize: 4, hiddenUnits: 6 };
const random = seededRandom(1, 'tokens of the test');
const tokens = Int32Array.from({ length: 40 }, () => random.integer(5));
const variables = (network: LetterNetwork) => [
  network.table,
  ...network.mixers,
  network.hiddenBias,
  network.outputs,
  network.outputBias,
];
const valuesOf = (network: LetterNetwork) => variables(network).map((one) => Array.from(one.dataSync()));

/** The mean loss of all places, with TensorFlow.js's own operations. */
function lossByTensorflow({ table, mixers, hiddenBias, outputs, outputBias }: LetterNetwork): tf.Scalar {
  const count = tokens.length - small.context;
  const at = (from: number) => tf.tensor1d(tokens.slice(from, from + count), 'int32');
  const mixed = mixers.map((mixer, k) =>
    tf.matMul(tf.gather(table, at(small.context - 1 - k)) as tf.Tensor2D, mixer as tf.Tensor2D),
  );
  const hidden = tf.tanh(tf.addN(mixed).add(hiddenBias)) as tf.Tensor2D;
  const logits = tf.matMul(hidden, outputs as tf.Tensor2D).add(outputBias);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(at(small.context), small.size), logits);
}

describe('createLetterNetwork()', () => {
  test('has the parameters of its formula, and guesses at first as if all letters were equally likely', () => {
    const network = createLetterNetwork({ size: 76 });
    expect(network.parameterCount).toBe(76 * 16 + 8 * 16 * 128 + 128 + 128 * 76 + 76);
    expect(network.embeddings()).toHaveLength(76);
    const text = Int32Array.from({ length: 500 }, (_, index) => (index * 31) % 76);
    expect(Math.abs(network.loss(text) - Math.log(76))).toBeLessThan(0.05);
    network.dispose();
  });

  test('is the same for the same seed, another for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => createLetterNetwork({ ...small, seed }));
    expect(valuesOf(again)).toEqual(valuesOf(first));
    expect(valuesOf(other)[0]).not.toEqual(valuesOf(first)[0]);
    for (const one of [first, again, other]) one.dispose();
  });

  test('draws embeddings of the scale that is wanted, and nothing else with it', () => {
    const [first, wide] = [0.1, 1].map((embeddingScale) =>
      createLetterNetwork({ size: 76, embeddingScale, seed: 3 }),
    );
    const [tenth, whole] = [first, wide].map((network) => network.embeddings().flat());
    expect(Math.sqrt(whole.reduce((sum, value) => sum + value * value, 0) / whole.length)).toBeCloseTo(1, 1);
    for (const [place, value] of whole.entries()) expect(value).toBeCloseTo(10 * tenth[place], 5);
    expect(valuesOf(wide).slice(1)).toEqual(valuesOf(first).slice(1));
    for (const one of [first, wide]) one.dispose();
  });

  test.each<[object, RegExp]>([
    [{ size: 0 }, /size must be a whole number >= 1, got 0/],
    [{ context: 0 }, /context must be/],
    [{ embeddingScale: 0 }, /embeddingScale must be > 0, got 0/],
    [{ width: 3 }, /there is no option 'width'/],
  ])('refuses %o', (options, message) => {
    expect(() => createLetterNetwork({ ...small, ...options })).toThrow(message);
  });
});

describe('trainLetterNetwork()', () => {
  test('takes the step whose gradient is that of TensorFlow.js', async () => {
    const network = createLetterNetwork(small);
    const before = valuesOf(network);
    const { value, grads } = tf.variableGrads(() => lossByTensorflow(network));
    expect(network.loss(tokens)).toBeCloseTo(value.dataSync()[0], 5);
    const gradients = variables(network).map(({ name }) => Array.from(grads[name].dataSync()));
    tf.dispose([value, grads]);
    // Adam's first step is α g / (|g| + ε √(1 − β₂) …): nearly α times the sign of each slope.
    await trainLetterNetwork(network, tokens, { batchSize: tokens.length, learningRate: 0.01 });
    for (const [index, values] of valuesOf(network).entries()) {
      for (const [place, after] of values.entries()) {
        const slope = gradients[index][place];
        if (Math.abs(slope) < 1e-4) continue;
        expect(after - before[index][place]).toBeCloseTo(-0.01 * Math.sign(slope), 4);
      }
    }
    network.dispose();
  });

  test('learns a text that repeats itself, leaves no tensor and does not change the text', async () => {
    const before = tf.memory().numTensors;
    const network = createLetterNetwork(small);
    const repeated = Int32Array.from({ length: 400 }, (_, index) => [0, 1, 2, 0, 3][index % 5]);
    const copy = repeated.slice();
    const losses = await trainLetterNetwork(network, repeated, {
      epochs: 20,
      batchSize: 20,
      learningRate: 0.02,
    });
    expect(losses).toHaveLength(20);
    expect(network.loss(repeated)).toBeLessThan(0.05);
    expect(repeated).toEqual(copy);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the same seed gives the same weights', async () => {
    const trained = await Promise.all(
      [0, 1].map(async () => {
        const network = createLetterNetwork(small);
        await trainLetterNetwork(network, tokens, { epochs: 2, batchSize: 8, seed: 4 });
        const values = valuesOf(network);
        network.dispose();
        return values;
      }),
    );
    expect(trained[1]).toEqual(trained[0]);
  });

  test.each<[Int32Array, object, string]>([
    [tokens.slice(0, 3), {}, 'there must be more than 3 letters, got 3'],
    [Int32Array.of(0, 1, 2, 5), {}, 'letter 3 must be one of 0 … 4, got 5'],
    [tokens, { learningRate: 0 }, 'learningRate must be > 0, got 0'],
    [tokens, { steps: 3 }, "there is no option 'steps'"],
  ])('refuses tokens or options that do not fit', async (given, options, message) => {
    const network = createLetterNetwork(small);
    await expect(trainLetterNetwork(network, given, options)).rejects.toThrow(
      `Cannot train the letter network: ${message}`,
    );
    network.dispose();
  });
});
