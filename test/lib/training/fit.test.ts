import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countNativeTensors } from '../../../lib/tensorflow/insides';
import { evaluate, fitModel, whyNotFused } from '../../../lib/training/fit';
import type { TrainingHistory, TrainingView } from '../../../lib/training/history';
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
  weightsOfLayer,
} from '../../samples/fused-models';

const native = (await startTensorflow()).backend === 'native';
const small: Shape = { inputs: 9, hidden: [{ units: 7, activation: 'tanh' }], units: 4 };
const classes = ends['softmax, sparse cross-entropy'];
const withoutOrder = { shuffle: false, batchSize: 16, epochs: 25 };

beforeAll(() => {
  tf.env().set('PROD', true);
});

/** A compiled network of one dense layer, `[n, 9]` → `[n, 4]`. */
function denseLayer(settings: Partial<Parameters<typeof tf.layers.dense>[0]>): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [9], ...settings })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

/** The history as `model.fit` gives it: metric by metric, epoch by epoch. */
function asFit({ epochs }: TrainingHistory): Record<string, number[]> {
  const result: Record<string, number[]> = { loss: epochs.map(({ loss }) => loss) };
  const add = (name: string, value: number) => {
    result[name] = [...(result[name] ?? []), value];
  };
  for (const { metrics, validationLoss, validationMetrics } of epochs) {
    for (const [name, value] of Object.entries(metrics)) add(name, value);
    if (validationLoss !== undefined) add('val_loss', validationLoss);
    for (const [name, value] of Object.entries(validationMetrics ?? {})) add(`val_${name}`, value);
  }
  return result;
}

/** 25 epochs of 4 steps, the last with 7 examples, once with each way; how far apart they end. */
async function compare(shape: Shape, end: End, optimizer: () => tf.Optimizer) {
  const { x, y } = draw(55, shape, end);
  const validation = draw(20, shape, end, 4);
  const validationData: [tf.Tensor, tf.Tensor] = [validation.x, validation.y];
  const [fused, layers] = [0, 1].map(() => build(shape, end, optimizer));
  const start = weightsOf(fused);
  expect(apart(start, weightsOf(layers))).toBe(0);
  const mine = await fitModel(fused, x, y, { ...withoutOrder, validationData });
  const theirs = await layers.fit(x, y, { ...withoutOrder, validationData, verbose: 0 });
  const history = asFit(mine);
  expect(mine.fused).toBe(true);
  expect(Object.keys(history).sort()).toEqual(Object.keys(theirs.history).sort());
  const result = {
    weights: apart(weightsOf(fused), weightsOf(layers)),
    moved: apart(weightsOf(layers), start),
    state: apart(await stateOf(fused), await stateOf(layers)),
    history: Math.max(
      ...Object.keys(theirs.history).map((key) => apart(history[key], theirs.history[key] as number[])),
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

describe.skipIf(!native)('fitModel() equals model.fit after 100 steps', () => {
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
    ['dropout that drops nothing', { ...small, dropout: { rate: 0 } }],
    ['one output', { ...small, units: 1 }],
  ] as [string, Shape][])('%s', async (name, shape) => {
    const end = name === 'one output' ? ends['sigmoid, binary cross-entropy'] : classes;
    expectEqual(await compare(shape, end, optimizers.momentum));
  });
});

describe.skipIf(!native)('fitModel() follows Keras for 100 steps', () => {
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
    const first = model.getWeights().map(({ shape }, index) => tf.tensor(known.first[index], shape));
    model.setWeights(first);
    const x = tf.tensor2d(reference.inputs, [reference.examples, 9]);
    const targets = reference.targets[known.loss as keyof typeof reference.targets];
    const y = tf.tensor(targets, [reference.examples, targets.length / reference.examples]);
    const { batchSize, epochs } = reference;
    const history = await fitModel(model, x, y, { batchSize, epochs, shuffle: false });
    expect(history.fused).toBe(true);
    expect(apart(weightsOf(model), known.last.flat())).toBeLessThan(1e-4);
    expect(apart(weightsOf(model), known.first.flat())).toBeGreaterThan(0.01);
    expect(apart(asFit(history).loss, known.history)).toBeLessThan(1e-4);
    tf.dispose([x, y, ...first]);
    free(model);
  });
});

describe.skipIf(!native)('fitModel()', () => {
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

  test.each(Object.keys(optimizers))('goes on where model.fit stopped, and back: %s', async (name) => {
    const optimizer = optimizers[name];
    await using(
      async (model, x, y) => {
        const other = build(small, classes, optimizer);
        const how = { shuffle: false, batchSize: 16, epochs: 3 };
        await model.fit(x, y, { ...how, verbose: 0 });
        await fitModel(model, x, y, how);
        await model.fit(x, y, { ...how, verbose: 0 });
        await other.fit(x, y, { ...how, epochs: 9, verbose: 0 });
        expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
        expect(apart(await stateOf(model), await stateOf(other))).toBeLessThan(1e-6);
        free(other);
      },
      { optimizer },
    );
  });

  test('passes once over the examples by default, in shuffled batches of 32 by the seed 1', async () => {
    await using(
      async (model, x, y) => {
        const other = build(small, classes, optimizers.adam);
        const { steps, epochs } = await fitModel(model, x, y);
        expect([steps, epochs.length]).toEqual([3, 1]); // 32, 32 and 1
        await fitModel(other, x, y, { epochs: 1, batchSize: 32, seed: 1, shuffle: true });
        expect(weightsOf(model)).toEqual(weightsOf(other));
        free(other);
      },
      { count: 65 },
    );
  });

  test('takes the seed 0 too, as a seed of its own', async () => {
    const run = async (seed: number) => {
      let weights: number[] = [];
      await using(async (model, x, y) => {
        await fitModel(model, x, y, { seed });
        weights = weightsOf(model);
      });
      return weights;
    };
    expect(apart(await run(0), await run(1))).toBeGreaterThan(1e-6);
  });

  test('takes its batches in the order of the seed, anew each epoch', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      await fitModel(model, x, y, { epochs: 2, batchSize: 10, seed: 8 });
      const random = seededRandom(8, 'order');
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
        await fitModel(model, x, y, { epochs: 3, seed });
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
    const { epochs } = await fitModel(model, x, y, { batchSize: 100 });
    // The sum of 200 numbers 1/0.7 kept with probability 0.7 has the mean 200 and this variance;
    // the mean of 2,000 squares of it spreads by √(2/2000) = 3.2 %.
    const variance = (200 * 0.3) / 0.7;
    expect(epochs[0].metrics.mse / variance).toBeGreaterThan(0.84);
    expect(epochs[0].metrics.mse / variance).toBeLessThan(1.16);
    expect((await evaluate(model, x, y)).loss).toBeLessThan(1e-3);
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
      await fitModel(model, bytes, labels, { epochs: 5, validationData: [bytes, labels] });
      await fitModel(other, x, y, { epochs: 5 });
      expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-7);
      const { epochs } = await fitModel(model, bytes, labels, { validationData: [bytes, labels] });
      const { loss, accuracy } = await evaluate(model, bytes, labels);
      expect(epochs[0]).toMatchObject({ validationLoss: loss, validationAccuracy: accuracy });
      tf.dispose([x, y]);
      free(other);
    });
  });

  test('shows its view a model that is up to date, and hears a learning rate that it changes', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.adam);
      const seen: number[][][] = [[], []];
      const halve = (one: tf.Sequential) => {
        (one.optimizer as unknown as { learningRate: number }).learningRate /= 2;
      };
      const how = { epochs: 2, batchSize: 30, shuffle: false };
      await fitModel(model, x, y, {
        ...how,
        view: { onStep: () => void seen[0].push(weightsOf(model)), onEpoch: () => halve(model) },
      });
      const callbacks = {
        onBatchEnd: async () => void seen[1].push(weightsOf(other)),
        onEpochEnd: async () => halve(other),
      };
      await other.fit(x, y, { ...how, callbacks, verbose: 0 });
      expect(seen[0]).toHaveLength(4);
      expect(apart(seen[0].flat(), seen[1].flat())).toBeLessThan(1e-6);
      free(other);
    });
  });

  test('leaves weights alone that are set after the last epoch', async () => {
    await using(async (model, x, y) => {
      const onEpoch = () => tf.tidy(() => model.layers[0].setWeights([tf.ones([9, 7]), tf.ones([7])]));
      await fitModel(model, x, y, { epochs: 2, view: { onEpoch } });
      expect(weightsOfLayer(model, 0)).toEqual(new Array(70).fill(1));
    });
  });

  test('a view of figures alone is called as often, and the model is up to date after each epoch', async () => {
    await using(async (model, x, y) => {
      const start = weightsOf(model);
      const moved: number[] = [];
      const note = () => void moved.push(apart(weightsOf(model), start));
      const view = { figuresOnly: true, onStep: note, onEpoch: note };
      await fitModel(model, x, y, { epochs: 2, batchSize: 30, view });
      expect(moved.map((distance) => distance > 0)).toEqual([false, false, true, true, true, true]);
      expect(moved[3]).toBe(moved[2]);
    });
  });

  /** Trains twice with the same change after an update or an epoch, once with each way. */
  async function compareChange(
    event: 'step' | 'epoch',
    change: (model: tf.Sequential, calls: number) => void,
    optimizer = optimizers.adam,
  ): Promise<number> {
    let distance = Number.NaN;
    await using(
      async (model, x, y) => {
        const other = build(small, classes, optimizer);
        const how = { epochs: 3, batchSize: 16, shuffle: false };
        const counted = (one: tf.Sequential) => {
          let calls = 0;
          return () => change(one, ++calls);
        };
        const own = counted(model);
        const view: TrainingView = event === 'step' ? { onStep: own } : { onEpoch: own };
        await fitModel(model, x, y, { ...how, view });
        const call = counted(other);
        const late = async () => call();
        const callbacks = event === 'step' ? { onBatchEnd: late } : { onEpochEnd: late };
        await other.fit(x, y, { ...how, callbacks, verbose: 0 });
        distance = apart(weightsOf(model), weightsOf(other));
        free(other);
      },
      { optimizer },
    );
    return distance;
  }

  test.each(['step', 'epoch'] as const)(
    'goes on from weights that are set after the first %s, as model.fit does',
    async (event) => {
      const reset = (model: tf.Sequential, calls: number) => {
        if (calls > 1) return;
        tf.tidy(() => model.setWeights(model.getWeights().map((one) => one.mul(-0.5).add(0.1))));
      };
      expect(await compareChange(event, reset)).toBeLessThan(1e-6);
      const one = (model: tf.Sequential, calls: number) => {
        if (calls > 1) return;
        tf.tidy(() => model.layers[1].setWeights([tf.ones([7, 4]), tf.zeros([4])]));
      };
      expect(await compareChange(event, one)).toBeLessThan(1e-6);
    },
  );

  test.each(['sgd', 'momentum', 'adam'])(
    'leaves a layer alone that was frozen after compiling, as model.fit does: %s',
    async (name) => {
      for (const frozen of [0, 1]) {
        await using(
          async (model, x, y) => {
            const other = build(small, classes, optimizers[name]);
            const before = [0, 1].map((layer) => weightsOfLayer(model, layer));
            for (const one of [model, other]) one.layers[frozen].trainable = false;
            const how = { epochs: 4, batchSize: 16, shuffle: false };
            const { fused } = await fitModel(model, x, y, how);
            await other.fit(x, y, { ...how, verbose: 0 });
            expect(fused).toBe(true);
            expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
            expect(weightsOfLayer(model, frozen)).toEqual(before[frozen]);
            const moved = apart(weightsOfLayer(model, 1 - frozen), before[1 - frozen]);
            expect(moved).toBeGreaterThan(0.01);
            // The optimizer's state is where model.fit looks for it.
            await model.fit(x, y, { ...how, verbose: 0 });
            await other.fit(x, y, { ...how, verbose: 0 });
            expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
            free(other);
          },
          { optimizer: optimizers[name] },
        );
      }
    },
  );

  test('a layer that was frozen before compiling stays as it is, even if it is thawed later', async () => {
    await using(async (model, x, y) => {
      const other = build(small, classes, optimizers.sgd);
      for (const one of [model, other]) {
        one.layers[0].trainable = false;
        one.optimizer.dispose();
        one.compile({ optimizer: tf.train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' });
        one.layers[0].trainable = true;
      }
      const how = { epochs: 3, batchSize: 16, shuffle: false };
      const before = weightsOfLayer(model, 0);
      expect((await fitModel(model, x, y, how)).fused).toBe(true);
      await other.fit(x, y, { ...how, verbose: 0 });
      expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
      expect(weightsOfLayer(model, 0)).toEqual(before);
      free(other);
    });
  });

  test('a layer can be frozen and thawed between two updates', async () => {
    await using(
      async (model, x, y) => {
        const seen: number[][] = [];
        const onStep = () => {
          seen.push(weightsOfLayer(model, 0));
          model.layers[0].trainable = seen.length === 2;
        };
        await fitModel(model, x, y, { batchSize: 14, shuffle: false, view: { onStep } });
        expect(seen).toHaveLength(4);
        expect(seen[1]).toEqual(seen[0]);
        expect(apart(seen[2], seen[1])).toBeGreaterThan(1e-3);
        expect(seen[3]).toEqual(seen[2]);
        model.layers[0].trainable = true;
      },
      { optimizer: optimizers.sgd },
    );
  });

  test('hears model.stopTraining after the update or the epoch in which it is set', async () => {
    await using(async (model, x, y) => {
      const stop = () => {
        model.stopTraining = true;
      };
      const how = { epochs: 5, batchSize: 16 };
      const afterStep = await fitModel(model, x, y, { ...how, view: { onStep: stop } });
      expect(afterStep.steps).toBe(1);
      expect(afterStep.epochs).toEqual([]);
      expect(afterStep.stopped).toEqual({
        why: 'model.stopTraining',
        epoch: 1,
        step: 1,
        message:
          'Training stopped in epoch 1, after step 1, because model.stopTraining was set. The model keeps what it learnt until then.',
      });
      const afterEpoch = await fitModel(model, x, y, { ...how, view: { onEpoch: stop } });
      expect([afterEpoch.steps, afterEpoch.epochs.length]).toEqual([4, 1]);
      expect(afterEpoch.stopped).toMatchObject({ why: 'model.stopTraining', epoch: 1, step: 4 });
      // Set before a training begins it means nothing, as with model.fit.
      stop();
      expect((await fitModel(model, x, y, how)).stopped).toBeUndefined();
    });
  });

  test('lets the process do other things, so that a timer can stop it', async () => {
    await using(async (model, x, y) => {
      const signal = AbortSignal.timeout(100);
      const { stopped } = await fitModel(model, x, y, { epochs: 1e6, signal, view: {} });
      expect(stopped?.why).toBe('interrupted');
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
        const onStep = () => {
          if (steps++ === last) controller.abort();
        };
        const how = { epochs: 10, batchSize: 16, seed: 4 };
        const { signal } = controller;
        const { epochs, stopped } = await fitModel(model, x, y, {
          ...how,
          signal,
          view: { onStep },
        });
        expect(epochs).toHaveLength(Math.floor((last + 1) / 4));
        expect(stopped?.why).toBe(last + 1 < 40 ? 'interrupted' : undefined);
        // Step by step, by another road: each batch a training of its own.
        const order = seededRandom(4, 'order');
        for (let step = 0, batches: Uint32Array[] = []; step <= last; step++) {
          if (step % 4 === 0) {
            const all = order.permutation(55);
            batches = [0, 16, 32, 48].map((from) => all.subarray(from, from + 16));
          }
          const indices = tf.tensor1d(Int32Array.from(batches[step % 4]), 'int32');
          const [a, b] = [x.gather(indices), y.gather(indices)];
          await fitModel(other, a, b, { shuffle: false });
          tf.dispose([indices, a, b]);
        }
        expect(weightsOf(model)).toEqual(weightsOf(other));
        expect(await stateOf(model)).toEqual(await stateOf(other));
        free(other);
      });
    }
  });

  test('returns at the kernel’s interrupt, with the model up to date, and says so', async () => {
    const place = globalThis as unknown as Record<symbol, unknown>;
    const key = Symbol.for('descent.interrupt');
    const controller = new AbortController();
    place[key] = controller.signal;
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      await using(async (model, x, y) => {
        const other = build(small, classes, optimizers.adam);
        const how = { batchSize: 16, seed: 2 };
        setTimeout(() => controller.abort(new Error('the reader pressed stop')), 50);
        const { stopped, steps } = await fitModel(model, x, y, { ...how, epochs: 1e6 });
        expect(stopped?.why).toBe('interrupted');
        expect(warn).toHaveBeenCalledWith(stopped?.message);
        delete place[key];
        await fitModel(other, x, y, {
          ...how,
          epochs: Math.ceil(steps / 4),
          view: {
            onStep: ({ epoch, step }) => (other.stopTraining = 4 * (epoch - 1) + step === steps),
          },
        });
        expect(weightsOf(model)).toEqual(weightsOf(other));
        free(other);
      });
    } finally {
      delete place[key];
    }
  });

  test('ends at a loss that is not finite, with a sentence', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await using(
      async (model, x, y) => {
        const { stopped, epochs, steps } = await fitModel(model, x, y, {
          epochs: 3,
          batchSize: 16,
        });
        expect(stopped?.why).toBe('diverged');
        expect(epochs).toEqual([]);
        expect(stopped?.step).toBe(steps);
        expect(stopped?.message).toMatch(/^Training stopped in epoch 1, at step \d+: the loss is NaN/);
        expect(warn).toHaveBeenCalledWith(stopped?.message);
      },
      { end: ends['linear, mean squared error'], optimizer: () => tf.train.sgd(1e30) },
    );
  });

  test('frees everything, and can train again, when the view fails at any moment', async () => {
    await using(async (model, x, y) => {
      for (const event of ['onStep', 'onEpoch', 'onEnd']) {
        const view = {
          [event]: () => {
            throw new Error(`${event} is broken`);
          },
        };
        await expect(fitModel(model, x, y, { view })).rejects.toThrow(`${event} is broken`);
      }
      await fitModel(model, x, y);
    });
  });

  test.each<[string, (x: tf.Tensor2D, y: tf.Tensor) => [unknown, unknown], string]>([
    [
      'one example as a vector',
      (x, y) => [x.slice(0, 1).flatten(), y.slice(0, 1)],
      'inputs of shape [count,9], got [9]',
    ],
    ['features × examples', (x, y) => [x.transpose(), y], 'inputs of shape [count,9], got [9,55]'],
    [
      'pictures that are not flat',
      (x, y) => [x.reshape([55, 3, 3]), y],
      'inputs of shape [count,9], got [55,3,3]',
    ],
    ['too wide inputs', (_, y) => [tf.zeros([55, 10]), y], 'inputs of shape [count,9], got [55,10]'],
    [
      'more inputs than targets',
      (x, y) => [x, y.slice(0, 54)],
      'inputs and targets must be as many, got 55 and 54',
    ],
    [
      'one-hot targets for a sparse loss',
      (x) => [x, tf.ones([55, 4])],
      'targets of shape [count,1], got [55,4]',
    ],
    [
      'a label that there is not',
      (x) => [x, tf.fill([55], 4)],
      'a label must be a whole number 0 … 3, label 0 is 4',
    ],
    [
      'bytes of another length',
      (_, y) => [new Uint8Array(500), y],
      '55 examples of shape [9] are 495 bytes, got 500',
    ],
    ['no examples', () => [tf.zeros([0, 9]), tf.zeros([0])], 'there is no example'],
    ['an array', (_, y) => [[[1, 2]], y], 'inputs must be a tensor or bytes (Uint8Array), got Array'],
  ])('refuses %s and names both shapes, as training and as validation data', async (_, make, why) => {
    await using(async (model, x, y) => {
      const before = weightsOf(model);
      const [inputs, targets] = tf.tidy(() => make(x, y) as [tf.Tensor, tf.Tensor]);
      await expect(fitModel(model, inputs, targets)).rejects.toThrow(RangeError);
      await expect(fitModel(model, inputs, targets)).rejects.toThrow(why);
      const validationData = [inputs, targets] as const;
      await expect(fitModel(model, x, y, { validationData })).rejects.toThrow(why);
      await expect(evaluate(model, inputs, targets)).rejects.toThrow(why);
      expect(weightsOf(model)).toEqual(before);
      tf.dispose([inputs, targets].filter((one) => one !== y));
    });
  });

  test('refuses targets of another width where the loss compares numbers', async () => {
    await using(
      async (model, x) => {
        const targets = tf.zeros([55, 3]);
        await expect(fitModel(model, x, targets)).rejects.toThrow(
          'Cannot train: its loss takes targets of shape [count,4], got [55,3]',
        );
        // As many numbers in all: not one of the 110 examples is right.
        const halves = tf.zeros([110, 2]);
        await expect(fitModel(model, x, halves)).rejects.toThrow('got [110,2]');
        tf.dispose([targets, halves]);
      },
      { end: ends['linear, mean squared error'] },
    );
  });

  test('takes labels as [count] and as [count, 1]', async () => {
    await using(async (model, x, y) => {
      const column = y.reshape([55, 1]);
      const other = build(small, classes, optimizers.adam);
      await fitModel(model, x, y, { seed: 3 });
      await fitModel(other, x, column, { seed: 3 });
      expect(weightsOf(model)).toEqual(weightsOf(other));
      column.dispose();
      free(other);
    });
  });

  test('refuses what is out of range, and every option that it does not know, by name', async () => {
    await using(async (model, x, y) => {
      await expect(fitModel(model, x, y, { epochs: 0 })).rejects.toThrow(RangeError);
      await expect(fitModel(model, x, y, { batchSize: 1.5 })).rejects.toThrow(RangeError);
      await expect(fitModel(model, x, y, { seed: -1 })).rejects.toThrow(RangeError);
      const unknown = [
        ...['classWeight', 'sampleWeight', 'callbacks', 'validationSplit', 'initialEpoch'],
        ...['verbose', 'yieldEvery', 'stepsPerEpoch', 'batchsize'],
      ];
      for (const name of unknown) {
        await expect(fitModel(model, x, y, { [name]: 1 })).rejects.toThrow(
          `Cannot train: there is no option '${name}'; there is epochs, batchSize, seed, shuffle, validationData, view, signal`,
        );
      }
    });
  });

  test('lets nobody else train the model meanwhile', async () => {
    await using(async (model, x, y) => {
      const training = fitModel(model, x, y, { epochs: 3 });
      await expect(fitModel(model, x, y)).rejects.toThrow('is being trained already');
      await expect(model.fit(x, y)).rejects.toThrow('another fit() call is ongoing');
      await training;
    });
  });

  test('leaves inputs and targets as they were, and counts only what they were at the start', async () => {
    await using(async (model, x, y) => {
      const [before, labels] = [Array.from(x.dataSync()), Array.from(y.dataSync())];
      await fitModel(model, x, y, { epochs: 2 });
      expect(Array.from(x.dataSync())).toEqual(before);
      expect(Array.from(y.dataSync())).toEqual(labels);
    });
  });

  test('learns nothing from a hopeless example, and caps its loss, as model.fit does', async () => {
    await using(async () => {
      const other = build(small, classes, optimizers.sgd);
      const twin = build(small, classes, optimizers.sgd);
      const bias = tf.tensor1d([60, 0, -60, 1]);
      for (const one of [other, twin]) {
        one.setWeights([...one.getWeights().slice(0, 3), bias]);
      }
      const [x, y] = [tf.ones([3, 9]), tf.tensor1d([0, 1, 2])];
      const how = { epochs: 4, batchSize: 3, shuffle: false };
      const mine = await fitModel(other, x, y, how);
      const theirs = await twin.fit(x, y, { ...how, verbose: 0 });
      expect(apart(asFit(mine).loss, theirs.history.loss as number[])).toBeLessThan(1e-4);
      expect(apart(weightsOf(other), weightsOf(twin))).toBeLessThan(1e-5);
      tf.dispose([bias, x, y]);
      for (const one of [other, twin]) {
        free(one);
      }
    });
  });

  test('names what it does not know and trains with TensorFlow.js’s own step', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
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
    const other = draw(20, small, classes, 4);
    const validationData = [other.x, other.y] as const;
    const history = await fitModel(model, x, y, { epochs: 2, validationData });
    expect(history.fused).toBe(false);
    expect(Object.keys(asFit(history)).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
    const { loss, accuracy } = await evaluate(model, other.x, other.y);
    expect(history.epochs[1]).toMatchObject({ validationLoss: loss, validationAccuracy: accuracy });
    const wrong = x.transpose();
    await expect(fitModel(model, wrong, y)).rejects.toThrow('got [9,55]');
    wrong.dispose();
    expect(apart(weightsOf(model), before)).toBeGreaterThan(0.01);
    expect(warn).toHaveBeenCalledTimes(1);
    for (const name of ['Reshape', 'Flatten', 'other than L2', 'Adagrad']) {
      expect(warn.mock.calls[0][0]).toContain(name);
    }
    free(model);
    tf.dispose([x, y, other]);
  });

  test.each([
    [
      'a layer that was added after compiling',
      () => {
        const model = build(small, classes, optimizers.adam);
        model.add(tf.layers.dense({ units: 4, activation: 'softmax' }));
        return model;
      },
      'a layer was added after compiling',
    ],
    [
      'a dropout with a seed',
      () => build({ ...small, dropout: { rate: 0.4, seed: 5 } }, classes, optimizers.adam),
      'has a seed of its own',
    ],
    ['a loss', () => build(small, { ...classes, loss: 'hinge' }, optimizers.adam), 'the loss is hinge'],
    ['a metric', () => build(small, { ...classes, metrics: ['mse'] }, optimizers.adam), 'a metric is mse'],
    [
      'a centred RMSProp',
      () => build(small, classes, () => tf.train.rmsprop(0.1, 0.9, 0, 1e-7, true)),
      'centred',
    ],
    ['an activation', () => denseLayer({ activation: 'elu' }), 'the activation elu'],
    ['a constraint', () => denseLayer({ kernelConstraint: 'nonNeg' }), 'kernelConstraint'],
  ] as [string, () => tf.Sequential, string][])('whyNotFused() names %s', (_, make, part) => {
    const model = make();
    expect(whyNotFused(model).join()).toContain(part);
    free(model);
  });

  test('keeps memory flat over 200 epochs', async () => {
    await using(async (model, x, y) => {
      const counts: number[][] = [];
      const sizes: number[] = [];
      const onEpoch: TrainingView['onEpoch'] = (_, { epoch }) => {
        if (epoch === 1) return; // the optimizer's state is made in the first
        counts.push([tf.memory().numTensors, countNativeTensors()]);
        sizes.push(process.memoryUsage().rss);
      };
      await fitModel(model, x, y, {
        epochs: 201,
        batchSize: 8,
        validationData: [x, y],
        view: { onEpoch },
      });
      expect(counts).toHaveLength(200);
      expect(new Set(counts.map(String)).size).toBe(1);
      // What neither count sees. Measured: 13.5 … 20.6 MB in twelve runs of this test alone, while
      // JavaScript's heap grows to its size; 0.0 … 1.3 MB in three runs after the file's other tests.
      expect(sizes[199] - sizes[20]).toBeLessThan(30e6);
    });
  });
});

/** Trains a small model; what it leaves behind is freed. */
async function attempt(
  options: (model: tf.Sequential, x: tf.Tensor2D, y: tf.Tensor) => object,
  prepare: (model: tf.Sequential) => void = () => {},
): Promise<TrainingHistory> {
  const model = build(small, classes, optimizers.adam);
  const { x, y } = draw(55, small, classes);
  // All that a training leaves in the model is there already.
  await fitModel(model, x, y);
  prepare(model);
  const before = [tf.memory().numTensors, countNativeTensors()];
  try {
    return await fitModel(model, x, y, { batchSize: 16, view: {}, ...options(model, x, y) });
  } catch (error) {
    expect([tf.memory().numTensors, countNativeTensors()]).toEqual(before);
    throw error;
  } finally {
    free(model);
    tf.dispose([x, y]);
  }
}

describe('fitModel() and who follows it', () => {
  test('waits for the promises of its view', async () => {
    const seen: string[] = [];
    const later = (what: string) => async () => {
      await new Promise((go) => setTimeout(go, 5));
      seen.push(what);
    };
    const view = { onStep: later('step'), onEpoch: later('epoch'), onEnd: later('end') };
    await attempt(() => ({ epochs: 2, batchSize: 55, view }));
    expect(seen).toEqual(['step', 'epoch', 'step', 'epoch', 'end']);
  });

  test.each(['onStep', 'onEpoch', 'onEnd'])('fails with a promise that %s rejects', async (event) => {
    const view = { [event]: () => Promise.reject(new Error(`${event} came to nothing`)) };
    await expect(attempt(() => ({ view }))).rejects.toThrow(`${event} came to nothing`);
  });

  test('tells what failed first, not what failed because of it', async () => {
    const fail = (what: string) => () => {
      throw new Error(what);
    };
    const view = { onStep: fail('first'), onEnd: fail('second') };
    await expect(attempt(() => ({ view }))).rejects.toThrow('first');
  });

  test.each(['onStep', 'onEpoch'])('refuses to go on with a model compiled in %s', async (event) => {
    const loss = 'sparseCategoricalCrossentropy';
    const compile = (model: tf.Sequential) => model.compile({ optimizer: model.optimizer, loss });
    const options = (model: tf.Sequential) => ({ epochs: 2, view: { [event]: () => compile(model) } });
    await expect(attempt(options)).rejects.toThrow('Cannot go on training: the model was compiled');
  });

  test('notices the same tensors each time that they are set', async () => {
    const model = build(small, classes, optimizers.adam);
    const { x, y } = draw(55, small, classes);
    const fixed = [tf.fill([9, 7], 0.2), tf.fill([7], 0.1)];
    const onStep = () => model.layers[0].setWeights(fixed);
    await fitModel(model, x, y, { batchSize: 16, view: { onStep, figuresOnly: true } });
    const weights = model.layers[0].getWeights();
    expect(weights.map((one) => Array.from(one.dataSync()))).toEqual(
      fixed.map((one) => Array.from(one.dataSync())),
    );
    free(model);
    tf.dispose([x, y, ...fixed]);
  });

  test.each(['momentum', 'rmsprop', 'adam'])('goes on from a state set by setWeights(): %s', async (name) => {
    const [model, other] = [0, 1].map(() => build(small, classes, optimizers[name]));
    const { x, y } = draw(55, small, classes);
    const forget = async ({ optimizer }: tf.Sequential) => {
      const state = await optimizer.getWeights();
      await optimizer.setWeights(
        state.map((one) => (one.name === 'iter' ? one : { ...one, tensor: tf.zerosLike(one.tensor) })),
      );
    };
    const how = { batchSize: 16, shuffle: false };
    await fitModel(model, x, y, {
      ...how,
      epochs: 2,
      view: { onEpoch: (_, { epoch }) => (epoch === 1 ? forget(model) : undefined) },
    });
    await other.fit(x, y, { ...how, epochs: 1, verbose: 0 });
    await forget(other);
    await other.fit(x, y, { ...how, epochs: 1, verbose: 0 });
    expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-5);
    free(model);
    free(other);
    tf.dispose([x, y]);
  });
});

describe('fitModel() refuses', () => {
  test.each<[string, (x: tf.Tensor2D, y: tf.Tensor) => object, string]>([
    ['three parts', (x, y) => ({ validationData: [x, y, y] }), 'must be [inputs, targets], and nothing else'],
    [
      'an object',
      (inputs, targets) => ({ validationData: { inputs, targets } }),
      'must be [inputs, targets]',
    ],
    ['another shuffle', () => ({ shuffle: 'batch' }), 'shuffle must be true or false, got batch'],
    ['a controller', () => ({ signal: new AbortController() }), 'signal must be an AbortSignal'],
    ['a callback of model.fit', () => ({ view: { onEpochEnd() {} } }), "there is no option 'onEpochEnd'"],
  ])('%s', async (_, options, message) => {
    await expect(attempt((__, x, y) => options(x, y))).rejects.toThrow(message);
  });

  test('a model without anything to train, as model.fit does', async () => {
    const freeze = (model: tf.Sequential) => {
      for (const layer of model.layers) layer.trainable = false;
    };
    await expect(attempt(() => ({}), freeze)).rejects.toThrow('every layer is frozen');
  });

  test('a model that grew after it was compiled', async () => {
    const grow = (model: tf.Sequential) => model.add(tf.layers.dense({ units: 4, activation: 'softmax' }));
    await expect(attempt(() => ({}), grow)).rejects.toThrow('compile it again');
  });

  test('an optimizer that holds the state of another model', async () => {
    const optimizer = tf.train.adam(0.01);
    const model = build(small, classes, () => optimizer);
    const other = build({ ...small, hidden: [] }, classes, () => optimizer);
    const { x, y } = draw(55, small, classes);
    await fitModel(model, x, y);
    await evaluate(other, x, y);
    const before = [tf.memory().numTensors, countNativeTensors()];
    await expect(fitModel(other, x, y)).rejects.toThrow('give each model an optimizer of its own');
    expect([tf.memory().numTensors, countNativeTensors()]).toEqual(before);
    other.dispose();
    free(model);
    tf.dispose([x, y]);
  });

  test('numbers that are not real', async () => {
    const model = build(small, classes, optimizers.adam);
    const { x, y } = draw(55, small, classes);
    const text = tf.tensor2d(new Array(55 * 9).fill('1'), [55, 9]);
    await expect(evaluate(model, text, y)).rejects.toThrow('Cannot evaluate: inputs must be of one of');
    await expect(fitModel(model, text, y)).rejects.toThrow('float32, int32, bool, got string');
    if (native) {
      // The other backends have no complex numbers.
      const complex = tf.complex(x, x);
      await expect(fitModel(model, complex, y)).rejects.toThrow('bool, got complex64');
      complex.dispose();
    }
    free(model);
    tf.dispose([x, y, text]);
  });

  test('the same labels on both roads, and takes whole numbers on both', async () => {
    const input = tf.input({ shape: [9] });
    const output = tf.layers.dense({ units: 4, activation: 'softmax' }).apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const { x, y } = draw(55, small, classes);
    const whole = y.cast('int32');
    const wrong = tf.fill([55], 4);
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect((await fitModel(model, x, whole)).fused).toBe(false);
    await expect(fitModel(model, x, wrong)).rejects.toThrow('label 0 is 4');
    model.dispose();
    tf.dispose([x, y, whole, wrong]);
  });
});

test('Dense layers over examples of rank 2 are trained by TensorFlow.js’s own step', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2, 3], units: 4 })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([8, 2, 3]), tf.zeros([8, 2, 4])];
  const [row, target] = [tf.ones([8, 3]), tf.zeros([8, 4])];
  expect(whyNotFused(model)).toEqual(['an example has the shape [2,3]']);
  const { epochs } = await fitModel(model, x, y, { epochs: 2 });
  expect(epochs[1].loss).toBeLessThan(epochs[0].loss);
  await expect(fitModel(model, row, target)).rejects.toThrow('[count,2,4], got [8,4]');
  model.dispose();
  tf.dispose([x, y, row, target]);
});

test('a kernel alone can be frozen, before and after compiling', async () => {
  const [model, other] = [0, 1].map(() => build(small, classes, optimizers.adam));
  const { x, y } = draw(55, small, classes);
  const how = { shuffle: false, batchSize: 16 };
  for (const one of [model, other]) {
    const [kernel] = one.layers[0].weights as unknown as { trainable: boolean }[];
    kernel.trainable = false;
  }
  const kernel = Array.from(model.layers[0].getWeights()[1].dataSync());
  expect((await fitModel(model, x, y, how)).fused).toBe(true);
  await other.fit(x, y, { ...how, verbose: 0 });
  expect(apart(weightsOf(model), weightsOf(other))).toBeLessThan(1e-6);
  expect(Array.from(model.layers[0].getWeights()[1].dataSync())).toEqual(kernel);
  free(model);
  free(other);
  tf.dispose([x, y]);
});
