import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { writeValue } from '../../../lib/course/knob-values';
import { type Knob, knobs, misfit, parseKnobs, rangeWarning, readLiteral } from '../../../lib/course/knobs';

const source = `import { knobs } from '../lib/course/knobs';
const learningRate = 0.1; // 0.001 … 1: how far each step goes
const epochs = 10; // 1 … 50: passes over the training images
const optimizer: string = 'adam'; // sgd | adam: the rule that turns a gradient into a step
const shuffle: boolean = true; // true | false: draw a new order each epoch
const start = [3, -1]; // −5.0 ... 5.0: where the descent begins
const width: number = 32; // 16 | 32 | 64: hidden units
const seed = 1; // the draws
const size = epochs * 2; // 1 … 9: no literal
let other = 3;
knobs({ learningRate, epochs, optimizer, shuffle, start });`;
const parsed = parseKnobs(source);
const knob = (name: string) => parsed.find((one) => one.name === name) as Knob;

describe('parseKnobs()', () => {
  test('reads name, value, type, range, description; leaves other lines alone', () => {
    expect(parsed.map(({ name, value }) => [name, value])).toEqual([
      ['learningRate', 0.1],
      ['epochs', 10],
      ['optimizer', 'adam'],
      ['shuffle', true],
      ['start', [3, -1]],
      ['width', 32],
      ['seed', 1],
    ]);
    expect(knob('learningRate')).toMatchObject({
      range: '0.001 … 1',
      limits: { least: 0.001, most: 1 },
      whole: false,
      description: 'how far each step goes',
    });
    expect(knob('epochs')).toMatchObject({ whole: true, limits: { least: 1, most: 50 } });
    expect(knob('start')).toMatchObject({ whole: false, limits: { least: -5, most: 5 } });
    expect(knob('optimizer')).toMatchObject({ choices: ['sgd', 'adam'], type: 'string' });
    expect(knob('width')).toMatchObject({ choices: [16, 32, 64], type: 'number' });
    expect(knob('shuffle').choices).toEqual([true, false]);
    expect(knob('seed')).toMatchObject({ range: '', description: 'the draws' });
  });

  test('reads ranges with powers of ten', () => {
    const [one] = parseKnobs('const h = 1e-5; // 1e-12 … 1e-1: the step');
    expect(one.limits).toEqual({ least: 1e-12, most: 0.1 });
    expect(one.whole).toBe(false);
    expect(rangeWarning(one, one.value)).toBeUndefined();
  });

  test.each([
    ['const n = 3; // 1 … 5: x', true],
    ['const n = [1, 2]; // 1 … 5: x', true],
    ['const n = 3.0; // 1 … 5: x', false],
    ['const n = 3; // 1.0 … 5: x', false],
    ['const n = 3; // 1 … 5.0: x', false],
    ['const n = 3; // 1e-1 … 5: x', false],
    ['const n = 3; // 1 .. 1e6: x', true],
    ['const n = 3; // 1 | 5: x', false],
    ['const n = 3; // x', false],
  ])('%s has whole numbers only: %j', (line, whole) => {
    expect(parseKnobs(line)[0].whole).toBe(whole);
  });
});

describe('misfit() and rangeWarning()', () => {
  test.each([
    ['learningRate', 0.5, undefined, undefined],
    ['learningRate', 3, undefined, /outside its range 0.001 … 1/],
    ['learningRate', -1, undefined, /learningRate = -1/],
    ['learningRate', NaN, /finite/, /finite/],
    ['learningRate', 'fast', /must be a number/, /got 'fast'/],
    ['epochs', 2.5, /whole number/, /whole number/],
    ['epochs', 51, undefined, /outside/],
    ['optimizer', 'sgd', undefined, undefined],
    ['optimizer', 'nadam', /one of sgd \| adam/, /one of/],
    ['shuffle', 'yes', /true or false/, /true or false/],
    ['start', [0.5, 5], undefined, undefined],
    ['start', [0.5, 5.1], undefined, /outside/],
    ['start', [1], /list of 2 numbers/, /list of 2/],
    ['width', 48, /one of 16 \| 32 \| 64/, /one of/],
    ['seed', 1e9, undefined, undefined],
  ])('%s = %j', (name, value, misfits, warns) => {
    const [broken, warning] = [misfit(knob(name), value), rangeWarning(knob(name), value)];
    if (misfits) expect(broken).toMatch(misfits);
    else expect(broken).toBeUndefined();
    if (warns) expect(warning).toMatch(warns);
    else expect(warning).toBeUndefined();
  });
});

describe('rangeWarning() at the ends of a range', () => {
  test.each([
    ['const rate = 0.1; // 0.001 … 1: x', 0.001, 1, 1e-9],
    ['const rate = -3.5; // -5.0 … −2.5: x', -5, -2.5, 1e-9],
    ['const count = 10; // 1 … 50: x', 1, 50, 1],
    ['const count = 0; // 0 … 0: x', 0, 0, 1],
  ])('%s', (line, least, most, step) => {
    const [one] = parseKnobs(line);
    expect(rangeWarning(one, least)).toBeUndefined();
    expect(rangeWarning(one, most)).toBeUndefined();
    expect(rangeWarning(one, least - step)).toMatch(/lies outside its range/);
    expect(rangeWarning(one, most + step)).toMatch(/lies outside its range/);
  });

  test('of a list, each number counts', () => {
    const [start] = parseKnobs('const start = [3, -1]; // −5.0 … 5.0: x');
    for (const fine of [
      [-5, 5],
      [5, -5],
    ]) {
      expect(rangeWarning(start, fine)).toBeUndefined();
    }
    for (const outside of [
      [-5.001, 0],
      [0, -5.001],
      [5.001, 0],
      [0, 5.001],
    ]) {
      expect(rangeWarning(start, outside)).toMatch(/lies outside its range −5.0 … 5.0/);
    }
  });

  test('of whole numbers, neither half nor boundless ones fit', () => {
    const [count] = parseKnobs('const counts = [1, 2]; // 1 … 5: x');
    expect(misfit(count, [1, 5])).toBeUndefined();
    expect(misfit(count, [1, 1.5])).toBe('must be a whole number');
    expect(misfit(count, [1.5, 1])).toBe('must be a whole number');
    expect(misfit(count, [1, Number.POSITIVE_INFINITY])).toBe('must be finite');
  });
});

test('readLiteral() reads back what writeValue() writes', () => {
  const plainText = fc.string().filter((text) => !/[\\'\n\r$`]/.test(text));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const value = fc.oneof(number, plainText, fc.boolean(), fc.array(number, { minLength: 1 }));
  fc.assert(
    fc.property(value, (one) => {
      expect(readLiteral(writeValue(one))).toEqual(one);
    }),
  );
});

test.each(['epochs * 2', '{ a: 1 }', "'a' + 'b'", '[1, x]', '1 2', '`$x`', 'undefined', ''])(
  'readLiteral() does not take %j for a value',
  (text) => expect(readLiteral(text)).toBeUndefined(),
);

describe('knobs()', () => {
  const cell = Symbol.for('descent.cell');
  afterEach(() => {
    vi.restoreAllMocks();
    delete (globalThis as Record<symbol, unknown>)[cell];
  });

  test("warns of each value outside the range in its own cell's comment", () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    (globalThis as Record<symbol, unknown>)[cell] = source;
    knobs({ learningRate: 4, epochs: 10, optimizer: 'nadam', start: [0, 0] });
    expect(warn.mock.calls.flat()).toEqual([
      '⚠ learningRate = 4 lies outside its range 0.001 … 1; go on, but expect surprises.',
      "⚠ optimizer must be one of sgd | adam, got 'nadam'.",
    ]);
  });

  test('says nothing where the kernel does not tell the source', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    knobs({ learningRate: 4 });
    expect(warn).not.toHaveBeenCalled();
  });
});
