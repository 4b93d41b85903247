import { expect, test } from 'vitest';
import { loadPassages } from '../../../lib/language/passages';
import { loadQuestions } from '../../../lib/language/questions';

const { development, heldOut, outsideDevelopment, outsideHeldOut } = await loadQuestions();
const answered = [...development, ...heldOut];

test('data/questions.json names cells that are there', async () => {
  const there = new Set((await loadPassages()).map(({ cell }) => cell));
  const gone = answered.flatMap(({ question, cells }) =>
    cells.filter((cell) => !there.has(cell)).map((cell) => `${cell}: ${question}`),
  );
  const remedy =
    'put in its place the ids of the cells that now answer the question, or take the question out';
  expect(gone, `data/questions.json names cells that no notebook has; ${remedy}`).toEqual([]);
});

test('each question is asked once, and has an answer', () => {
  const all = [...answered.map(({ question }) => question), ...outsideDevelopment, ...outsideHeldOut];
  expect(new Set(all).size).toBe(all.length);
  for (const { cells } of answered) {
    expect(cells.length).toBeGreaterThan(0);
    expect(new Set(cells).size).toBe(cells.length);
  }
});

test('as many are held out as there are to develop by, and enough to tell a share to a tenth', () => {
  expect(heldOut.length).toBe(development.length);
  expect(outsideHeldOut.length).toBe(outsideDevelopment.length);
  // The standard error of a share of n is at most ½/√n.
  expect(0.5 / Math.sqrt(heldOut.length)).toBeLessThan(0.1);
});
