import { mean, sampleCorrelation, variance } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { mixedSeed, seededRandom } from '../../../lib/base/random';

const draw = (count: number, one: () => number) => Array.from({ length: count }, one);

/** xoroshiro128+ with the constants 24, 16, 37, from Blackman and Vigna's C code, in 64-bit whole numbers. */
function* xoroshiro(s0: bigint, s1: bigint): Generator<number> {
  const rotate = (x: bigint, k: bigint) => BigInt.asUintN(64, (x << k) | (x >> (64n - k)));
  for (;;) {
    yield Number(BigInt.asUintN(32, s0 + s1)) / 2 ** 32;
    const mixed = s1 ^ s0;
    s0 = rotate(s0, 24n) ^ mixed ^ BigInt.asUintN(64, mixed << 16n);
    s1 = rotate(mixed, 37n);
  }
}

describe('seededRandom()', () => {
  // The first two outputs of SplitMix64 from these seeds, by the C code of Vigna's page prng.di.unimi.it.
  test.each([
    [0, 16294208416658607535n, 7960286522194355700n],
    [1234567, 6457827717110365317n, 3203168211198807973n],
  ])('draws what xoroshiro128+ draws from the state that SplitMix64 makes of seed %i', (seed, s0, s1) => {
    const reference = xoroshiro(s0, s1);
    const random = seededRandom(seed);
    for (let index = 0; index < 1000; index++) expect(random.uniform()).toBe(reference.next().value);
  });

  // Bounds: four standard deviations of the estimate over 1,000 seeds.
  test.each(['', 'weights'])('neighbouring seeds have nothing in common, for the purpose "%s"', (purpose) => {
    const seeds = draw(1000, () => 0).map((_, seed) => seed);
    for (const index of [0, 1, 4]) {
      const drawn = seeds.map((seed) => {
        const random = seededRandom(seed, purpose);
        return draw(index + 1, random.uniform)[index];
      });
      expect(Math.abs(mean(drawn) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 1000));
      expect(Math.abs(variance(drawn) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / 1000));
      const correlation = sampleCorrelation(drawn.slice(1), drawn.slice(0, -1));
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(999));
    }
  });

  test('draws for two purposes have nothing in common, though they have one seed', () => {
    const pairs = draw(1000, () => 0).map((_, seed) => [
      seededRandom(seed, 'order').uniform(),
      seededRandom(seed, 'dropout').uniform(),
    ]);
    const [order, dropout] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
    expect(Math.abs(sampleCorrelation(order, dropout))).toBeLessThan(4 / Math.sqrt(1000));
    expect(seededRandom(1, 'ab').uniform()).not.toBe(seededRandom(1, 'ba').uniform());
  });

  test('gives the same draws for the same seed, others for another', () => {
    const all = (seed: number) => {
      const random = seededRandom(seed);
      return [random.uniform(), random.normal(), random.integer(1000), ...random.permutation(20)];
    };
    expect(all(5)).toEqual(all(5));
    expect(all(5)).not.toEqual(all(6));
    expect(all(5)).not.toEqual(all(5 + 2 ** 32));
  });

  test.each([-1, 1.5, NaN, Infinity])('rejects the seed %d', (seed) => {
    expect(() => seededRandom(seed)).toThrow(/^Cannot draw random numbers: seed must be a whole number >= 0/);
  });

  test('sources do not disturb each other', () => {
    const [first, second] = [seededRandom(3), seededRandom(3)];
    const alone = draw(10, () => first.uniform());
    const third = seededRandom(4);
    const among = draw(10, () => {
      third.normal();
      return second.uniform();
    });
    expect(among).toEqual(alone);
  });
});

describe('mixedSeed()', () => {
  // The upper 32 bits of SplitMix64's first output, by the C code of Vigna's page prng.di.unimi.it.
  test.each([
    [0, 16294208416658607535n],
    [1234567, 6457827717110365317n],
  ])('is the upper half of what SplitMix64 makes of seed %i', (seed, output) => {
    expect(mixedSeed(seed, '')).toBe(Number(output >> 32n));
  });

  test('is a whole number of 32 bits, the same for the same seed and purpose', () => {
    const bits = new Array(32).fill(0);
    for (let seed = 0; seed < 1000; seed++) {
      const mixed = mixedSeed(seed, 'weights');
      expect(mixed).toBe(mixedSeed(seed, 'weights'));
      expect(Number.isInteger(mixed) && mixed >= 0 && mixed < 2 ** 32).toBe(true);
      for (let bit = 0; bit < 32; bit++) bits[bit] += Math.floor(mixed / 2 ** bit) % 2;
    }
    // Each bit is set in half of the seeds; the standard deviation of the count is √1000 / 2 = 15.8.
    for (const count of bits) expect(Math.abs(count - 500)).toBeLessThan(4 * 15.8);
  });

  test('differs for 1,000 neighbouring seeds and ten purposes: no two of them are related', () => {
    const purposes = Array.from({ length: 10 }, (_, layer) => `weights of layer ${layer}`);
    const rows = purposes.map((purpose) => draw(1000, () => 0).map((_, seed) => mixedSeed(seed, purpose)));
    // Two of 10,000 draws of 32 bits are the same with probability 0.012.
    expect(new Set(rows.flat()).size).toBe(10_000);
    expect(mixedSeed(1, 'ab')).not.toBe(mixedSeed(1, 'ba'));
    expect(mixedSeed(5, '')).not.toBe(mixedSeed(5 + 2 ** 32, ''));
    for (const [index, row] of rows.entries()) {
      // Four standard deviations of the estimate.
      expect(Math.abs(sampleCorrelation(row.slice(1), row.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(999));
      const other = rows[(index + 1) % 10];
      expect(Math.abs(sampleCorrelation(row, other))).toBeLessThan(4 / Math.sqrt(1000));
    }
  });

  test.each([-1, 1.5, NaN, Infinity])('rejects the seed %d', (seed) => {
    expect(() => mixedSeed(seed, 'weights')).toThrow(/^Cannot mix a seed: seed must be a whole number >= 0/);
  });
});

// The seeds are fixed, so these draws never change. Bounds: four standard deviations of the estimate.
describe('uniform()', () => {
  const values = draw(100_000, seededRandom(1).uniform);
  test('stays in [0, 1)', () => {
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });
  test('has mean 1/2 and variance 1/12', () => {
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 100_000));
    expect(Math.abs(variance(values) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / 100_000));
  });
});

describe('normal()', () => {
  const values = draw(100_000, seededRandom(2).normal);
  test('has mean 0, variance 1, and the shares of the normal distribution', () => {
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(100_000));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(4 * Math.sqrt(2 / 100_000));
    for (const [limit, share] of [
      [1, 0.682689],
      [2, 0.9545],
      [3, 0.9973],
    ]) {
      const measured = values.filter((value) => Math.abs(value) < limit).length / 100_000;
      expect(Math.abs(measured - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 100_000));
    }
  });
  test('draws that follow each other are not related', () => {
    const products = values.slice(1).map((value, index) => value * values[index]);
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(100_000));
  });
});

describe('integer()', () => {
  test('draws 0 … below − 1 equally often', () => {
    const counts = new Array(7).fill(0);
    const random = seededRandom(3);
    for (let index = 0; index < 70_000; index++) counts[random.integer(7)] += 1;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // The chi-squared distribution with 6 degrees of freedom lies below 22.46 with probability 0.999.
    expect(chiSquared).toBeLessThan(22.46);
  });
  test('draws from one number only that', () => {
    expect(draw(5, () => seededRandom(1).integer(1))).toEqual([0, 0, 0, 0, 0]);
  });
  test.each([0, -1, 2.5, NaN])('rejects the limit %d', (below) => {
    expect(() => seededRandom(1).integer(below)).toThrow(
      'Cannot draw a random integer: below must be a whole number >= 1',
    );
  });
});

describe('permutation()', () => {
  test('holds each number once', () => {
    const order = seededRandom(4).permutation(1000);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });
  test('gives all 24 orders of four equally often', () => {
    const random = seededRandom(5);
    const counts = new Map<string, number>();
    for (let index = 0; index < 24_000; index++) {
      const order = random.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 23 degrees of freedom: below 49.73 with probability 0.999.
    expect(chiSquared).toBeLessThan(49.73);
  });
  test('of none is empty', () => {
    expect(seededRandom(1).permutation(0)).toHaveLength(0);
  });
});
