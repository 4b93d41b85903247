import { beforeAll, describe, expect, it } from 'vitest';
import { digitPixels } from '../../../lib/data/digit-set';
import { contrastiveLoss } from '../../../lib/network/contrastive';
import { pairDigits, pairPixels } from '../../../lib/studies/digit-pairs';
import { pairNames } from '../../../lib/studies/names';
import { embedNames, embedPictures, groupLoss } from '../../../lib/studies/tower-embeddings';
import { createTowers } from '../../../lib/studies/two-towers';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

beforeAll(() => startTensorflow());

describe('groupLoss()', () => {
  it('equals contrastiveLoss(), averaged over the groups', async () => {
    const names = tf.randomNormal([4, 3], 0, 1, 'float32', 1) as tf.Tensor2D;
    const pictures = tf.randomNormal([2, 4, 3], 0, 1, 'float32', 2) as tf.Tensor3D;
    const measured = groupLoss(pictures, names, 0.3);
    const v = await names.array();
    const groups = await pictures.array();
    const own = groups.map((u) => contrastiveLoss(u, v, 0.3));
    expect((await measured.data())[0]).toBeCloseTo((own[0] + own[1]) / 2, 5);
    tf.dispose([names, pictures, measured]);
  });
});

describe('embedPictures() and embedNames()', () => {
  it('give unit vectors, in the order of the pictures and names, and leave no tensor', async () => {
    const digits = {
      images: Uint8Array.from({ length: 4 * digitPixels }, (_, index) => (index * 7) % 256),
      labels: Uint8Array.of(1, 2, 1, 2),
      count: 4,
    };
    const pictures = pairDigits(digits, { count: 3, seed: 1, labels: [12] });
    const towers = createTowers({ pixels: pairPixels, names: pairNames, embeddingSize: 5 });
    const before = tf.memory().numTensors;
    const [u, v] = [await embedPictures(towers, pictures), await embedNames(towers)];
    const [one] = await embedNames(towers, ['four two']);
    expect([u.length, v.length, u[0].length]).toEqual([3, 100, 5]);
    for (const row of [...u, ...v]) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    one.forEach((value, d) => void expect(value).toBeCloseTo(v[42][d], 5));
    expect(tf.memory().numTensors).toBe(before);
    towers.dispose();
  });
});
