import { expect, test, vi } from 'vitest';
import { confirmsAgain, labelOfAgain } from '../../../tools/book/page/again';

test('confirmsAgain() asks with an estimate where measuring takes long, and nowhere else', () => {
  const ask = vi.fn((_question: string) => false);
  expect(confirmsAgain('07-mnist-model', ask)).toBe(true);
  expect(ask).not.toHaveBeenCalled();
  for (const notebook of ['17-a-small-gpt', 'zh/17-a-small-gpt'])
    expect(confirmsAgain(notebook, ask)).toBe(false);
  expect(ask).toHaveBeenCalledTimes(2);
  expect(ask.mock.calls[0][0]).toMatch(/^To measure everything here takes about \d+ minutes/);
  expect(confirmsAgain('17-a-small-gpt', () => true)).toBe(true);
});

test('labelOfAgain() has the estimate too', () => {
  expect(labelOfAgain('07-mnist-model')).toMatch(/: this takes minutes$/);
  expect(labelOfAgain('17-a-small-gpt')).toMatch(/: this takes about \d+ minutes$/);
});
