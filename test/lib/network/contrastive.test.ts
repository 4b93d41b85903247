import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { checkGradient } from '../../../lib/maths/gradient-check';
import { contrastiveGradient, contrastiveLoss, cosineSimilarities } from '../../../lib/network/contrastive';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

const rows = (count: number, size: number, seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Array.from({ length: size }, () => random.normal()));
};
const pack = (flat: number[], size: number) =>
  Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));
const identity = (count: number) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => (i === j ? 1 : 0)));

describe('contrastiveLoss()', () => {
  it('is ln B if all embeddings are alike, and 0 for a single pair', () => {
    const alike = Array.from({ length: 7 }, () => [1, 2, 3]);
    expect(contrastiveLoss(alike, alike, 0.1)).toBeCloseTo(Math.log(7), 12);
    expect(contrastiveLoss([[3, -1]], [[-2, 5]], 0.3)).toBe(0);
  });

  it('is ln(1 + (B − 1) e^(−1/τ)) for pairs at right angles to one another', () => {
    for (const temperature of [0.1, 1, 10]) {
      const expected = Math.log(1 + 4 * Math.exp(-1 / temperature));
      expect(contrastiveLoss(identity(5), identity(5), temperature)).toBeCloseTo(expected, 12);
    }
  });

  it('stays finite at a temperature that overflows exp()', () => {
    const swapped = [identity(2)[1], identity(2)[0]];
    expect(contrastiveLoss(identity(2), swapped, 0.001)).toBeCloseTo(1000, 9);
  });

  it('is the same for both orders of a pair and for every length of the embeddings', () => {
    const size = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(size, fc.double({ min: 0.1, max: 9, noNaN: true }), (seed, factor) => {
        const [first, second] = [rows(4, 3, seed), rows(4, 3, seed + 100)];
        const loss = contrastiveLoss(first, second, 0.5);
        expect(contrastiveLoss(second, first, 0.5)).toBeCloseTo(loss, 12);
        const longer = first.map((row) => row.map((value) => factor * value));
        expect(contrastiveLoss(longer, second, 0.5)).toBeCloseTo(loss, 10);
      }),
    );
  });

  it('refuses what has no loss, with the value', () => {
    const two = identity(2);
    expect(() => contrastiveLoss(two, two, 0)).toThrow(/temperature must be > 0, got 0/);
    expect(() => contrastiveLoss(two, [[1, 0]], 1)).toThrow(/as many of both, got 2 and 1/);
    expect(() => contrastiveLoss(two, [[1], [2]], 1)).toThrow(/2 and 1 dimensions/);
    expect(() => contrastiveLoss([[0, 0]], [[1, 0]], 1)).toThrow(/row 0 is zero/);
  });
});

describe('contrastiveGradient()', () => {
  it.each([0.05, 0.5, 5])('equals central differences at the temperature %s', (temperature) => {
    const [first, second] = [rows(5, 3, 1), rows(5, 3, 2)];
    const loss = (flat: number[]) =>
      contrastiveLoss(pack(flat.slice(0, 15), 3), pack(flat.slice(15, 30), 3), flat[30]);
    const gradient = (flat: number[]) => {
      const all = contrastiveGradient(pack(flat.slice(0, 15), 3), pack(flat.slice(15, 30), 3), flat[30]);
      return [...all.first.flat(), ...all.second.flat(), all.temperature];
    };
    const at = [...first.flat(), ...second.flat(), temperature];
    expect(checkGradient(loss, gradient, at).relativeError).toBeLessThan(1e-7);
  });

  it('is at right angles to every embedding: their lengths do not matter', () => {
    const [first, second] = [rows(4, 6, 3), rows(4, 6, 4)];
    const { first: byFirst } = contrastiveGradient(first, second, 0.2);
    byFirst.forEach((g, i) => {
      expect(g.reduce((sum, value, d) => sum + value * first[i][d], 0)).toBeCloseTo(0, 12);
    });
  });

  it('leaves its inputs as they are', () => {
    const [first, second] = [rows(3, 2, 5), rows(3, 2, 6)];
    const before = JSON.stringify([first, second]);
    contrastiveGradient(first, second, 0.1);
    expect(JSON.stringify([first, second])).toBe(before);
  });

  describe('beside TensorFlow', () => {
    beforeAll(() => startTensorflow());
    it('equals its gradient', async () => {
      const [first, second] = [rows(6, 4, 7), rows(6, 4, 8)];
      const own = contrastiveGradient(first, second, 0.2);
      const loss = (a: tf.Tensor, b: tf.Tensor, t: tf.Tensor) => {
        const unit = (x: tf.Tensor) => x.div(x.norm('euclidean', 1, true));
        const logits = tf.matMul(unit(a), unit(b), false, true).div(t);
        const both = [logits, logits.transpose()].map((z) => tf.losses.softmaxCrossEntropy(tf.eye(6), z));
        return both[0].add(both[1]).div(2) as tf.Scalar;
      };
      const theirs = tf.tidy(() => tf.grads(loss)([tf.tensor2d(first), tf.tensor2d(second), tf.scalar(0.2)]));
      const [byFirst, bySecond, byTemperature] = await Promise.all(theirs.map((g) => g.array()));
      const close = (a: number[], b: number[]) =>
        a.forEach((value, i) => void expect(value).toBeCloseTo(b[i], 5));
      close(own.first.flat(), (byFirst as number[][]).flat());
      close(own.second.flat(), (bySecond as number[][]).flat());
      expect(own.temperature).toBeCloseTo(byTemperature as number, 5);
      tf.dispose(theirs);
    });
  });
});

describe('cosineSimilarities()', () => {
  it('scale to length 1 and measure angles', () => {
    expect(
      cosineSimilarities(
        [[3, 4]],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    ).toEqual([[0.6, 0.8]]);
    const [[same, right, opposite]] = cosineSimilarities(
      [[2, 0]],
      [
        [5, 0],
        [0, 1],
        [-3, 0],
      ],
    );
    expect([same, right, opposite]).toEqual([1, 0, -1]);
  });
});
