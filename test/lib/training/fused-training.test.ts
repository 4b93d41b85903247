import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countNativeTensors } from '../../../lib/tensorflow/native-operations';
import {
  createTrainer,
  evaluateFused,
  fitFused,
  whyNotFused,
} from '../../../lib/training/fused-training';
import reference from '../../references/training.json';
import {
  apart,
  build,
  draw,
  type End,
  ends,
  free,
  optimizers,
  type Shape,
  stateOf,
  weightsOf,
} from '../../samples/fused-models';

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
    free(model);
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

describe.skipIf(!native)('fitFused() follows Keras for 100 steps', () => {
  test.each(reference.cases)('$hidden, $activation, $loss, $optimizer', async (known) => {
    const shape: Shape = {
      inputs: 9,
      hidden: [{ units: 7, activation: known.hidden as End['activation'], l2: known.l2 }],
      units: 4,
    };
    const end: End = {
      activation: known.activation as End['activation'],
      loss: {
        sparse_categorical_crossentropy: 'sparseCategoricalCrossentropy',
        categorical_crossentropy: 'categoricalCrossentropy',
        binary_crossentropy: 'binaryCrossentropy',
        mean_squared_error: 'meanSquaredError',
      }[known.loss] as string,
      targets: 'labels',
      metrics: [],
    };
    const model = build(shape, end, optimizers[known.optimizer]);
    const first = model
      .getWeights()
      .map(({ shape }, index) => tf.tensor(known.first[index], shape));
    model.setWeights(first);
    const x = tf.tensor2d(reference.inputs, [reference.examples, 9]);
    const targets = reference.targets[known.loss as keyof typeof reference.targets];
    const y = tf.tensor(targets, [reference.examples, targets.length / reference.examples]);
    const { batchSize, epochs } = reference;
    const { fused, history } = await fitFused(model, x, y, { batchSize, epochs, shuffle: false });
    expect(fused).toBe(true);
    expect(apart(weightsOf(model), known.last.flat())).toBeLessThan(1e-4);
    expect(apart(weightsOf(model), known.first.flat())).toBeGreaterThan(0.01);
    expect(apart(history.loss as number[], known.history)).toBeLessThan(1e-4);
    tf.dispose([x, y, ...first]);
    free(model);
  });
});

describe.skipIf(!native)('fitFused()', () => {
  let tensors: number;
  let handles: number;
  beforeEach(() => {
    tensors = tf.memory().numTensors;
    handles = countNativeTensors();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(countNativeTensors()).toBe(handles);
  });

  /** Runs with a model and data that are freed afterwards. */
  async function using(
    work: (model: tf.Sequential, x: tf.Tensor2D, y: tf.Tensor) => Promise<void>,
    { shape = small, end = classes, optimizer = optimizers.adam, count = 55 } = {},
  ): Promise<void> {
    const model = build(shape, end, optimizer);
    const { x, y } = draw(count, shape, end);
    try {
      await work(model, x, y);
    } finally {
      free(model);
      tf.dispose([x, y]);
    }
  }

  test.each(Object.keys(optimizers))(
    'goes on where model.fit stopped, and back: %s',
    async (name) => {
      const optimizer = optimizers[name];
      await using(
        async (model, x, y) => {
          const other = build(small, classes, optimizer);
          const how = { shuffle: false, batchSize: 16, epochs: 3, verbose: 0 };
          await model.fit(x, y, how);
          await fitFused(model, x, y, how);
          await model.fit(x, y, how);
          await other.fit(x, y, { ...how, epochs: 9 });
          expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
          expect(apart(await stateOf(model), await stateOf(other))).toBeLessThan(1e-6);
          free(other);
        },
        { optimizer },
      );
    },
  );

  test('takes its batches in the order of seededRandom(seed), anew each epoch', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      await fitFused(model, x, y, { epochs: 2, batchSize: 10, seed: 8 });
      const random = seededRandom(8);
      for (let epoch = 0; epoch < 2; epoch++) {
        const order = tf.tensor1d(Int32Array.from(random.permutation(55)), 'int32');
        const [a, b] = [x.gather(order), y.gather(order)];
        await other.fit(a, b, { batchSize: 10, shuffle: false, verbose: 0 });
        tf.dispose([order, a, b]);
      }
      expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
      free(other);
    });
  });

  test('gives the same weights for the same seed, with dropout too, and others for another', async () => {
    const shape = { ...small, dropout: { rate: 0.5 } };
    const run = async (seed: number) => {
      let weights: number[] = [];
      const learn = async (model: tf.Sequential, x: tf.Tensor, y: tf.Tensor) => {
        await fitFused(model, x, y, { epochs: 3, seed });
        weights = weightsOf(model);
      };
      await using(learn, { shape });
      return weights;
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(apart(await run(2), first)).toBeGreaterThan(1e-3);
  });

  test('without a seed of its own, dropout keeps the share 1 − rate and the mean', async () => {
    const shape: Shape = { inputs: 200, hidden: [], units: 1 };
    const model = tf.sequential({
      layers: [
        tf.layers.dropout({ rate: 0.3, inputShape: [200] }),
        tf.layers.dense({ units: 1, kernelInitializer: 'ones' }),
      ],
    });
    model.compile({ optimizer: tf.train.sgd(1e-9), loss: 'meanSquaredError', metrics: ['mse'] });
    const count = 2000;
    const [x, y] = [tf.ones([count, shape.inputs]), tf.fill([count, 1], 200)];
    const { history } = await fitFused(model, x, y, { batchSize: 100 });
    // The sum of 200 numbers 1/0.7 kept with probability 0.7 has the mean 200 and this variance;
    // the mean of 2,000 squares of it spreads by √(2/2000) = 3.2 %.
    const variance = (200 * 0.3) / 0.7;
    expect(Number(history.mse[0]) / variance).toBeGreaterThan(0.84);
    expect(Number(history.mse[0]) / variance).toBeLessThan(1.16);
    expect(evaluateFused(model, x, y)?.[0]).toBeLessThan(1e-3);
    free(model);
    tf.dispose([x, y]);
  });

  test('takes bytes for byte / 255', async () => {
    await using(async (model) => {
      const bytes = Uint8Array.from({ length: 40 * 9 }, (_, at) => (at * 37) % 256);
      const labels = Uint8Array.from({ length: 40 }, (_, at) => (at * 7) % 4);
      const other = build(small, classes, optimizers.adam);
      const x = tf.tensor2d(
        Float32Array.from(bytes, (byte) => byte / 255),
        [40, 9],
      );
      const y = tf.tensor1d(Float32Array.from(labels));
      await fitFused(model, bytes, labels, { epochs: 5, validationData: [bytes, labels] });
      await fitFused(other, x, y, { epochs: 5 });
      expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-7);
      expect(evaluateFused(model, bytes, labels)).toHaveLength(2);
      tf.dispose([x, y]);
      free(other);
    });
  });

  test('splits validation examples off the end, as model.fit does', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      const how = { epochs: 3, batchSize: 8, shuffle: false, validationSplit: 0.3, verbose: 0 };
      const mine = await fitFused(model, x, y, how);
      const theirs = await other.fit(x, y, how);
      for (const key of Object.keys(theirs.history)) {
        expect(apart(mine.history[key] as number[], theirs.history[key] as number[])).toBeLessThan(
          1e-5,
        );
      }
      expect(mine.epoch).toEqual([0, 1, 2]);
      expect(model.history).toBe(mine);
      free(other);
    });
  });

  test('calls the same callbacks with the same logs as model.fit', async () => {
    const follow = (events: unknown[][]) => ({
      onTrainBegin: async () => void events.push(['train begins']),
      onTrainEnd: async () => void events.push(['train ends']),
      onEpochBegin: async (epoch: number) => void events.push(['epoch begins', epoch]),
      onEpochEnd: async (epoch: number, logs?: tf.Logs) =>
        void events.push(['epoch ends', epoch, logs?.loss, logs?.acc, logs?.val_loss]),
      onBatchBegin: async (batch: number) => void events.push(['batch begins', batch]),
      onBatchEnd: async (batch: number, logs?: tf.Logs) =>
        void events.push(['batch ends', batch, logs?.size, logs?.loss, logs?.acc]),
    });
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      const how = { epochs: 2, batchSize: 20, shuffle: false, verbose: 0 };
      const validationData: [tf.Tensor, tf.Tensor] = [x, y];
      const [mine, theirs]: unknown[][][] = [[], []];
      await fitFused(model, x, y, { ...how, validationData, callbacks: follow(mine) });
      await other.fit(x, y, { ...how, validationData, callbacks: follow(theirs) });
      const rounded = (events: unknown[][]) =>
        events.map((event) =>
          event.map((entry) => (typeof entry === 'number' ? entry.toFixed(4) : entry)),
        );
      expect(rounded(mine)).toEqual(rounded(theirs));
      free(other);
    });
  });

  test('shows callbacks a model that is up to date, and trains on what they set', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      const seen: number[][][] = [[], []];
      const watch = (watched: tf.Sequential, list: number[][]) => ({
        onBatchEnd: async () => void list.push(weightsOf(watched)),
        onEpochEnd: async () => {
          (watched.optimizer as unknown as { learningRate: number }).learningRate /= 2;
        },
      });
      const how = { epochs: 2, batchSize: 30, shuffle: false, verbose: 0 };
      await fitFused(model, x, y, { ...how, callbacks: watch(model, seen[0]) });
      await other.fit(x, y, { ...how, callbacks: watch(other, seen[1]) });
      expect(seen[0]).toHaveLength(4);
      expect(apart(seen[0].flat(), seen[1].flat())).toBeLessThan(1e-6);
      free(other);
    });
  });

  test('stops early in the same epoch as model.fit', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      const how = { epochs: 50, batchSize: 16, shuffle: false, verbose: 0 };
      const stop = () =>
        tf.callbacks.earlyStopping({ monitor: 'loss', minDelta: 0.02, patience: 2 });
      const mine = await fitFused(model, x, y, { ...how, callbacks: stop() });
      const theirs = await other.fit(x, y, { ...how, callbacks: stop() });
      expect(mine.epoch.length).toBeLessThan(50);
      expect(mine.epoch).toEqual(theirs.epoch);
      free(other);
    });
  });

  test('yields to the process: as often as asked, and enough for a timer to stop it', async () => {
    await using(async (model, x, y) => {
      let yields = 0;
      const callbacks = { onYield: async () => void yields++ };
      await fitFused(model, x, y, { epochs: 2, batchSize: 20, yieldEvery: 'batch', callbacks });
      expect(yields).toBe(6);
      const signal = AbortSignal.timeout(100);
      expect((await fitFused(model, x, y, { epochs: 1e6, signal })).interrupted).toBe(true);
    });
  });

  test('keeps what it learnt when it is interrupted after any step', async () => {
    const random = seededRandom(3);
    for (let round = 0; round < 6; round++) {
      const last = random.integer(40);
      await using(async (model, x, y) => {
        const other = build(small, classes, optimizers.adam);
        const controller = new AbortController();
        let steps = 0;
        const onBatchEnd = async () => {
          if (steps++ === last) controller.abort();
        };
        const how = { epochs: 10, batchSize: 16, seed: 4 };
        const { signal } = controller;
        const { interrupted, epoch } = await fitFused(model, x, y, {
          ...how,
          signal,
          callbacks: { onBatchEnd },
        });
        expect(interrupted).toBe(true);
        expect(epoch).toHaveLength(Math.floor((last + 1) / 4));
        const trainer = createTrainer(other, x, y, { seed: 4 });
        const order = seededRandom(4);
        for (let step = 0, batches: Uint32Array[] = []; step <= last; step++) {
          if (step % 4 === 0) {
            const all = order.permutation(55);
            batches = [0, 16, 32, 48].map((from) => all.subarray(from, from + 16));
          }
          await trainer.step(batches[step % 4]);
        }
        trainer.sync();
        trainer.dispose();
        expect(weightsOf(model)).toEqual(weightsOf(other));
        expect(await stateOf(model)).toEqual(await stateOf(other));
        free(other);
      });
    }
  });

  test('throws the kernel’s interrupt, with the model up to date', async () => {
    const place = globalThis as unknown as Record<symbol, unknown>;
    const key = Symbol.for('descent.interrupt');
    const controller = new AbortController();
    place[key] = controller.signal;
    try {
      await using(async (model, x, y) => {
        const before = weightsOf(model);
        const onEpochEnd = async (epoch: number) => {
          if (epoch === 1) controller.abort(new Error('the reader pressed stop'));
        };
        const training = fitFused(model, x, y, { epochs: 9, callbacks: { onEpochEnd } });
        await expect(training).rejects.toThrow('the reader pressed stop');
        expect(apart(weightsOf(model), before)).toBeGreaterThan(1e-3);
      });
    } finally {
      delete place[key];
    }
  });

  test('frees everything, and can train again, when a callback fails at any moment', async () => {
    await using(async (model, x, y) => {
      for (const event of [
        'onTrainBegin',
        'onBatchBegin',
        'onBatchEnd',
        'onEpochEnd',
        'onTrainEnd',
      ]) {
        const callbacks = {
          [event]: async () => {
            throw new Error(`${event} is broken`);
          },
        };
        const training = fitFused(model, x, y, { callbacks });
        await expect(training).rejects.toThrow(`${event} is broken`);
      }
      await fitFused(model, x, y);
    });
  });

  test('refuses data that do not fit, and frees everything', async () => {
    await using(async (model, x, y) => {
      const wide = tf.zeros([55, 10]);
      await expect(fitFused(model, wide, y)).rejects.toThrow(
        'Cannot train: the model takes 9 numbers per example and its loss 1, got 550 and 55 numbers in all',
      );
      const wrong = tf.fill([55], 4);
      await expect(fitFused(model, x, wrong)).rejects.toThrow(
        'Cannot train: a label must be a whole number 0 … 3, label 0 is 4',
      );
      await expect(fitFused(model, x, y, { epochs: 0 })).rejects.toThrow(RangeError);
      await expect(fitFused(model, x, y, { batchSize: 1.5 })).rejects.toThrow(RangeError);
      await expect(fitFused(model, x, y, { validationSplit: 2 })).rejects.toThrow(RangeError);
      await expect(fitFused(model, x, y, { validationData: [wide, y] })).rejects.toThrow(
        RangeError,
      );
      tf.dispose([wide, wrong]);
    });
  });

  test('lets nobody else train the model meanwhile', async () => {
    await using(async (model, x, y) => {
      const onEpochBegin = async () => {
        await expect(fitFused(model, x, y)).rejects.toThrow('is being trained already');
        await expect(model.fit(x, y)).rejects.toThrow('another fit() call is ongoing');
      };
      await fitFused(model, x, y, { callbacks: { onEpochBegin } });
    });
  });

  test('leaves inputs and targets as they were, and counts only what they were at the start', async () => {
    await using(async (model, x, y) => {
      const [before, labels] = [Array.from(x.dataSync()), Array.from(y.dataSync())];
      await fitFused(model, x, y, { epochs: 2 });
      expect(Array.from(x.dataSync())).toEqual(before);
      expect(Array.from(y.dataSync())).toEqual(labels);
    });
  });

  test('learns nothing from a hopeless example, and caps its loss, as model.fit does', async () => {
    await using(async (model) => {
      const other = build(small, classes, optimizers.sgd);
      const twin = build(small, classes, optimizers.sgd);
      const bias = tf.tensor1d([60, 0, -60, 1]);
      for (const one of [other, twin]) {
        one.setWeights([...one.getWeights().slice(0, 3), bias]);
      }
      const [x, y] = [tf.ones([3, 9]), tf.tensor1d([0, 1, 2])];
      const how = { epochs: 4, batchSize: 3, shuffle: false, verbose: 0 };
      const mine = await fitFused(other, x, y, how);
      const theirs = await twin.fit(x, y, how);
      expect(apart(mine.history.loss as number[], theirs.history.loss as number[])).toBeLessThan(
        1e-4,
      );
      expect(apart(weightsOf(other), weightsOf(twin))).toBeLessThan(1e-5);
      tf.dispose([bias, x, y]);
      for (const one of [other, twin]) {
        free(one);
      }
      expect(model).toBeDefined();
    });
  });

  test('names what it does not know and trains with TensorFlow.js’s own step', async () => {
    const reasons: string[] = [];
    const model = tf.sequential({
      layers: [
        tf.layers.reshape({ inputShape: [9], targetShape: [3, 3, 1] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4, activation: 'softmax', kernelRegularizer: 'l1l2' }),
      ],
    });
    model.compile({
      optimizer: tf.train.adagrad(0.1),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    const { x, y } = draw(55, small, classes);
    const before = weightsOf(model);
    const history = await fitFused(model, x, y, {
      epochs: 2,
      validationSplit: 0.2,
      onFallback: (reason) => reasons.push(reason),
    });
    expect(history.fused).toBe(false);
    expect(Object.keys(history.history).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
    expect(apart(weightsOf(model), before)).toBeGreaterThan(0.01);
    expect(reasons).toHaveLength(1);
    for (const name of ['Reshape', 'Flatten', 'other than L2', 'Adagrad']) {
      expect(reasons[0]).toContain(name);
    }
    free(model);
    tf.dispose([x, y]);
  });

  test.each([
    [
      'a frozen layer',
      () => {
        const model = build(small, classes, optimizers.adam);
        model.layers[0].trainable = false;
        model.optimizer.dispose();
        model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
        return model;
      },
      'frozen',
    ],
    [
      'a loss',
      () => build(small, { ...classes, loss: 'hinge' }, optimizers.adam),
      'the loss is hinge',
    ],
    [
      'a metric',
      () => build(small, { ...classes, metrics: ['mse'] }, optimizers.adam),
      'a metric is mse',
    ],
    [
      'a centred RMSProp',
      () => build(small, classes, () => tf.train.rmsprop(0.1, 0.9, 0, 1e-7, true)),
      'centred',
    ],
    [
      'an activation',
      () => {
        const model = tf.sequential({
          layers: [tf.layers.dense({ units: 4, activation: 'elu', inputShape: [9] })],
        });
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        return model;
      },
      'the activation elu',
    ],
    [
      'a constraint',
      () => {
        const model = tf.sequential({
          layers: [tf.layers.dense({ units: 4, kernelConstraint: 'nonNeg', inputShape: [9] })],
        });
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        return model;
      },
      'kernelConstraint',
    ],
  ] as [string, () => tf.Sequential, string][])('whyNotFused() names %s', (_, make, part) => {
    const model = make();
    expect(whyNotFused(model).join()).toContain(part);
    free(model);
  });

  test('keeps memory flat over 200 epochs', async () => {
    await using(async (model, x, y) => {
      const counts: number[][] = [];
      const sizes: number[] = [];
      const onEpochEnd = async (epoch: number) => {
        if (epoch === 0) return; // the optimizer's state is made in the first
        counts.push([tf.memory().numTensors, countNativeTensors()]);
        sizes.push(process.memoryUsage().rss);
      };
      await fitFused(model, x, y, {
        epochs: 201,
        batchSize: 8,
        validationSplit: 0.2,
        callbacks: { onEpochEnd },
      });
      expect(counts).toHaveLength(200);
      expect(new Set(counts.map(String)).size).toBe(1);
      // What neither count sees. Measured: 13.5 … 20.6 MB in twelve runs of this test alone, while
      // JavaScript's heap grows to its size; 0.0 … 1.3 MB in three runs after the file's other tests.
      expect(sizes[199] - sizes[20]).toBeLessThan(30e6);
    });
  });
});
