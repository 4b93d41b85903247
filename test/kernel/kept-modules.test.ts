import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, plainTraceback, shown } from './client';

const { keptModules } = createRequire(import.meta.url)('../../kernel/kept-modules.js');
const kept = join(projectRoot(), 'out', 'compiled');
const parent = join(projectRoot(), 'out', 'kernel');
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, 'kept-'));
const at = `./out/kernel/${basename(folder)}`;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a new kernel says to cells, one after the other: what each shows, or its errors. */
async function inNewKernel(...cells: (string | (() => void))[]): Promise<string[]> {
  const kernel = await Kernel.start();
  const said: string[] = [];
  try {
    for (const cell of cells) {
      if (typeof cell === 'function') {
        cell();
        continue;
      }
      const answer = await kernel.execute(cell);
      said.push(shown(answer) + messages(answer, 'error').map(plainTraceback).join('\n'));
    }
  } finally {
    await kernel.stop();
  }
  return said;
}

/** The files in which a module of this test is kept. */
const filesOf = (name: string) =>
  readdirSync(kept, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(kept, file))
    .filter((file) => readFileSync(file, 'utf8').includes(`${basename(folder)}/${name}.js`));

test('a module is compiled once for all kernels, until it or what it imports changes', async () => {
  write('rate.ts', 'export const rate = (step: number): number => 1 / step;');
  write('walk.ts', "import { rate } from './rate';\n\nexport const walk = (): number => 100 * rate(4);\n");
  const code = `import { walk } from '${at}/walk';\nwalk()`;
  expect(await inNewKernel(code)).toEqual(['25\n']);
  const [file] = filesOf('walk');
  // What is kept is changed, so that the next kernel shows that it was read.
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('100 *', '300 *'));
  const [kept, wrong] = await inNewKernel(
    code,
    () => write('rate.ts', "export const rate = (step: number): string => 'slow' + step;"),
    code,
  );
  expect(kept).toBe('75\n');
  expect(wrong).toContain('walk.ts');
  expect(wrong).toContain('arithmetic operation');
  write('rate.ts', 'export const rate = (step: number): number => 2 / step;');
  expect(await inNewKernel(code)).toEqual(['50\n']);
  expect(filesOf('walk')).toEqual([file]);
});

test('an error in a kept module names its line; a broken file is made anew; what does not compile is not kept', async () => {
  write(
    'fails.ts',
    'interface Reason {\n  text: string;\n}\n\nexport function fail({ text }: Reason): void {\n  throw new Error(text);\n}\n',
  );
  write('whole.ts', 'export const whole: number = 7;');
  write('wrong.ts', "export const wrong: number = 'seven';");
  const cells = [
    `import { fail } from '${at}/fails';\nfail({ text: 'no step' })`,
    `import { whole } from '${at}/whole';\nwhole`,
    `import { wrong } from '${at}/wrong';\nwrong`,
  ];
  const first = await inNewKernel(...cells);
  expect(first[0]).toContain('no step');
  expect(first[0]).toContain('fails.ts, line 6');
  expect(first[1]).toBe('7\n');
  expect(first[2]).toContain('not assignable');
  expect(filesOf('wrong')).toEqual([]);
  const [file] = filesOf('whole');
  writeFileSync(file, '{ "key": ');
  expect(await inNewKernel(...cells)).toEqual(first);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ variables: [] });
});

test('where nothing can be written, nothing is kept and nothing fails; what an older compiler left is removed', () => {
  const root = mkdtempSync(join(tmpdir(), 'kept-'));
  const module = { key: 'a', name: 'b', code: 'c' };
  writeFileSync(join(root, 'out'), 'a file, no folder');
  const nowhere = keptModules(root);
  nowhere.write('lib/a.ts', module);
  expect(nowhere.read('lib/a.ts')).toBeUndefined();
  rmSync(join(root, 'out'));
  mkdirSync(join(root, 'out', 'compiled', 'older'), { recursive: true });
  const somewhere = keptModules(root);
  somewhere.write('lib/a.ts', module);
  expect(somewhere.read('lib/a.ts')).toEqual(module);
  expect(somewhere.read('lib/b.ts')).toBeUndefined();
  expect(readdirSync(join(root, 'out', 'compiled'))).toHaveLength(1);
  writeFileSync(join(root, 'package-lock.json'), 'other versions');
  expect(keptModules(root).read('lib/a.ts')).toBeUndefined();
  rmSync(root, { recursive: true });
});
