import { afterEach, describe, expect, test } from 'vitest';
import { share, symbols } from '../../../lib/base/contract';
import { type Host, host } from '../../../lib/base/host';
import { type CorpusName, loadCorpus } from '../../../lib/language';

const node = host();
afterEach(() => {
  Reflect.deleteProperty(globalThis, symbols.host);
});

describe('loadCorpus()', () => {
  test("'moby-dick' is the novel, from its first sentence to its last", async () => {
    const { train, validation, test, vocabulary, description } = await loadCorpus('moby-dick');
    expect(train).toMatch(/^Call me Ishmael\. Some years ago—never mind/);
    expect(test).toMatch(/only found another orphan\.$/);
    expect(vocabulary.size).toBe(76);
    expect(description).toMatch(
      /^Moby-Dick: [\d,]+ letters to learn from, [\d,]+ to choose by, [\d,]+ to be/,
    );
    const whole = train + validation + test;
    expect(whole).not.toMatch(/ {2}| \n|\n |\n{3}|[*&$[\]]/);
    expect(train.length / whole.length).toBeCloseTo(0.9, 3);
    expect(validation.length / whole.length).toBeCloseTo(0.05, 3);
    for (const part of [validation, test]) expect(part).toMatch(/^["A-Z]/);
  });

  test("'names' are all different, and in no order of the alphabet", async () => {
    const { train, validation, test, vocabulary } = await loadCorpus('names');
    const names = (train + validation + test).trimEnd().split('\n');
    expect(names).toHaveLength(4944);
    expect(new Set(names).size).toBe(4944);
    expect(vocabulary.size).toBe(54);
    // About half of neighbours are in order where the order is random: 0.5 ± 4 · 0.5/√4943.
    const rising = names.filter((name, index) => index > 0 && name > names[index - 1]).length;
    expect(Math.abs(rising / 4943 - 0.5)).toBeLessThan(0.03);
    for (const part of [train, validation, test]) expect(part).toMatch(/^[A-Z][\s\S]*\n$/);
  });

  test("'quatrains' are poems of four lines of five characters", async () => {
    const { train, validation, test, vocabulary } = await loadCorpus('quatrains');
    const poems = (train + validation + test).trimEnd().split('\n');
    expect(poems).toHaveLength(3700);
    expect(new Set(poems).size).toBe(3700);
    for (const poem of poems) expect(poem).toMatch(/^(\p{Script=Han}{5}，\p{Script=Han}{5}。){2}$/u);
    expect(poems).toContain('春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。');
    expect(vocabulary.size).toBe(3631);
    for (const part of [train, validation, test]) expect(part).toMatch(/^\p{Script=Han}[\s\S]*\n$/u);
  });

  test('is the same each time, and has a fingerprint of its own', async () => {
    const [first, again, other] = [
      await loadCorpus('names'),
      await loadCorpus('names'),
      await loadCorpus('moby-dick'),
    ];
    expect(again.train).toBe(first.train);
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  test('refuses a name that it does not know', async () => {
    await expect(loadCorpus('hamlet' as CorpusName)).rejects.toThrow(
      /^Cannot load a text: the name must be one of moby-dick, names, quatrains, got 'hamlet'$/,
    );
  });

  test.each<[string, (path: string) => Promise<string>, RegExp]>([
    [
      'missing',
      async () => {
        throw new Error("Cannot read 'names.txt': it does not exist");
      },
      /^Cannot load Female first names: Cannot read 'names\.txt': it does not exist\. Delete the folder/,
    ],
    [
      'changed',
      async (path) => (await node.files.readText(path)).replace('Zsazsa', 'Zsazsu'),
      /have the SHA-256 [\da-f]{64} instead of f2ee53b7[\da-f]{56}\. Delete the folder node_modules; then/,
    ],
  ])('a file that is %s is named, with the remedy', async (_, readText, message) => {
    const isData = (path: string) => path.startsWith('data/');
    const files = { readText: (path: string) => (isData(path) ? node.files.readText(path) : readText(path)) };
    share('host', { root: node.root, files } as unknown as Host);
    await expect(loadCorpus('names')).rejects.toThrow(message);
  });
});
