import { expect, test, vi } from 'vitest';
import { showTable, tableOf } from '../../../lib/course/show-table';
import { recordDisplay } from '../../samples/notebook-display';

const rows = [
  ['Which loss?', 'a < b'],
  ['Why?', 'so'],
];

test('showTable() aligns text and escapes HTML', () => {
  const shown = recordDisplay();
  showTable(['question', 'answer'], rows);
  shown.stop();
  const [{ 'text/plain': text, 'text/html': html }] = shown.outputs;
  expect(text).toBe('question     answer\nWhich loss?  a < b\nWhy?         so');
  expect(html).toContain('a &lt; b</td>');
  expect((html as string).match(/<th scope="col"/g)).toHaveLength(2);
});

test('tableOf() without a head makes the first cells headings', () => {
  const html = tableOf(rows)['text/html'] as string;
  expect(html.match(/<th scope="row"/g)).toHaveLength(2);
  expect(html.match(/<td/g)).toHaveLength(2);
  expect(tableOf([])['text/plain']).toBe('');
});

test('showTable() prints where there is no notebook', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  showTable(['a'], [['b']]);
  expect(log.mock.calls).toEqual([['a\nb']]);
  log.mockRestore();
});
