import { matrix } from 'mathjs';
import { expect, test } from 'vitest';
import { copyOf, formOf, holds, isSame } from '../../../lib/course/answer-values';

class Thing {
  size = 1;
}

test.each<[string, unknown]>([
  ['number', NaN],
  ['text', ''],
  ['boolean', false],
  ['list', []],
  ['list', Uint8Array.of(1)],
  ['matrix', matrix([[1]])],
  ['record', {}],
  ['record', Object.create(null)],
  ['function', () => 1],
  ['other', new Thing()],
  ['other', null],
  ['other', undefined],
])('formOf() says %s', (form, value) => expect(formOf(value)).toBe(form));

test('copyOf() shares nothing that can be written to, and keeps what it does not look into', () => {
  const thing = new Thing();
  const value = { rows: [[1, 2]], typed: Float32Array.of(3), M: matrix([[4]]), thing, holes: Array(3) };
  const copy = copyOf(value);
  expect(isSame(copy, value)).toBe(true);
  copy.rows[0][0] = 9;
  copy.typed[0] = 9;
  copy.M.set([0, 0], 9);
  expect(value).toMatchObject({ rows: [[1, 2]], typed: Float32Array.of(3) });
  expect(value.M.get([0, 0])).toBe(4);
  expect(copy.thing).toBe(thing);
  expect(copy.holes).toHaveLength(3);
});

test('copyOf(), isSame() and holds() end where a value leads back to itself', () => {
  const ring: { next?: object; value: number } = { value: 1 };
  ring.next = ring;
  const copy = copyOf(ring);
  expect(copy.next).toBe(copy);
  expect(isSame(ring, copy)).toBe(true);
  copy.value = 2;
  expect(isSame(ring, copy)).toBe(false);
  expect(holds(ring, Number.isNaN)).toBe(false);
});

test.each<[unknown, unknown, boolean]>([
  [NaN, NaN, true],
  [0, -0, false],
  [[1], [1, 2], false],
  [Float32Array.of(1, NaN), Float32Array.of(1, NaN), true],
  [Float32Array.of(1, 2), Float32Array.of(1, 3), false],
  [{ a: 1 }, { b: 1 }, false],
  [matrix([[1]]), matrix([[2]]), false],
  [[1], { 0: 1 }, false],
])('isSame(%j, %j) is %s', (one, other, same) => expect(isSame(one, other)).toBe(same));

test('isSame() compares what stands twice in the first with both of the second', () => {
  const row = [1];
  expect(isSame([row, row], [[1], [2]])).toBe(false);
});

test('holds() finds an entry at any depth', () => {
  for (const value of [NaN, [[1, NaN]], { a: { b: Float64Array.of(NaN) } }, matrix([[NaN]])]) {
    expect(holds(value, Number.isNaN)).toBe(true);
  }
  for (const value of [1, 'NaN', [Infinity], {}, undefined, () => NaN]) {
    expect(holds(value, Number.isNaN)).toBe(false);
  }
});
