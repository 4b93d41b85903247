import { afterAll, describe, expect, test } from 'vitest';
import type { DigitSet } from '../../../lib/data/digit-set';
import { centringAccuracy } from '../../../lib/studies/digit-centring';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

await startTensorflow();

/** Class 0 is ink in the left half, class 1 ink in the right half; without ink it says 0. */
const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [784], units: 2, useBias: false })] });
const halves = Array.from({ length: 784 }, (_, place) => (place % 28 < 14 ? [1, 0] : [0, 1]));
tf.tidy(() => model.setWeights([tf.tensor2d(halves)]));
afterAll(() => void model.dispose());

/** A block of 6 by 6 pixels in the left half for label 0, in the right half for label 1. */
const block = (label: number) =>
  Array.from({ length: 784 }, (_, place) => {
    const [row, column] = [Math.floor(place / 28), (place % 28) - 14 * label];
    return row >= 10 && row < 16 && column >= 4 && column < 10 ? 255 : 0;
  });
const labels = Uint8Array.of(0, 1, 1, 0);
const digits: DigitSet = {
  images: Uint8Array.from(Array.from(labels).flatMap(block)),
  labels,
  count: labels.length,
};

describe('centringAccuracy()', () => {
  test.each([
    ['as they are', {}, 1],
    ['moved within their half', { right: 3, down: -5 }, 1],
    ['moved out of their half, or of the picture', { right: 14 }, 0],
    ['moved to the left, where most ink of all lies in the left half', { right: -8 }, 0.5],
  ])('counts the right answers on blocks %s', (_, distortion, right) => {
    expect(centringAccuracy(model, digits, distortion).asDrawn).toBe(right);
  });

  test('counts those on centred blocks, which all look alike: half of the labels are right', () => {
    const before = digits.images.slice();
    for (const distortion of [{}, { right: 3, down: -5 }, { scale: 0.5 }]) {
      expect(centringAccuracy(model, digits, distortion).centred).toBe(0.5);
    }
    expect(digits.images).toEqual(before);
  });
});
