import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, printed } from './client';

const notebooks = join(projectRoot(), 'notebooks');
const tslab = join(projectRoot(), 'node_modules', 'tslab', 'bin', 'tslab');
// A checkout without symbolic links (Windows) has a text file in the place of notebooks/lib.
const reason = existsSync(join(notebooks, 'lib', 'course.ts'))
  ? ''
  : ' (skipped: notebooks/lib is not a link to lib/)';

interface Notebook {
  cells: { cell_type: string; id: string; source: string | string[] }[];
}

test.skipIf(reason)(
  `a stock tslab kernel started in notebooks/ runs notebook 02${reason}`,
  async () => {
    const kernel = await Kernel.start({
      cwd: notebooks,
      transport: 'tcp',
      command: (file) => [process.execPath, tslab, 'kernel', '--config-path', file],
    });
    try {
      const file = join(notebooks, '02-gradient-descent.ipynb');
      const { cells }: Notebook = JSON.parse(readFileSync(file, 'utf8'));
      for (const { cell_type, id, source } of cells) {
        if (cell_type !== 'code') continue;
        const answer = await kernel.execute([source].flat().join(''));
        // It prints its errors and sends no error message.
        expect([id, answer.reply.status, printed(answer, 'stderr')]).toEqual([id, 'ok', '']);
      }
      // What this project's kernel offers is really absent here.
      const own = await kernel.execute("(globalThis as any)[Symbol.for('descent.cell')] === undefined");
      expect(printed(own)).toContain('true');
    } finally {
      await kernel.stop();
    }
  },
  240_000,
);
