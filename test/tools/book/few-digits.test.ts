/** The first digits in the place of all: what is shipped, what cells get, and what claims say then. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimMimeType, share, symbols } from '../../../lib/base/contract';
import { projectRoot } from '../../../lib/base/project-root';
import { firstDigits, loadMnist, selectDigits, splitDigits } from '../../../lib/data';
import { drawDigits } from '../../../lib/model';
import { besideExperiments, usesFewerDigits } from '../../../tools/book/beside-experiments';
import { notebookCompiler } from '../../../tools/book/cells';
import { fewDigitFiles, withFewDigits } from '../../../tools/book/few-digits';
import { offerOfFew } from '../../../tools/book/page/digit-choice';
import { FewDigits, fewDigits } from '../../../tools/book/page/few-digits';
import { findNotebooks } from '../../../tools/notebooks/notebook-file';

const load = () => require('@tslab/typescript-for-tslab');
const shown: Record<string, unknown>[] = [];
const texts = () => shown.map((bundle) => bundle['text/plain']);
beforeEach(() => share('display', (bundle) => void shown.push(bundle)));
afterEach(() => {
  shown.length = 0;
  delete (globalThis as Record<symbol, unknown>)[symbols.display];
});

describe('fewDigitFiles()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-few-'));
  let [all, few]: Awaited<ReturnType<typeof loadMnist>>[] = [];
  beforeAll(async () => {
    for (const [name, bytes] of fewDigitFiles().files) writeFileSync(join(folder, name), bytes);
    const { validation } = fewDigits;
    [all, few] = [await loadMnist(), await loadMnist({ folder, dataset: 'other', validation })];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("holds digits of each part of the course's split, and none of another part", () => {
    const counts = { train: few.train.count, validation: few.validation.count, test: few.test.count };
    expect(counts).toEqual(fewDigits);
    const fifths = Array.from({ length: few.test.count }, (_, place) => 5 * place);
    const expected = {
      train: firstDigits(all.train, few.train.count),
      validation: all.validation,
      test: selectDigits(all.test, fifths),
    };
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(Buffer.compare(few[part].labels, expected[part].labels)).toBe(0);
      expect(Buffer.compare(few[part].images, expected[part].images)).toBe(0);
    }
  });

  test('has a fingerprint of its own, under which stored results are found', () => {
    const settings = (fingerprint: string) => JSON.stringify({ fingerprint, seeds: [1, 2] });
    expect(few.fingerprint).not.toBe(all.fingerprint);
    expect(withFewDigits('loss-curves', settings(all.fingerprint))).toEqual({
      settings: [settings(few.fingerprint)],
    });
    // It names digits to learn from by their places among 50,000.
    expect(withFewDigits('data-neighbours', settings(all.fingerprint))).toEqual({ settings: [] });
    expect(withFewDigits('letters-fairer', settings('0123456789abcdef'))).toBeUndefined();
  });

  test.each([
    ['firstDigits', () => firstDigits(few.train, 20_000), '20,000'],
    ['splitDigits', () => splitDigits(few.train, { first: 10_000, seed: 1 }), '10,001'],
    ['selectDigits', () => selectDigits(few.train, [12_345]), '12,346'],
    ['drawDigits', () => drawDigits(few.train, { examples: 12_000 }, 1), '12,000'],
  ])('an error of %s() says that more digits are in the bar', async (_, ask, asked) => {
    const digits = new FewDigits();
    const data = digits.module('./lib/data', { loadMnist: async () => few });
    await (data as { loadMnist: typeof loadMnist }).loadMnist();
    expect(ask).toThrow(RangeError);
    const traceback = (() => {
      try {
        ask();
      } catch (error) {
        return String((error as Error).stack).split('\n');
      }
      return [];
    })();
    expect(digits.explained(traceback)?.at(-1)).toBe(
      `This cell asks for ${asked} digits; the page has the first 10,000: choose all digits in the bar.`,
    );
    expect(digits.explained(traceback)?.slice(0, -1)).toEqual(traceback);
    expect(digits.explained(['RangeError: Cannot descend: epochs must be >= 1, got 20000'])).toHaveLength(1);
    expect(digits.explained(undefined)).toBeUndefined();
  });
});

describe('FewDigits', () => {
  const asked: unknown[] = [];
  const loaded = async (digits: FewDigits, options?: object) => {
    const data = digits.module('./lib/data', { loadMnist: async (given: object) => void asked.push(given) });
    await (data as { loadMnist(options?: object): Promise<void> }).loadMnist(options);
    return asked.pop();
  };
  const claim = {
    'text/plain': '✓ Claim met: It holds.',
    [claimMimeType]: { sentence: 'It holds.', measured: 0.123456, bound: 'at least 0.1', met: true },
  };

  test('loads no more than there are, says so, and keeps the split', async () => {
    const digits = new FewDigits();
    expect(await loaded(digits, { limit: 20_000 })).toEqual({ limit: 10_000, validation: 10_000 });
    expect(texts()).toEqual([
      expect.stringMatching(/^○ As chosen in the bar, the page has the first 10,000 digits to learn from/),
      '○ This cell asks for 20,000 digits, and gets the first 10,000.',
    ]);
    expect(await loaded(digits, { limit: 3000, testLimit: 5000 })).toEqual({
      ...{ limit: 3000, testLimit: 2000, validation: 10_000 },
    });
    expect(texts()[2]).toBe('○ This cell asks for 5,000 test digits, and gets every fifth, 2,000.');
    expect(await loaded(digits, { folder: 'mine' })).toEqual({ folder: 'mine' });
    expect(await loaded(digits)).toEqual({ validation: 10_000 });
    // What is not kept to choose by is not learnt from.
    expect(await loaded(digits, { validation: 0 })).toEqual({ validation: 0, limit: 10_000 });
    expect(await loaded(digits, { validation: 500, limit: 300 })).toEqual({ validation: 500, limit: 300 });
    expect(shown).toHaveLength(3);
  });

  test('leaves other modules, and claims before the digits, as they are', async () => {
    const digits = new FewDigits();
    const module = { loadMnist: 1 };
    expect(digits.module('./lib/model', module)).toBe(module);
    expect(digits.inScope(claim, undefined, false)).toBe(claim);
    await loaded(digits);
    expect(digits.inScope({ 'text/plain': 'no claim' }, undefined, false)).toEqual({
      'text/plain': 'no claim',
    });
  });

  test('claims of all digits do not apply, and show what was measured', async () => {
    const digits = new FewDigits();
    await loaded(digits);
    const beside = digits.inScope(claim, { restsOn: [] }, false);
    expect(beside['text/plain']).toBe(
      '○ Claim does not apply (it is of all digits, and the page has the first 10,000): It holds. Measured 0.1235; with all digits claimed at least 0.1.',
    );
    expect(beside['text/html']).toMatch(/^<div style="[^"]*">○ Claim does not apply .*<\/div>$/);
    expect(beside[claimMimeType]).toMatchObject({ met: false, applies: false, measured: 0.123456 });
    // A knob may have said so already.
    expect(digits.inScope(beside, { restsOn: [] }, false)).toBe(beside);
  });

  test('claims that stored results alone decide apply', async () => {
    const digits = new FewDigits();
    await loaded(digits);
    const applies = (cell: Parameters<FewDigits['inScope']>[1], isEdited = false) =>
      digits.inScope(claim, cell, isEdited) === claim;
    expect(applies({ restsOn: ['over-turn'] })).toBe(false);
    digits.noteRead('over-turn');
    expect(applies({ restsOn: ['over-turn'] })).toBe(true);
    expect(applies({ restsOn: ['*'] })).toBe(true);
    expect(applies({ restsOn: ['over-turn', 'over-data'] })).toBe(false);
    expect(applies({ restsOn: ['over-turn'], usesDigits: true })).toBe(false);
    expect(applies({ restsOn: ['over-turn'] }, true)).toBe(false);
    expect(applies(undefined)).toBe(false);
  });

  test('claims of what was computed here do not, and a study of more digits is refused', async () => {
    const digits = new FewDigits();
    await loaded(digits);
    type Run = (name: string, settings: object, compute: (given: object) => unknown) => Promise<unknown>;
    const experiment: Run = async (_, settings, compute) => [String(compute), await compute(settings)];
    const course = digits.module('./lib/course', { experiment }) as { experiment: Run };
    const compute = ({ seed = 0 }: { seed?: number }) => seed + 1;
    // The key of a result is of the text.
    expect(await course.experiment('over-turn', { seed: 2 }, compute)).toEqual([String(compute), 3]);
    digits.noteRead('over-turn');
    digits.noteRead('over-data');
    expect(digits.inScope(claim, { restsOn: ['over-turn'] }, false)).not.toBe(claim);
    expect(digits.inScope(claim, { restsOn: ['over-data'] }, false)).toBe(claim);
    expect(digits.inScope(claim, { restsOn: ['*'] }, false)).not.toBe(claim);
    await expect(course.experiment('scale-grid', { dataSizes: [1500, 48_000] }, compute)).rejects.toThrow(
      "'scale-grid' asks for 48,000 digits; the page has the first 10,000: choose all digits in the bar.",
    );
  });
});

describe('besideExperiments()', () => {
  test('leaves out what an experiment computes, and takes the digits apart', () => {
    const source = `const { train, validation: seen } = await loadMnist({ limit: 100 });
const runs = await experiment('a-b', { seeds }, async ({ seeds }) => learn(train, seeds),);
const compare = (name: string) => experiment(name, { seeds }, compute);
const { model } = await main();`;
    expect(
      besideExperiments(load(), source),
    ).toBe(`const train = loadMnist('train'); const seen = loadMnist('validation');
const runs = await experiment('a-b');
const compare = (name: string) => experiment(name);
const { model } = await main();`);
  });

  test.each([
    ["const few = loadMnist('train');", true],
    ["const test = loadMnist('test');", true],
    ['const all = await loadMnist();', true],
    ["const seen = loadMnist('validation');", false],
    ["import { firstDigits, loadMnist } from './lib/data';", false],
  ])('of %s it says %s', (code, uses) => expect(usesFewerDigits(code)).toBe(uses));
});

// A notebook is compiled where it is not remembered.
describe('the build', { timeout: 300_000 }, () => {
  const compiler = notebookCompiler(['none', 'wasm 4.22.0']);
  afterAll(() => compiler.close());

  async function built(number: string) {
    const [file] = findNotebooks(join(projectRoot(), 'notebooks'), [number]);
    const { module } = await compiler.compile(file);
    const cells = [...module.matchAll(/^\{ \.\.\.(\{.*\}), body:$/gm)].map(([, cell]) => JSON.parse(cell));
    const [, stored] = /^export const stored = (.*);$/m.exec(module) ?? [];
    const names = Object.keys(JSON.parse(stored)).map((place) => place.slice(0, -17));
    return {
      uses: (id: string) => cells.find((cell) => cell.id === id).usesDigits ?? false,
      keysOf: (name: string) => names.filter((one) => one === name).length,
      ofDigits: Object.values(JSON.parse(stored) as Record<string, { ofDigits?: true }>).map(
        (result) => result.ofDigits,
      ),
    };
  }

  test('knows which claims of notebook 10 rest on stored results alone', async () => {
    const { uses, keysOf, ofDigits } = await built('10');
    expect(uses('over-turn-claims')).toBe(false);
    expect(uses('over-data-claims')).toBe(false);
    // One step of the penalised network is made here, on digits that are drawn here.
    expect(uses('over-l2-claims')).toBe(true);
    expect(uses('over-imports')).toBe(false);
    expect(uses('over-load')).toBe(true);
    // For each backend, with all digits and with the first.
    expect(keysOf('over-turn')).toBe(4);
    expect(ofDigits.every(Boolean)).toBe(true);
  });

  test('gives a page with fewer digits of notebook 06 no places among all of them', async () => {
    const { keysOf, ofDigits } = await built('06');
    expect([keysOf('data-neighbours'), keysOf('data-rates')]).toEqual([2, 4]);
    expect(ofDigits).toContain(undefined);
  });
});

describe('offerOfFew()', () => {
  const bytes = { all: 11_480_000, few: 3_640_000 };
  test.each([
    [{ connection: { saveData: true, effectiveType: '4g' }, deviceMemory: 8 }, 'This connection saves data'],
    [{ connection: { saveData: false, effectiveType: '3g' } }, 'This connection is slow'],
    [{ deviceMemory: 2 }, 'This device has little memory'],
  ])('of %j says %s', (surroundings, why) => {
    expect(offerOfFew(bytes, surroundings)).toBe(
      `${why}: all digits are 11.5 MB, the first 10,000 are 3.6 MB. You choose, in this bar.`,
    );
  });
  test.each([[{}], [{ connection: { effectiveType: '4g' }, deviceMemory: 4 }], [{ connection: {} }]])(
    'of %j makes none',
    (surroundings) => expect(offerOfFew(bytes, surroundings)).toBeUndefined(),
  );
});
