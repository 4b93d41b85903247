import { expect, test } from 'vitest';
import { Kernel, messages, printed } from './client';

test('560 MB printed in one turn: what is not shown is counted, to the character', async () => {
  const kernel = await Kernel.start();
  const lines = 5_600_000;
  const answer = await kernel.execute(
    `const line = 'x'.repeat(99); for (let i = 0; i < ${lines}; i++) console.log(line);`,
  );
  expect(messages(answer, 'error')).toEqual([]);
  const shown = messages(answer, 'stream').filter(({ name }) => name === 'stdout');
  const length = shown.reduce((sum, { text }) => sum + text.length, 0);
  const dropped = /^\[([\d,]+) characters more were printed/.exec(printed(answer, 'stderr'))?.[1];
  expect(length + Number(dropped?.replaceAll(',', ''))).toBe(100 * lines);
  expect(length).toBe(256 * 2 ** 20 - ((256 * 2 ** 20) % 100));
  expect(printed(await kernel.execute("console.log('on')"))).toBe('on\n');
  await kernel.stop();
});
