import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, printed } from './client';

const root = projectRoot();
const tslab = join(root, 'node_modules', 'tslab', 'bin', 'tslab');
const stock = {
  cwd: join(root, 'notebooks'),
  command: (file: string) => [process.execPath, tslab, 'kernel', '--config-path', file],
};

test.each([
  ["this project's kernel", {}],
  ['a stock tslab kernel', stock],
])('in %s a cell finds the project and its files', async (_, options) => {
  const kernel = await Kernel.start(options);
  try {
    const answer = await kernel.execute(
      "import { host } from './lib/base/host';\n" +
        "console.log(host().root, await host().files.exists('kernel/kernel.json'));",
    );
    expect([answer.reply.status, printed(answer, 'stderr')]).toEqual(['ok', '']);
    expect(printed(answer)).toBe(`${root} true\n`);
  } finally {
    await kernel.stop();
  }
});
