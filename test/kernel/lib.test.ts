import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { filesBelow } from '../sources';
import { Kernel, messages, plainTraceback, printed, shown } from './client';

const root = projectRoot();
const tslab = join(root, 'node_modules', 'tslab', 'bin', 'tslab');
const stock = {
  cwd: join(root, 'notebooks'),
  transport: 'tcp' as const,
  command: (file: string) => [process.execPath, tslab, 'kernel', '--config-path', file],
};
const doors = filesBelow('lib', /^lib\/[^/]+\.ts$/).map((file) => basename(file, '.ts'));
const imports = doors.map((door) => `import * as ${door} from './lib/${door}';`).join('\n');

// The kernel's TypeScript is 5.0, and a stock tslab has older types of Node as well.
test.each([
  ["this project's kernel", {}],
  ['a stock tslab kernel', stock],
])('%s compiles all doors, and finds the project', { timeout: 240_000 }, async (_, options) => {
  const kernel = await Kernel.start(options);
  try {
    const answer = await kernel.execute(`${imports}\nconsole.log(surroundings.projectRoot());`);
    const errors = messages(answer, 'error').map(plainTraceback);
    expect([answer.reply.status, printed(answer, 'stderr'), errors]).toEqual(['ok', '', []]);
    expect(shown(answer)).toBe(`${root}\n`);
  } finally {
    await kernel.stop();
  }
});
