import { expect, test } from 'vitest';
import { addWith, makeAdder, sumExamples } from '../../../lib/language/adder';
import { gptGradients } from '../../../lib/language/gpt-gradients';
import { measureGpt } from '../../../lib/language/gpt-loss';
import { createGpt } from '../../../lib/language/gpt-model';
import { GptNetwork } from '../../../lib/language/gpt-network';
import { countGptParameters } from '../../../lib/language/gpt-shape';
import type { GptTrainingState } from '../../../lib/language/gpt-step';
import { textExamples } from '../../../lib/language/token-examples';
import { type GptTraining, trainGpt } from '../../../lib/language/train-gpt';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countNativeTensors } from '../../../lib/tensorflow/insides';

const shape = { vocabulary: 7, context: 11, layers: 2, heads: 3, width: 15 };
const tokens = Array.from({ length: 400 }, (_, index) => (index * index) % 7);
const training = textExamples(tokens.slice(0, 350), 11);
const validation = textExamples(tokens.slice(350), 11, 11);
const options = { steps: 50, batchSize: 5, every: 20, learningRate: 0.01, seed: 3 };

async function train(more: GptTraining = {}, resumed?: { model: ReturnType<typeof createGpt> }) {
  await startTensorflow();
  const model = resumed?.model ?? createGpt(shape, 2);
  const history = await trainGpt(model, { training, validation }, { ...options, ...more });
  return { model, history };
}

test.each([
  [{ vocabulary: 50257, context: 1024, layers: 12, heads: 12, width: 768 }, 124_439_808],
  [{ vocabulary: 50257, context: 1024, layers: 48, heads: 25, width: 1600 }, 1_557_611_200],
])('the parameters of GPT-2 are counted as its authors count them: %j', (gpt2, count) => {
  expect(countGptParameters(gpt2)).toBe(count);
});

test('a GPT learns what follows what, and says so', async () => {
  const steps: number[] = [];
  const { history } = await train({ onStep: ({ step }) => steps.push(step) });
  expect(steps).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(history.measured.map(({ step }) => step)).toEqual([0, 20, 40, 50]);
  const [first, ...later] = history.measured.map(({ validationLoss }) => validationLoss as number);
  // Seeds 1 to 8 begin at 1.81 to 2.28.
  expect(Math.abs(first - Math.log(7))).toBeLessThan(0.6);
  // ln 7 is 1.95; seeds 1 to 8 reach 0.09 to 0.18.
  expect(later.at(-1)).toBeLessThan(0.5);
  expect(history.steps).toBe(50);
  expect(history.stopped).toBeUndefined();
});

test('the same seed gives the same numbers, also where a training was ended and resumed', async () => {
  const whole = await train();
  let state: GptTrainingState | undefined;
  const weights: Record<string, Float32Array> = {};
  const controller = new AbortController();
  const model = createGpt(shape, 2);
  const { history } = await train(
    {
      signal: controller.signal,
      onMeasure: (measured) => {
        if (measured.step !== 20) return;
        state = measured.state();
        for (const [name, values] of Object.entries(model.weights)) weights[name] = values.slice();
      },
      onStep: ({ step }) => {
        if (step === 33) controller.abort();
      },
    },
    { model },
  );
  expect(history.stopped).toMatchObject({ why: 'interrupted', step: 33 });
  const resumed = await train({ resume: state }, { model: { shape, weights } });
  expect(resumed.model.weights).toEqual(whole.model.weights);
  expect(resumed.history.measured).toEqual(whole.history.measured.slice(2));
  expect(resumed.history.steps).toBe(50);
  expect((await train({ seed: 4 })).model.weights).not.toEqual(whole.model.weights);
});

test('a loss that is not finite ends the training with the step and the remedy', async () => {
  const { history } = await train({ learningRate: 1e30, warmUpSteps: 1 });
  const { step, message } = history.stopped as { step: number; message: string };
  expect(step).toBeLessThan(10);
  expect(message).toBe(
    `Training stopped at step ${step} of 50: the loss is no longer a finite number. Make the GPT anew, and train it with a smaller learning rate.`,
  );
});

test('a training leaves nothing in memory', async () => {
  await train();
  const native = tf.getBackend() === 'tensorflow';
  const before = [tf.memory().numTensors, native && countNativeTensors()];
  await train();
  expect([tf.memory().numTensors, native && countNativeTensors()]).toEqual(before);
});

test.each<[GptTraining, string]>([
  [{ steps: 0 }, 'Cannot train the GPT: steps must be a whole number >= 1, got 0'],
  [{ learningRate: -1 }, 'Cannot train the GPT: learningRate must be > 0, got -1'],
  [{ weightDecay: -1 }, 'Cannot train the GPT: weightDecay must be >= 0, got -1'],
  [{ clip: 0 }, 'Cannot train the GPT: clip must be > 0, got 0'],
  [{ seed: 0.5 }, 'Cannot train the GPT: seed must be a whole number >= 0, got 0.5'],
  [{ epochs: 3 } as GptTraining, "Cannot train the GPT: there is no option 'epochs'"],
])('%j is refused', async (wrong, message) => {
  await expect(train(wrong)).rejects.toThrow(message);
});

test('shapes and texts that do not fit are refused', () => {
  expect(() => createGpt({ vocabulary: 7, heads: 5 })).toThrow(
    'Cannot make a GPT: heads must divide width 96, got 5',
  );
  expect(() => createGpt({ vocabulary: 0 })).toThrow('vocabulary must be a whole number >= 1, got 0');
  expect(() => textExamples([1, 2, 3], 3)).toThrow('it must be longer than 3 tokens, the context, got 3');
});

test.each([7, -1])('the token %i, outside the vocabulary, is refused', async (token) => {
  await startTensorflow();
  const wrong = {
    ...training,
    load: (example: number, inputs: Int32Array, targets: Int32Array) => {
      training.load(example, inputs, targets);
      targets[4] = token;
    },
  };
  const line = `Cannot read the examples: token 4 must be one of 0 … 6, got ${token}; encode the text with the vocabulary of the GPT`;
  await expect(trainGpt(createGpt(shape), { training: wrong }, options)).rejects.toThrow(
    new RangeError(line),
  );
  expect(() => measureGpt(createGpt(shape), wrong)).toThrow(new RangeError(line));
  const read = Array.from({ length: 11 }, () => token);
  const network = new GptNetwork(createGpt(shape));
  expect(() => network.logits(read)).toThrow('Cannot read: token 0 must be one of 0 … 6');
  network.dispose();
  expect(() => gptGradients(createGpt(shape), read, read)).toThrow('token 0 must be one of 0 … 6');
});

test.each([-1, 0.5, Number.NaN])('a text with the token %d is not cut into windows', (token) => {
  expect(() => textExamples([1, 2, token, 3], 3)).toThrow(
    new RangeError(`Cannot cut a text: token 2 must be a whole number >= 0, got ${token}`),
  );
});

test('a loss that is not finite after the last update is told, too', async () => {
  const { history } = await train({ steps: 1, every: 1, warmUpSteps: 1, learningRate: 1e38 });
  expect(Number.isFinite(history.measured.at(-1)?.validationLoss)).toBe(false);
  expect(history.stopped).toMatchObject({ why: 'diverged', step: 1 });
});

test('a training does not go on with the state of another GPT', async () => {
  let state: GptTrainingState | undefined;
  await train({
    steps: 20,
    onMeasure: (measured) => {
      state = measured.state();
    },
  });
  const other = createGpt({ ...shape, width: 12 });
  await expect(train({ resume: state }, { model: other })).rejects.toThrow(
    /^Cannot resume the training: its state has \d+ arrays for \d+, or one of another length; go on with the GPT that it was made for$/,
  );
});

test.each([5, 24])('examples of %i tokens are refused by a GPT with a context of 11', async (length) => {
  await startTensorflow();
  const wrong = textExamples(tokens, length);
  const line = `Cannot read the examples: they are ${length} tokens long, the GPT has a context of 11; make them that long`;
  expect(() => measureGpt(createGpt(shape), wrong)).toThrow(new RangeError(line));
  await expect(trainGpt(createGpt(shape), { training: wrong }, options)).rejects.toThrow(line);
  await expect(trainGpt(createGpt(shape), { training, validation: wrong }, options)).rejects.toThrow(line);
});

test('sums of another length than the context are refused', async () => {
  await startTensorflow();
  const adder = makeAdder({ digits: 2 });
  const model = createGpt({ ...adder.shape, context: 9, layers: 1, heads: 1, width: 4 });
  const line = 'they are 6 tokens long, the GPT has a context of 9';
  expect(() => addWith(model, adder, adder.unseen)).toThrow(line);
});

test.each([100, -1, 2.5])('the number %d is not written with two digits', (number) => {
  const adder = makeAdder({ digits: 2 });
  const model = createGpt({ ...adder.shape, layers: 1, heads: 1, width: 4 });
  for (const write of [() => sumExamples(adder, [[1, number]]), () => addWith(model, adder, [[number, 1]])])
    expect(write).toThrow(/^Cannot write a sum: each number must be .+, got (100|-1|2\.5)$/);
});

test('windows of a text: each place is followed by the next', () => {
  const windows = textExamples([0, 1, 2, 3, 4, 5, 6, 7], 3, 2);
  const [inputs, targets] = [new Int32Array(3), new Int32Array(3)];
  const all = Array.from({ length: windows.count }, (_, index) => {
    windows.load(index, inputs, targets);
    return [...inputs, ...targets];
  });
  expect(all).toEqual([
    [0, 1, 2, 1, 2, 3],
    [2, 3, 4, 3, 4, 5],
    [4, 5, 6, 5, 6, 7],
  ]);
});

test.each([true, false])('a sum is written digit by digit, reversed: %s', (reversed) => {
  const adder = makeAdder({ reversed });
  expect([adder.seen.length, adder.unseen.length]).toEqual([9500, 500]);
  expect(new Set([...adder.seen, ...adder.unseen].map(String)).size).toBe(10_000);
  const examples = sumExamples(adder, [[7, 95]]);
  const [inputs, targets] = [new Int32Array(6), new Int32Array(6)];
  examples.load(0, inputs, targets);
  const answer = reversed ? [2, 0, 1] : [1, 0, 2];
  expect([...inputs]).toEqual([0, 7, 9, 5, ...answer.slice(0, 2)]);
  expect([...targets].slice(3)).toEqual(answer);
  expect(examples.counted).toEqual([false, false, false, true, true, true]);
});

test('a GPT adds what it has learnt', async () => {
  await startTensorflow();
  const adder = makeAdder({ digits: 1, unseen: 5 });
  const model = createGpt({ ...adder.shape, layers: 1, heads: 2, width: 32 });
  const learnt = { training: sumExamples(adder, adder.seen) };
  await trainGpt(model, learnt, { steps: 300, batchSize: 64, learningRate: 0.01, every: 300 });
  // All 95 with each of the seeds 1 to 8.
  expect(addWith(model, adder, adder.seen)).toEqual(adder.seen.map(([a, b]) => a + b));
  expect(() => makeAdder({ digits: 4 })).toThrow('digits must be 1, 2 or 3, got 4');
});
