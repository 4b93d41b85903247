/** Paths of a page: as Node has them on Linux, and of addresses. */
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { join, resolve } from '../../../tools/book/page/paths';

test.each([[['/a', 'b', '../c']], [['/a/b', '/c', 'd']], [['/a', './b', 'c/d.json']], [['/a', '/b/../c']]])(
  'of %j are joined and resolved as in Node',
  (parts) => {
    expect(resolve(...parts)).toBe(posix.resolve(...parts));
    const relative = parts.map((part, index) => (index > 0 ? part.replace(/^\//, '') : part));
    expect(join(...relative)).toBe(posix.join(...relative));
  },
);

test.each([
  [['https://a/b/', 'out', 'c'], 'https://a/b/out/c'],
  [['https://a/b/', '../c'], 'https://a/c'],
  [['/a', 'https://b/c/', 'd'], 'https://b/c/d'],
])('%j, an address among them, are resolved', (parts, whole) => {
  expect(resolve(...parts)).toBe(whole);
});
