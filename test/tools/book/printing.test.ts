/** What cells print, on its way to the page. */
import { expect, test } from 'vitest';
import type { News } from '../../../tools/book/page/messages';
import { printingTeller } from '../../../tools/book/page/printing';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const printed = (text: string, cell = 'one', name: 'stdout' | 'stderr' = 'stdout'): News => ({
  ...{ type: 'stream', cell, name, text },
});
const ended = (cell = 'one'): News => ({ type: 'done', cell, failed: false });

function teller() {
  const told: News[] = [];
  return { told, tell: printingTeller((news) => told.push(news), turn) };
}
const textOf = (told: readonly News[]) =>
  told.map((news) => (news.type === 'stream' ? news.text : '')).join('');

test('lines travel together, in their place among other news, those of another cell or stream apart', async () => {
  const { told, tell } = teller();
  // The first message goes at once.
  tell(printed('0\n'));
  tell(printed('1\n'));
  tell(printed('2\n'));
  tell(printed('a warning\n', 'one', 'stderr'));
  tell({ type: 'clear', cell: 'one', wait: false });
  tell(printed('3\n', 'other'));
  await turn();
  await turn();
  expect(told).toEqual([
    printed('0\n'),
    printed('1\n2\n'),
    printed('a warning\n', 'one', 'stderr'),
    { type: 'clear', cell: 'one', wait: false },
    printed('3\n', 'other'),
  ]);
});

test('of a million lines the first are told, and at the end how many are left; the next run begins anew', () => {
  const { told, tell } = teller();
  for (let line = 1; line <= 1e6; line++) tell(printed(`line ${line}\n`));
  tell(ended());
  expect(told.length).toBeLessThan(1000);
  const lines = textOf(told).split('\n');
  expect(lines.slice(0, 2)).toEqual(['line 1', 'line 2']);
  const [, left] = /\[([\d,]+) lines more were printed than a page can show\]/.exec(textOf(told)) ?? [];
  // What is told ends within a line, or at its end.
  const whole = lines.filter((line) => /^line \d/.test(line)).length;
  expect(Math.abs(whole + Number(left.replaceAll(',', '')) - 1e6)).toBeLessThanOrEqual(1);
  expect(told.at(-1)).toEqual(ended());
  told.splice(0);
  tell(printed('again\n'));
  tell(ended());
  expect(told).toEqual([printed('again\n'), ended()]);
});
