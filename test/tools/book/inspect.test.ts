import * as util from 'node:util';
import { describe, expect, test } from 'vitest';
import { format, inspect } from '../../../tools/book/page/inspect';

class Point {
  constructor(
    public x: number,
    public y: number,
  ) {}
}
const circle: { name: string; self?: unknown } = { name: 'circle' };

describe('inspect() writes as Node does', () => {
  test.each<[string, unknown]>([
    ['numbers', [0, -0, 1.5, Number.NaN, 12n]],
    ['texts', ['plain', "it's", `both ' and "`, 'a\nline', 'back\\slash']],
    ['nothing', [null, undefined, true]],
    ['an empty list and object', [[], {}]],
    ['an object', { rate: 0.1, steps: 20, 'two words': 'yes' }],
    ['objects in each other', { a: { b: { c: { d: 1 } } } }],
    ['a class of its own', new Point(1, 2)],
    ['a typed array', new Float32Array([1, 2, 3])],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1, 2])],
    ['a function', Math.max],
    ['a class', Point],
    ['a function without a name', [() => 1][0]],
    ['a date', new Date(0)],
    ['a regular expression', /a+/g],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('%s', (_, value) => expect(inspect(value)).toBe(util.inspect(value)));

  test('a list too wide for a line has a line for each entry', () => {
    const rows = Array.from({ length: 3 }, (_, row) => ({
      row,
      text: 'a text of some length',
      more: 'and more',
    }));
    expect(inspect(rows)).toBe(util.inspect(rows));
  });
});

test('inspect() ends where a value contains itself', () => {
  circle.self = circle;
  expect(inspect(circle)).toContain('self: [Circular *1]');
});

test('inspect() counts what it leaves out', () => {
  const text = inspect(Array.from({ length: 130 }, (_, index) => index));
  expect(text).toContain('... 30 more items');
  expect(text).not.toContain('129');
});

test.each([
  [['loss', 0.5]],
  [['%s is %d', 'two', 2, 'more']],
  [['100 %']],
  [['%j', { a: 1 }]],
  [['%d%%', 5]],
])('format(%j) writes as console.log does', (values) => expect(format(values)).toBe(util.format(...values)));
