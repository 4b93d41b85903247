import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, plainTraceback, printed } from './client';

// Beside lib/, where notebooks import from, but out of git's sight.
const parent = join(projectRoot(), 'out', 'kernel');
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, 'lib-'));
const at = `./out/kernel/${basename(folder)}`;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(async () => {
  await kernel.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(code: string): Promise<string> {
  const answer = await kernel.execute(code);
  const failures = messages(answer, 'error').map(plainTraceback);
  expect([code, answer.reply.status, ...failures]).toEqual([code, 'ok']);
  return printed(answer);
}

test('an edited file is fresh after its import cell has run again', async () => {
  write('rate.ts', 'export const rate = 1;');
  const importCell = `import { rate } from '${at}/rate';`;
  await run(importCell);
  expect(await run('rate')).toBe('1\n');
  write('rate.ts', "export const rate = 'two';");
  expect(await run('rate')).toBe('1\n');
  await run(importCell);
  expect(await run('rate.toUpperCase()')).toBe('TWO\n');
});

test('an edited file is fresh when another file imports it, however deep', async () => {
  write('deep.ts', 'export const deep = () => 1;');
  write('middle.ts', "import { deep } from './deep';\nexport const middle = () => 10 * deep();");
  write('top.ts', "import { middle } from './middle';\nexport const top = () => 10 * middle();");
  const importCell = `import { top } from '${at}/top'; top()`;
  expect(await run(importCell)).toBe('100\n');
  write('deep.ts', 'export const deep = () => 2;');
  expect(await run(importCell)).toBe('200\n');
});

test('a file that has not changed keeps its state when another is edited', async () => {
  write('counter.ts', 'let count = 0;\nexport const next = () => ++count;');
  write('user.ts', "import { next } from './counter';\nexport const label = 'a' + next();");
  const importCell = `import { label } from '${at}/user'; label`;
  expect(await run(importCell)).toBe('a1\n');
  expect(await run(importCell)).toBe('a1\n');
  write('user.ts', "import { next } from './counter';\nexport const label = 'b' + next();");
  expect(await run(importCell)).toBe('b2\n');
});

test('files that import each other in a circle load, and load anew', async () => {
  write(
    'ping.ts',
    "import { pong } from './pong';\nexport const ping = (n: number): string => n ? 'i' + pong(n - 1) : '';",
  );
  write(
    'pong.ts',
    "import { ping } from './ping';\nexport const pong = (n: number): string => n ? 'o' + ping(n - 1) : '';",
  );
  const importCell = `import { ping } from '${at}/ping'; ping(3)`;
  expect(await run(importCell)).toBe('ioi\n');
  write(
    'pong.ts',
    "import { ping } from './ping';\nexport const pong = (n: number): string => n ? 'u' + ping(n - 1) : '';",
  );
  expect(await run(importCell)).toBe('iui\n');
});

test('a file that is missing is a clear error, and works once it is there', async () => {
  const importCell = `import { late } from '${at}/late'; late`;
  for (const code of [importCell, `import { none } from '${at}/none';`]) {
    const { reply } = await kernel.execute(code);
    expect(reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
    expect(reply.evalue).toContain('Cannot find module');
  }
  expect(await run('1 + 1')).toBe('2\n');
  write('late.ts', "export const late = 'here';");
  expect(await run(importCell)).toBe('here\n');
  unlinkSync(join(folder, 'late.ts'));
  expect((await kernel.execute(importCell)).reply.status).toBe('error');
  expect(await run('2 + 2')).toBe('4\n');
});

test('a type error in a file names the file, and is gone once mended', async () => {
  write('typed.ts', "export const first = 1;\nexport const typed: number = 'no';");
  const importCell = `import { typed } from '${at}/typed'; typed`;
  const answer = await kernel.execute(importCell);
  expect(plainTraceback(messages(answer, 'error')[0])).toMatch(
    /2 \| export const typed: number = 'no';\n[\s\S]*at out\/kernel\/lib-\w+\/typed\.ts, line 2/,
  );
  write('typed.ts', 'export const typed: number = 3;');
  expect(await run(importCell)).toBe('3\n');
});

test('a file that throws while it loads is a clear error, and is loaded again once mended', async () => {
  write('throws.ts', "const reason: string = 'broken';\n\nthrow new RangeError(reason);\nexport {};");
  write('above.ts', "import './throws';\nexport const above = 1;");
  const importCell = `import { above } from '${at}/above'; above`;
  const answer = await kernel.execute(importCell);
  const text = plainTraceback(messages(answer, 'error')[0]);
  expect(text).toContain('RangeError: broken');
  expect(text).toMatch(/throws\.ts, line 3\)\n[\s\S]*above\.ts, line 1\)/);
  expect((await kernel.execute(importCell)).reply.ename).toBe('RangeError');
  write('throws.ts', 'export {};');
  expect(await run(importCell)).toBe('1\n');
});

test('a package that is missing is a clear error', async () => {
  const { reply } = await kernel.execute("import { a } from 'no-such-package';");
  expect(reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
  const required = await kernel.execute("const missing = await import('no-such' + '-package')");
  expect(required.reply).toMatchObject({ status: 'error', ename: 'Error' });
  expect(await run("'alive'")).toBe('alive\n');
});
