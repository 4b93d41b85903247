import { expect, test } from 'vitest';
import { coresFor, memoryFor, needsTable } from '../../../tools/hub/needs';

const one = { notebook: '02', server: 0.1e9, kernel: 0.4e9, seconds: 16 };

test('memoryFor() and coresFor() are what one takes, times the learners, and its work within five minutes', () => {
  expect(memoryFor(30, one)).toBeCloseTo(15e9, 0);
  expect(coresFor(30, one)).toBeCloseTo(1.6, 12);
});

test('needsTable() rounds up: half a core is one, and nobody has a part of a gigabyte', () => {
  const small = { notebook: '00', server: 0.1e9, kernel: 0.2001e9, seconds: 1 };
  expect(needsTable([one, small]).slice(2)).toEqual([
    '| 02 | 15 GB | 150 GB | 2 | 16 |',
    '| 00 | 10 GB | 91 GB | 1 | 1 |',
  ]);
});
