import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NativeAddOn } from '../../../lib/base/host';
import { seededRandom } from '../../../lib/base/random';
import { nativeAddOn, startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countNativeTensors } from '../../../lib/tensorflow/insides';
import { NativeOperations } from '../../../lib/tensorflow/native-operations';
import type { Handle } from '../../../lib/tensorflow/operations';
import { withThreadsFor } from '../../../lib/tensorflow/threads';

const hasNative = (await startTensorflow()).backend === 'native';
const without = nativeAddOn() ? '' : " (skipped: the course's operations are not compiled; npm run setup)";
const ways = [...(without ? [] : [true]), false];

/**
 * Largest difference between two results over the largest number among them. Each number comes of sums of up to 500
 * products of 32-bit numbers, in another order here than there: 0.5 ulp (6e-8) a term, of which √500 stay. Seen: 4e-7.
 */
const tolerance = 2e-6;

function draw(shape: number[], seed: number): tf.Tensor {
  const random = seededRandom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

const matrices = [1, 3, 33, 130].flatMap((rows) => [1, 5, 24, 97].map((width) => [rows, width]));
/** texts, context, heads, columns of a head */
const attentions = [
  [1, 1, 1, 1],
  [3, 1, 2, 8],
  [2, 7, 3, 5],
  [3, 7, 4, 24],
  [1, 64, 1, 97],
  [2, 64, 4, 24],
  [5, 33, 2, 16],
];

describe.skipIf(!hasNative).each(ways)('the operations of a transformer, own: %s', (own) => {
  let run: NativeOperations;
  let before: [number, number];
  beforeEach(() => {
    before = [tf.memory().numTensors, countNativeTensors()];
    tf.engine().startScope();
    run = new NativeOperations({ own });
    expect(run.own).toBe(own);
  });
  afterEach(() => {
    run.dispose();
    tf.engine().endScope();
    expect([tf.memory().numTensors, countNativeTensors()]).toEqual(before);
  });

  const inputs = (...shapes: number[][]) => shapes.map((shape, index) => draw(shape, 100 + index));
  const handles = (all: tf.Tensor[]) => all.map((one) => run.handleOf(one));
  function indices(values: number[]): Handle {
    const shared = run.sharedIndices(values.length);
    shared.values.set(values);
    shared.publish();
    return shared.handle;
  }

  function expectClose(
    name: string,
    handle: Handle,
    expected: tf.Tensor,
    within = tolerance,
    floor = 1e-3,
  ): void {
    const [values, right] = [run.read(handle), expected.dataSync<'float32'>()];
    expect(run.shapeOf(handle), name).toEqual(expected.shape);
    const largest = right.reduce((most, one) => Math.max(most, Math.abs(one)), floor);
    // The negation, so that what is not a number fails.
    const wrong = Array.from(values).findIndex(
      (value, at) => !(Math.abs(value - right[at]) <= within * largest),
    );
    expect(wrong < 0 ? '' : `${name}[${wrong}] = ${values[wrong]}, not ${right[wrong]}`).toBe('');
  }

  /** Compares a result, and what flows back to each input, with a formula and its derivatives by TensorFlow.js. */
  function compare(
    formula: (...all: tf.Tensor[]) => tf.Tensor,
    all: tf.Tensor[],
    forward: (...all: Handle[]) => Handle,
    backward: (delta: Handle, ...all: Handle[]) => Handle[],
    within = tolerance,
    floor?: number,
  ): void {
    const y = formula(...all);
    const [delta] = inputs(y.shape);
    const slopes = tf.grads((...x: tf.Tensor[]) =>
      formula(...x)
        .mul(delta)
        .sum(),
    )(all);
    expectClose('y', forward(...handles(all)), y, within, floor);
    backward(run.handleOf(delta), ...handles(all)).forEach((handle, index) => {
      expectClose(`input ${index}`, handle, slopes[index], within, floor);
    });
  }

  const normed = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).div(variance.add(1e-5).sqrt());
  };

  test.each(matrices)('layerNorm() of %i rows of %i', (rows, width) => {
    compare(
      (x, gain, bias) => normed(x).mul(gain).add(bias),
      inputs([rows, width], [width], [width]),
      (x, gain, bias) => run.layerNorm(x, gain, bias),
      (delta, x, gain) => Object.values(run.throughLayerNorm(delta, x, gain)),
      tolerance,
      // In a row of one all is rounding, times 1 / √10⁻⁵.
      width === 1 ? 10 : undefined,
    );
  });

  test.each(matrices)('biasGelu() of %i rows of %i', (rows, width) => {
    compare(
      (z, bias) => {
        const u = z.add(bias);
        const cubes = u.mul(u).mul(u).mul(0.044715);
        return u.mul(0.5).mul(
          u
            .add(cubes)
            .mul(Math.sqrt(2 / Math.PI))
            .tanh()
            .add(1),
        );
      },
      inputs([rows, width], [width]),
      (z, bias) => run.biasGelu(z, bias),
      (delta, z, bias) => Object.values(run.throughBiasGelu(delta, z, bias)),
      // Where tanh is almost ±1, the formula's 1 − tanh² has few digits left. Seen: 6e-6.
      2e-5,
    );
  });

  test.each(matrices)('addResidual() of %i rows of %i', (rows, width) => {
    const all = inputs([rows, width], [rows, width], [width]);
    const y = tf.tidy(() => all[0].add(all[1]).add(all[2]));
    const [x, z, bias] = handles(all);
    expectClose('y', run.addResidual(x, z, bias), y);
  });

  test.each(attentions)('attend() of %i texts of %i, %i heads of %i', (texts, context, heads, size) => {
    const width = heads * size;
    const split = (part: tf.Tensor) => part.reshape([texts, context, heads, size]).transpose([0, 2, 1, 3]);
    const mask = tf.linalg
      .bandPart(tf.ones([context, context]), -1, 0)
      .sub(1)
      .mul(1e9);
    const shape = { heads, context };
    compare(
      (z, bias) => {
        const [q, k, v] = tf.split(z.add(bias), 3, 1).map(split);
        const scores = q.matMul(k, false, true).div(Math.sqrt(size)).add(mask);
        return tf
          .softmax(scores)
          .matMul(v)
          .transpose([0, 2, 1, 3])
          .reshape([texts * context, width]);
      },
      inputs([texts * context, 3 * width], [3 * width]),
      (z, bias) => run.attend(z, bias, shape),
      (delta, z, bias) => Object.values(run.throughAttend(delta, z, bias, shape)),
    );
  });

  test.each(matrices.filter(([, classes]) => classes > 1))(
    'crossEntropy() of %i rows of %i',
    (rows, classes) => {
      const [z] = inputs([rows, classes]);
      const labels = Array.from({ length: rows }, (_, row) => (7 * row) % classes);
      const ones = tf.oneHot(labels, classes);
      const losses = (logits: tf.Tensor): tf.Tensor => tf.logSoftmax(logits).mul(ones).sum(-1).neg();
      const slope = tf.grad((logits) => losses(logits).mean())(z);
      const right = losses(z);
      const result = run.crossEntropy(run.handleOf(z), indices(labels));
      expectClose('losses', result.losses, right);
      expectClose('z', result.z, slope);
    },
  );

  test.each(matrices)('embed() and addPositions() of %i rows of %i', (rows, width) => {
    const places = Array.from({ length: 3 * rows }, (_, row) => (5 * row) % rows);
    compare(
      (table, positions) => {
        const drawn = tf.gather(table, tf.tensor1d(places, 'int32'));
        return drawn.reshape([3, rows, width]).add(positions).reshape([-1, width]);
      },
      inputs([rows + 2, width], [rows, width]),
      (table, positions) => run.addPositions(run.embed(table, indices(places)), positions),
      (delta) => [run.throughEmbed(delta, indices(places), rows + 2), run.throughPositions(delta, rows)],
    );
  });

  test('large numbers neither overflow nor vanish', () => {
    const z = [1e4, -1e4, 0, 88];
    const [logits, zeros] = handles([tf.tensor2d(z, [1, 4]), tf.zeros([4])]);
    const { losses, z: slope } = run.crossEntropy(logits, indices([2]));
    expect(Array.from(run.read(losses))).toEqual([1e4]);
    expect(Array.from(run.read(slope))).toEqual([1, 0, -1, 0].map((one) => expect.closeTo(one, 6)));
    expect(Array.from(run.read(run.biasGelu(logits, zeros)))).toEqual([1e4, expect.closeTo(0, 6), 0, 88]);
  });

  test('what is not a number stays so', () => {
    const spoilt = tf.tensor2d([1, Number.NaN, 2, 3, 4, 5], [2, 3]);
    const clean = tf.zeros([3]);
    const [x, zeros] = handles([spoilt, clean]);
    const spoiltAt = (handle: Handle) => Array.from(run.read(handle), Number.isNaN);
    expect(spoiltAt(run.layerNorm(x, zeros, zeros))).toEqual([true, true, true, false, false, false]);
    expect(spoiltAt(run.biasGelu(x, zeros))).toEqual([false, true, false, false, false, false]);
    expect(spoiltAt(run.crossEntropy(x, indices([0, 0])).losses)).toEqual([true, false]);
    expect(spoiltAt(run.attend(x, zeros, { heads: 1, context: 2 }))).toEqual([true, true]);
  });

  test('shapes that do not fit are refused, not read', () => {
    const [x, narrow, wide] = handles(inputs([6, 12], [11], [12]));
    for (const attempt of [
      () => run.biasGelu(x, narrow),
      () => run.layerNorm(x, narrow, wide),
      () => run.addResidual(x, narrow, wide),
      () => run.attend(x, wide, { heads: 3, context: 3 }),
      () => run.attend(x, wide, { heads: 2, context: 4 }),
      () => run.crossEntropy(x, indices([0, 1, 2])),
    ]) {
      expect(attempt).toThrow(RangeError);
    }
  });

  test.each([-1, 5])('the index %i, which there is not, is refused', (index) => {
    const [table] = handles(inputs([5, 5]));
    const wrong = indices([0, 1, 2, 3, index]);
    for (const attempt of [
      () => run.embed(table, wrong),
      () => run.throughEmbed(table, wrong, 5),
      () => run.crossEntropy(table, wrong),
    ]) {
      expect(attempt).toThrow(RangeError);
      expect(attempt).toThrow(`${index}`);
    }
  });
});

describe.skipIf(!hasNative || without)(`rows of bytes${without}`, () => {
  const bytes = Uint8Array.from({ length: 5 * 37 }, (_, index) => (index * 89) % 256);
  let run: NativeOperations;
  beforeEach(() => {
    run = new NativeOperations();
  });
  afterEach(() => run.dispose());

  test.each([[[3]], [[4, 0, 4]], [[0, 1, 2, 3, 4, 3, 2, 1, 0]]])(
    'those with the indices %j, over 255',
    (batch) => {
      const rows = run.byteRows(bytes, 37);
      const expected = batch.flatMap((row) => Array.from(bytes.subarray(row * 37, row * 37 + 37)));
      const drawn = run.read(rows?.scaled(Uint32Array.from(batch)) as Handle);
      expect(drawn).toEqual(Float32Array.from(expected, (byte) => byte / 255));
    },
  );

  test('an index or a width that does not fit is refused', () => {
    const some = Uint32Array.of(0);
    expect(() => run.byteRows(bytes, 37)?.scaled(Uint32Array.of(5))).toThrow('0 … 4, got 5');
    expect(() => run.byteRows(bytes, 36)?.scaled(some)).toThrow('the width does not divide the bytes');
  });

  test("there are none without the course's own operations", () => {
    const plain = new NativeOperations({ own: false });
    expect(plain.byteRows(bytes, 37)).toBeUndefined();
    plain.dispose();
  });
});

/** C = A B, with numbers of 64 bits; of A or B transposed. */
function productOf(a: tf.Tensor, b: tf.Tensor, transposed?: 'first' | 'second'): number[] {
  const [left, right] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  const [rows, depth] = (transposed === 'first' ? [a.shape[1], a.shape[0]] : a.shape) as number[];
  const columns = b.shape[transposed === 'second' ? 0 : 1] as number;
  const at = (i: number, k: number) => left[transposed === 'first' ? k * rows + i : i * depth + k];
  const to = (k: number, j: number) => right[transposed === 'second' ? j * depth + k : k * columns + j];
  return Array.from({ length: rows * columns }, (_, place) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += at(Math.floor(place / columns), k) * to(k, place % columns);
    return sum;
  });
}

describe.skipIf(!hasNative || without)(`products with many rows${without}`, () => {
  let run: NativeOperations;
  beforeEach(() => {
    run = new NativeOperations();
  });
  afterEach(() => run.dispose());

  // Rows, depth and columns, of which tiles, panels and parts fit some exactly, and others not.
  const sizes = [1, 13, 96, 133].flatMap((rows) =>
    [1, 100, 515].flatMap((depth) => [1, 16, 33, 70].map((columns) => [rows, depth, columns])),
  );
  test.each([undefined, 'first', 'second'] as const)('of matrices, transposed: %s', (transposed) => {
    for (const [rows, depth, columns] of sizes) {
      const a = draw(transposed === 'first' ? [depth, rows] : [rows, depth], 1);
      const b = draw(transposed === 'second' ? [columns, depth] : [depth, columns], 2);
      const product = withThreadsFor(1024, () => run.matMul(run.handleOf(a), run.handleOf(b), transposed));
      expect(run.shapeOf(product)).toEqual([rows, columns]);
      const right = productOf(a, b, transposed);
      // Where the terms of all cancel, they are √depth long.
      const largest = right.reduce((most, one) => Math.max(most, Math.abs(one)), Math.sqrt(depth));
      const wrong = Array.from(run.read(product)).findIndex(
        (value, place) => !(Math.abs(value - right[place]) <= tolerance * largest),
      );
      expect(wrong, `${rows} × ${depth} × ${columns}`).toBe(-1);
      tf.dispose([a, b]);
    }
  });

  test('keep what is not a number in its row', () => {
    const b = tf.fill([2, 2], 1);
    const spoilt = tf.tensor2d([1, 1, Number.NaN, 1, 1, 1], [3, 2]);
    const product = withThreadsFor(1024, () => run.matMul(run.handleOf(spoilt), run.handleOf(b)));
    expect(Array.from(run.read(product))).toEqual([2, 2, Number.NaN, Number.NaN, 2, 2]);
    tf.dispose([b, spoilt]);
  });

  test('of matrices that do not fit are refused', () => {
    const [a, b] = [draw([4, 3], 1), draw([4, 3], 2)];
    const attempt = () => withThreadsFor(1024, () => run.matMul(run.handleOf(a), run.handleOf(b)));
    expect(attempt).toThrow(RangeError);
    expect(attempt).toThrow('the factors do not fit each other');
    tf.dispose([a, b]);
  });
});

describe.skipIf(!hasNative || without)(`threads${without}`, () => {
  test('make no difference to a result, bit by bit', () => {
    const shape = { heads: 4, context: 64 };
    const all = [
      draw([640, 384], 1),
      draw([640, 128], 2),
      draw([384], 3),
      draw([640, 384], 4),
      draw([70, 128], 5),
    ];
    const results = [1, 2, 5].map((threads) => {
      nativeAddOn()?.setThreads(threads);
      const run = new NativeOperations();
      const [z, x, bias, delta, table] = all.map((one) => run.handleOf(one));
      const { z: dz, bias: db } = run.throughAttend(x, z, bias, shape);
      const gelu = run.throughBiasGelu(delta, z, bias);
      const products = withThreadsFor(1024, () => {
        nativeAddOn()?.setThreads(threads);
        return [run.matMul(z, x, 'first'), run.matMul(x, table, 'second')];
      });
      const made = [dz, db, run.attend(z, bias, shape), gelu.z, gelu.bias, ...products];
      const read = made.map((one) => run.read(one));
      run.dispose();
      return read;
    });
    nativeAddOn()?.setThreads(1);
    tf.dispose(all);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test('are as many as cores for large work, and one again after it, whatever happens in it', () => {
    const addOn = nativeAddOn() as NativeAddOn;
    const set = vi.spyOn(addOn, 'setThreads');
    expect(withThreadsFor(32, () => 'done')).toBe('done');
    expect(set).not.toHaveBeenCalled();
    expect(withThreadsFor(1024, () => 'done')).toBe('done');
    expect(set.mock.calls).toEqual([[addOn.cores], [1]]);
    const fails = () => {
      throw new Error('no memory');
    };
    expect(() => withThreadsFor(1024, fails)).toThrow('no memory');
    expect(set.mock.lastCall).toEqual([1]);
    set.mockRestore();
  });

  test("of Node's own register the operations once, and run them at the same time", async () => {
    const code = `
      const { parentPort } = require('node:worker_threads');
      require('tsx/cjs');
      const { startTensorflow, tf } = require('./lib/tensorflow/backend');
      const { NativeOperations } = require('./lib/tensorflow/native-operations');
      startTensorflow('native').then(() => {
        const run = new NativeOperations();
        const [z, bias] = [tf.ones([4096, 32]), tf.ones([32])].map((one) => run.handleOf(one));
        for (let round = 0; round < 50; round++) parentPort.postMessage(run.own && run.read(run.biasGelu(z, bias))[7]);
        run.dispose();
      });`;
    const answers = [1, 2].map(
      () =>
        new Promise<number[]>((resolve, reject) => {
          const worker = new Worker(code, { eval: true });
          const said: number[] = [];
          worker.on('message', (value) => said.push(value));
          worker.on('error', reject);
          worker.on('exit', () => resolve(said));
        }),
    );
    // φ(2) = 1 + tanh(√(2/π) (2 + 0.044715 · 8))
    const right = 1 + Math.tanh(Math.sqrt(2 / Math.PI) * (2 + 0.044715 * 8));
    for (const said of await Promise.all(answers)) {
      expect(said).toHaveLength(50);
      for (const value of said) expect(value).toBeCloseTo(right, 5);
    }
  });

  test.each([0, -1, Number.NaN])('are at least one, not %d', (count) => {
    expect(() => nativeAddOn()?.setThreads(count)).toThrow('Cannot set threads');
  });
});
