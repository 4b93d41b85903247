import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { calibrationError, confidenceBins } from '../../../lib/network/calibration';

test('confidenceBins() sorts answers into intervals of which the last has both ends', () => {
  const bins = confidenceBins([0.1, 0.5, 0.6, 1], [false, true, false, true], 2);
  expect(bins[0]).toEqual({ count: 1, confidence: 0.1, accuracy: 0 });
  expect(bins[1].count).toBe(3);
  expect(bins[1].confidence).toBeCloseTo(0.7, 12);
  expect(bins[1].accuracy).toBeCloseTo(2 / 3, 12);
});

test('confidenceBins() leaves an interval without answers NaN', () => {
  expect(confidenceBins([0.9], [true], 2)[0]).toEqual({ count: 0, confidence: NaN, accuracy: NaN });
});

test('confidenceBins() refuses what is no probability', () => {
  expect(() => confidenceBins([1.1], [true], 2)).toThrow('confidence 0 must be between 0 and 1, got 1.1');
  expect(() => confidenceBins([NaN], [true], 2)).toThrow('got NaN');
  expect(() => confidenceBins([0.5], [], 2)).toThrow('Cannot sort by confidence');
});

test('calibrationError() is the weighted distance, by hand', () => {
  // 1/4 · |0 − 0.1| + 3/4 · |2/3 − 0.7|
  const bins = confidenceBins([0.1, 0.5, 0.6, 1], [false, true, false, true], 2);
  expect(calibrationError(bins)).toBeCloseTo(0.025 + 0.025, 12);
});

test('calibrationError() of answers that are right as often as they say is near 0', () => {
  const random = seededRandom(1, 'calibration');
  const confidences = Array.from({ length: 50_000 }, () => random.uniform());
  const isRight = confidences.map((confidence) => random.uniform() < confidence);
  // Ten bins of 5,000: the mean of |N(0, 0.4/√5000)| is 0.0045.
  expect(calibrationError(confidenceBins(confidences, isRight, 10))).toBeLessThan(0.01);
  expect(calibrationError(confidenceBins([1, 1], [false, false], 10))).toBe(1);
});
