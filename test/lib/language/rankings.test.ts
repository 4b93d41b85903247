import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fusedScores, measureRetrieval, ranking } from '../../../lib/language/rankings';

describe('ranking()', () => {
  test('puts the best first, the first of equal ones before the second, and leaves out what has no score', () => {
    expect(ranking([0.2, 0, 1.5, -1, 0.2])).toEqual([2, 0, 4]);
    expect(ranking([])).toEqual([]);
  });

  test('leaves the scores as they are', () => {
    const scores = [1, 3, 2];
    ranking(scores);
    expect(scores).toEqual([1, 3, 2]);
  });
});

describe('fusedScores()', () => {
  test('adds 1/(k + rank) as by hand', () => {
    // The second way does not rank text 0.
    const fused = fusedScores([
      [3, 2, 1],
      [0, 1, 2],
    ]);
    expect(fused[0]).toBeCloseTo(1 / 61, 12);
    expect(fused[1]).toBeCloseTo(1 / 62 + 1 / 62, 12);
    expect(fused[2]).toBeCloseTo(1 / 63 + 1 / 61, 12);
    expect(fusedScores([[5, 1]], 0)).toEqual(Float64Array.of(1, 1 / 2));
  });

  test('of one way keeps its order, whatever the unit of its scores', () => {
    const scores = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(scores, (one) => {
        expect(ranking(fusedScores([one]))).toEqual(ranking(one));
        expect(ranking(fusedScores([one.map((score) => 8 * score), one]))).toEqual(ranking(one));
      }),
    );
  });

  test('rejects a negative offset, and ways of different texts', () => {
    expect(() =>
      fusedScores([
        [1, 2],
        [1, 2, 3],
      ]),
    ).toThrow(new RangeError('Cannot join rankings: each way must score the same texts, got 2 and 3 scores'));
    expect(() => fusedScores([[1]], -1)).toThrow(
      new RangeError('Cannot join rankings: offset must be >= 0, got -1'),
    );
  });
});

describe('measureRetrieval()', () => {
  test('counts as by hand', () => {
    const found = [['a', 'b'], ['c'], ['x', 'y', 'z'], []];
    const right = [['b', 'q'], ['c'], ['q'], ['a']];
    const { recall, meanReciprocalRank } = measureRetrieval(found, right);
    expect(recall).toEqual([1 / 4, 2 / 4, 2 / 4]);
    expect(meanReciprocalRank).toBe((1 / 2 + 1) / 4);
  });

  test('looks as far as it is told', () => {
    expect(measureRetrieval([['a', 'b']], [['b']], 1).recall).toEqual([0]);
    expect(measureRetrieval([[1, 2, 3, 4]], [[4]], 4).recall).toEqual([0, 0, 0, 1]);
  });

  test.each([
    [
      [['a']],
      [],
      'Cannot measure a search: there are 1 rankings for 0 questions; both must be as many, and at least one',
    ],
    [
      [],
      [],
      'Cannot measure a search: there are 0 rankings for 0 questions; both must be as many, and at least one',
    ],
  ])('rejects %j for %j', (found, right, message) => {
    expect(() => measureRetrieval<string>(found, right)).toThrow(new RangeError(message));
  });
});
