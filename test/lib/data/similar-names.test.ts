import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import known from '../../../data/mnist-files.json';
import { mostSimilar, placesOf, plainName } from '../../../lib/data/similar-names';

const names = Object.values(known).map(({ name }) => name);

/** A name as an unpacker, a mirror or a reader may have left it. */
const written = (name: string) =>
  fc
    .record({
      separators: fc.array(fc.constantFrom('-', '.', '_', ' '), { minLength: 3, maxLength: 3 }),
      capitals: fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
      end: fc.constantFrom('', '.gz', '.GZ', '.Gz'),
    })
    .map(({ separators, capitals, end }) => {
      let dash = 0;
      const letters = Array.from(name, (letter, at) =>
        letter === '-' ? separators[dash++] : capitals[at] ? letter.toUpperCase() : letter,
      );
      return letters.join('') + end;
    });
const anyName = fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), written(name)));

test('plainName() undoes what unpackers and mirrors do to the names, and confuses no two', () => {
  fc.assert(
    fc.property(anyName, ([name, changed]) => {
      expect(plainName(changed)).toBe(name);
    }),
  );
  expect(new Set(names.map(plainName)).size).toBe(4);
  for (const other of ['train-images-idx3-ubyte.zip', 'train-images-idx3-ubyte.gz.part', 'x']) {
    expect(names).not.toContain(plainName(other));
  }
});

/** The distance straight from its definition: from the last characters back to the first. */
function distance(from: string, to: string): number {
  if (from === '' || to === '') return from.length + to.length;
  const [shorter, other] = [from.slice(0, -1), to.slice(0, -1)];
  if (from.at(-1) === to.at(-1)) return distance(shorter, other);
  return 1 + Math.min(distance(shorter, other), distance(shorter, to), distance(from, other));
}

test('mostSimilar() finds a name with the fewest insertions, deletions and replacements', () => {
  expect(distance('kitten', 'sitting')).toBe(3);
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), word, (all, wanted) => {
      const least = Math.min(...all.map((one) => distance(one, wanted)));
      expect(distance(mostSimilar(all, wanted) ?? '', wanted)).toBe(least);
    }),
    { numRuns: 300 },
  );
});

test('mostSimilar() takes the name with the fewest changes', () => {
  const there = ['readme.txt', 'Train.Images.idx3.gz', 't10k-images-idx3-ubyte'];
  expect(mostSimilar(there.slice(0, 2), names[0])).toBe('Train.Images.idx3.gz');
  expect(mostSimilar(there, 't10k-images-idx1-ubyte')).toBe('t10k-images-idx3-ubyte');
  expect(mostSimilar([], names[0])).toBeUndefined();
  expect(there).toEqual(['readme.txt', 'Train.Images.idx3.gz', 't10k-images-idx3-ubyte']);
});

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-names-'));
  const own = path.join(folder, 'A-B');
  fs.mkdirSync(path.join(own, 'a.b.gz'), { recursive: true });
  fs.writeFileSync(path.join(own, 'A.b'), '');
  fs.writeFileSync(path.join(own, 'c'), '');
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

test('placesOf() looks in the folder and in folders of the own name, the exact name first', async () => {
  const entries = [
    { name: 'A-B', folder: true },
    { name: 'a.b.gz', folder: false },
    { name: 'a-b.gz', folder: false },
    { name: 'a-b', folder: false },
    { name: 'a-c', folder: false },
  ];
  const { places, hollow } = await placesOf(folder, entries, 'a-b');
  const inside = places.map((one) => path.posix.relative(folder, one));
  expect(inside[0]).toBe('a-b');
  expect(inside.sort()).toEqual(['A-B/A.b', 'a-b', 'a-b.gz', 'a.b.gz']);
  expect(hollow).toEqual([]);
});

test('placesOf() names a folder that stands where the file should', async () => {
  const own = `${folder}/A-B`;
  const entries = [{ name: 'a.b.gz', folder: true }];
  expect(await placesOf(own, entries, 'a-b')).toEqual({ places: [], hollow: [`${own}/a.b.gz`] });
});
