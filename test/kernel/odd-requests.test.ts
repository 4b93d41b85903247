import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, shown } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

describe('code on which the compiler itself fails', () => {
  const nested = '('.repeat(5000);

  test.each(['complete_request', 'inspect_request', 'execute_request', 'is_complete_request'])(
    '%s: is an error, and later cells run',
    async (type) => {
      await kernel.execute('const kept: number = 5;');
      const { reply } = await kernel.request(type, { code: nested, cursor_pos: nested.length });
      expect(['ok', 'error', 'incomplete']).toContain(reply.status ?? 'none');
      expect(shown(await kernel.execute('kept + 1'))).toBe('6\n');
      const { reply: found } = await kernel.request('inspect_request', { code: 'kept', cursor_pos: 2 });
      expect(found.data['text/plain']).toContain('kept: number');
    },
  );

  test('says what is wrong', async () => {
    const [error] = messages(await kernel.execute(nested), 'error');
    expect(plainTraceback(error)).toContain('Cannot compile the code: it is nested too deeply');
  });
});

describe('history_request', () => {
  test('search with many stars answers', async () => {
    await kernel.execute(`'${'ab'.repeat(500)}'`);
    const ask = (pattern: unknown) =>
      kernel.request('history_request', { hist_access_type: 'search', pattern, n: 1 });
    expect((await ask(`${'*a'.repeat(60)}*z`)).reply.history).toEqual([]);
    expect((await ask(`*${'*b'.repeat(60)}?`)).reply.history).toHaveLength(1);
    await kernel.request('execute_request', { code: 5 });
    await kernel.request('execute_request', {});
    expect((await ask('4')).reply.history).toEqual([]);
    expect((await ask(5)).reply.history).toHaveLength(1);
  });
});

test('a type of message that is nobody’s gets no answer', async () => {
  for (const type of ['constructor', '__proto__', 'toString', 'no_such_thing']) {
    expect((await kernel.tell(type, {})).reply).toBeUndefined();
  }
});

describe('a cell that is not counted', () => {
  test.each([{ silent: true }, { store_history: false }])(
    'leaves the lines of the one before it alone: %j',
    async (options) => {
      await kernel.execute('\n\nfunction fails(): void {\n  throw new Error("from line 4");\n}');
      await kernel.execute('const one = 1;\nconst two = 2;\none + two', options);
      const [error] = messages(await kernel.execute('fails()'), 'error');
      expect(plainTraceback(error)).toContain('4 |   throw new Error("from line 4");');
    },
  );
});
