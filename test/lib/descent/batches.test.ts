import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import { batchStream, drawBatch, epochBatches } from '../../../lib/descent/batches';

test('epochBatches() holds each example once, in batches of the size asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 300 }),
      fc.nat(1000),
      (count, batchSize, seed) => {
        const batches = epochBatches(count, { batchSize, random: seededRandom(seed) });
        expect(batches).toHaveLength(Math.ceil(count / batchSize));
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(batchSize);
        const sorted = batches.flat().sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: count }, (_, index) => index));
      },
    ),
    { seed: 1, numRuns: 50 },
  );
});

test('batchStream() shuffles each epoch anew, the same way for the same seed', () => {
  const take = (seed: number) => {
    const stream = batchStream(10, { batchSize: 10, random: seededRandom(seed) });
    return [stream.next().value, stream.next().value];
  };
  expect(take(1)).toEqual(take(1));
  expect(take(1)[0]).not.toEqual(take(1)[1]);
  expect(take(1)).not.toEqual(take(2));
});

test('drawBatch() draws with replacement and evenly', () => {
  const batch = drawBatch(4, { batchSize: 40_000, random: seededRandom(1) });
  const counts = [0, 0, 0, 0];
  for (const example of batch) counts[example]++;
  // Standard deviation of a count: √(40,000 · ¼ · ¾) = 87.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * 87);
});

test('batches reject sizes that are no whole numbers >= 1', () => {
  const random = seededRandom(1);
  expect(() => epochBatches(0, { batchSize: 1, random })).toThrow('count must be');
  expect(() => epochBatches(5, { batchSize: 0, random })).toThrow('batchSize must be');
  expect(() => drawBatch(5, { batchSize: 1.5, random })).toThrow('batchSize must be');
});
