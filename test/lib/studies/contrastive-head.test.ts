import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { contrastiveGradient, contrastiveLoss } from '../../../lib/network/contrastive';
import { type ContrastiveHead, contrastiveHead } from '../../../lib/studies/contrastive-head';

const draw = (count: number, seed: number) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
};
const rows = (values: Float32Array, size: number) =>
  Array.from({ length: values.length / size }, (_, row) =>
    Array.from(values.subarray(row * size, (row + 1) * size)),
  );

/** Two groups of four pairs in three dimensions. */
const head: ContrastiveHead = { pairs: 4, size: 3, temperature: 0.3, loss: 'contrast' };
const [pictures, names] = [draw(2 * 4 * 3, 1), draw(4 * 3, 2)];

function run(how: ContrastiveHead, u = pictures, v = names, nameOf = [0, 1, 2, 3, 0, 1, 2, 3]) {
  const [byPictures, byNames] = [new Float32Array(u.length), new Float32Array(v.length)];
  const result = contrastiveHead(how, { pictures: u, names: v, nameOf }, byPictures, byNames);
  return { ...result, byPictures, byNames };
}

describe('contrastiveHead()', () => {
  test('is the mean of contrastiveLoss() over the groups, with its gradient', () => {
    const { loss, byPictures, byNames, byLogTemperature } = run(head);
    const v = rows(names, 3);
    const groups = [rows(pictures, 3).slice(0, 4), rows(pictures, 3).slice(4)];
    const losses = groups.map((u) => contrastiveLoss(u, v, 0.3));
    const gradients = groups.map((u) => contrastiveGradient(u, v, 0.3));
    expect(loss).toBeCloseTo((losses[0] + losses[1]) / 2, 10);
    gradients
      .flatMap(({ first }) => first.flat())
      .forEach((slope, index) => {
        expect(byPictures[index]).toBeCloseTo(slope / 2, 6);
      });
    gradients[0].second.flat().forEach((slope, index) => {
      expect(byNames[index]).toBeCloseTo((slope + gradients[1].second.flat()[index]) / 2, 6);
    });
    // d/d ln τ = τ d/dτ.
    expect(byLogTemperature).toBeCloseTo(
      (0.3 * (gradients[0].temperature + gradients[1].temperature)) / 2,
      8,
    );
  });

  test('takes the names of each group in the order that its pictures have', () => {
    const six = draw(6 * 3, 3);
    const nameOf = [5, 0, 3, 1, 4, 5, 2, 0];
    const { loss, byNames } = run(head, pictures, six, nameOf);
    const groups = [0, 4].map((from) => ({
      u: rows(pictures, 3).slice(from, from + 4),
      v: nameOf.slice(from, from + 4).map((name) => rows(six, 3)[name]),
    }));
    const losses = groups.map(({ u, v }) => contrastiveLoss(u, v, 0.3));
    const slopes = groups.map(({ u, v }) => contrastiveGradient(u, v, 0.3).second);
    expect(loss).toBeCloseTo((losses[0] + losses[1]) / 2, 10);
    // Name 5 is the first of the first group and the second of the other; name 1 is in the first alone.
    for (const d of [0, 1, 2]) {
      expect(byNames[5 * 3 + d]).toBeCloseTo((slopes[0][0][d] + slopes[1][1][d]) / 2, 6);
      expect(byNames[3 + d]).toBeCloseTo(slopes[0][3][d] / 2, 6);
    }
  });

  test('gives a name that is not in the batch no gradient', () => {
    const { byNames } = run(head, pictures, draw(6 * 3, 3), [0, 1, 2, 3, 3, 2, 1, 0]);
    expect(Array.from(byNames.subarray(4 * 3))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test.each(['contrast', 'attract'] as const)('%s: its gradient equals differences', (loss) => {
    const how = { ...head, loss };
    const { byPictures, byNames } = run(how);
    const step = 1e-3;
    const slope = (values: typeof pictures, index: number, other: (moved: typeof pictures) => number) => {
      const [up, down] = [step, -step].map((by) => {
        const moved = values.slice();
        moved[index] += by;
        return { loss: other(moved), at: moved[index] };
      });
      return (up.loss - down.loss) / (up.at - down.at);
    };
    for (const index of [0, 5, 13, 23]) {
      const expected = slope(pictures, index, (moved) => run(how, moved).loss);
      expect(byPictures[index]).toBeCloseTo(expected, 5);
    }
    for (const index of [0, 4, 11]) {
      const expected = slope(names, index, (moved) => run(how, pictures, moved).loss);
      expect(byNames[index]).toBeCloseTo(expected, 5);
    }
  });

  test('attract is −1 where all pairs point the same way, and repels nothing', () => {
    const one = Float32Array.from({ length: 4 * 3 }, (_, index) => (index % 3) + 1);
    const { loss, byPictures } = run({ ...head, loss: 'attract' }, one, one);
    expect(loss).toBeCloseTo(-1, 10);
    expect(Math.max(...byPictures.map(Math.abs))).toBeLessThan(1e-7);
  });

  test('is ln N where all embeddings are alike', () => {
    const one = Float32Array.from({ length: 4 * 3 }, (_, index) => (index % 3) + 1);
    expect(run(head, one, one).loss).toBeCloseTo(Math.log(4), 10);
  });

  test('stays finite at a row of zeros and a small temperature', () => {
    const zero = pictures.slice().fill(0, 0, 3);
    const { loss, byPictures, byNames } = run({ ...head, temperature: 0.001 }, zero);
    expect([loss, ...byPictures, ...byNames].every(Number.isFinite)).toBe(true);
  });
});
