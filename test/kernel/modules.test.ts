import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, plainTraceback, shown } from './client';

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
  return shown(answer);
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

test('a file that Node cannot read is an error that names its line, and loads once mended', async () => {
  // Of files outside of the project the compiler tells nothing.
  const outside = mkdtempSync(join(tmpdir(), 'descent-'));
  const file = join(outside, 'awaits.ts');
  writeFileSync(file, 'export const first = 1;\n\nexport const second = await Promise.resolve(2);\n');
  const importCell = `import { first } from ${JSON.stringify(join(outside, 'awaits'))}; first`;
  const [error] = messages(await kernel.execute(importCell), 'error');
  expect(plainTraceback(error)).toMatch(/^SyntaxError: .*\n[\s\S]*at \(.*awaits\.ts, line 3\)/);
  write('broken.cjs', 'exports.a = 1;\nexports.b = ;\n');
  const [other] = messages(await kernel.execute(`await import('${at}/broken.cjs')`), 'error');
  expect(plainTraceback(other)).toMatch(/broken\.cjs:2\)\n {4}at \(Cell \[\d+\], line 1\)$/);
  writeFileSync(file, 'export const first = 1;\n');
  expect(await run(importCell)).toBe('1\n');
  rmSync(outside, { recursive: true });
});

test('data and CommonJS that changed are read anew, by import, import() and require', async () => {
  const ways = {
    'settings.json': [
      `import settings from '${at}/settings.json'; settings.rate`,
      `(await import('${at}/settings.json')).rate`,
      `require('${at}/settings.json').rate`,
    ],
    'settings.cjs': [`import { rate } from '${at}/settings.cjs'; rate`],
  };
  const text = (name: string, rate: number) =>
    name.endsWith('json') ? JSON.stringify({ rate }) : `exports.rate = ${rate};`;
  for (const [name, cells] of Object.entries(ways)) {
    for (const rate of [1, 20, 300]) {
      write(name, text(name, rate));
      for (const cell of cells) expect([cell, await run(cell)]).toEqual([cell, `${rate}\n`]);
    }
  }
});

test('a package that is missing is a clear error', async () => {
  const { reply } = await kernel.execute("import { a } from 'no-such-package';");
  expect(reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' });
  const required = await kernel.execute("const missing = await import('no-such' + '-package')");
  expect(required.reply).toMatchObject({ status: 'error', ename: 'Error' });
  expect(await run("'alive'")).toBe('alive\n');
});

describe('import() and ES modules', () => {
  test('an ES module with an await of its own loads, by import() and by import', async () => {
    write('slow.mjs', 'export const rate = await Promise.resolve(0.1);\nexport default 7;');
    expect(await run(`const slow = await import('${at}/slow.mjs'); [slow.rate, slow.default]`)).toBe(
      '[ 0.1, 7 ]\n',
    );
    expect(await run('slow.rate + 1')).toBe('1.1\n');
    expect(await run(`import seven, { rate as again } from '${at}/slow.mjs'; [seven, again]`)).toBe(
      '[ 7, 0.1 ]\n',
    );
  });

  test('an address is one of a file or of data', async () => {
    expect(await run("(await import('data:text/javascript,export const x = 1')).x")).toBe('1\n');
    expect(await run("import { x as y } from 'data:text/javascript,export const x = 2'; y")).toBe('2\n');
    write('address.mjs', 'export const place = 3;');
    const address = JSON.stringify(pathToFileURL(join(folder, 'address.mjs')).href);
    expect(await run(`(await import(${address})).place`)).toBe('3\n');
  });

  test('import() in code that is made from text is Node’s own', async () => {
    expect(await run('typeof (await eval(\'import("node:fs")\')).readFileSync')).toBe('function\n');
    expect(await run('typeof (await new Function(\'return import("node:fs")\')()).readFileSync')).toBe(
      'function\n',
    );
  });

  test('an ES module that changed is loaded anew', async () => {
    write('changing.mjs', 'export const step = 1;');
    const importCell = `(await import('${at}/changing.mjs')).step`;
    expect(await run(importCell)).toBe('1\n');
    write('changing.mjs', 'export const step = 20;');
    expect(await run(importCell)).toBe('20\n');
  });

  test('a whole module is kept in a variable, with its types', async () => {
    expect(await run("const path = await import('node:path'); path.basename('/a/b.txt')")).toBe('b.txt\n');
    expect(await run('path.extname("b.txt").slice(1)')).toBe('txt\n');
    const { reply } = await kernel.execute('path.noSuchFunction()');
    expect(reply.evalue).toContain("Property 'noSuchFunction' does not exist");
    write('local.ts', 'export const local = (n: number) => n + 1;');
    expect(await run(`const local = await import('${at}/local'); local.local(1)`)).toBe('2\n');
    expect(await run("const mathjs = await import('mathjs'); mathjs.add(1, 2)")).toBe('3\n');
  });

  test('in a local file import() looks from that file', async () => {
    write('near.mjs', "export const near = 'by';");
    write('asks.ts', "export const asks = async () => (await import('./near.mjs')).near;");
    expect(await run(`import { asks } from '${at}/asks'; await asks()`)).toBe('by\n');
  });

  test('a package that only `import` may load is loaded', async () => {
    mkdirSync(join(folder, 'node_modules', 'only-es'), { recursive: true });
    write(
      'node_modules/only-es/package.json',
      '{ "name": "only-es", "exports": { "import": "./index.js" }, "type": "module" }',
    );
    write('node_modules/only-es/index.js', "export const kind = 'es';");
    write('uses.mjs', "export { kind } from 'only-es';");
    expect(await run(`(await import('${at}/uses.mjs')).kind`)).toBe('es\n');
    expect(await run("(await import('data:text/javascript,export default 3' as string)).default")).toBe(
      '3\n',
    );
  });

  test('a file outside of the project loads, and loads anew once it has changed', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'descent-outside-'));
    writeFileSync(
      join(outside, 'far.ts'),
      "import { farther } from './farther';\nexport const far = () => 10 * farther;",
    );
    writeFileSync(join(outside, 'farther.ts'), 'export const farther = 1;');
    const importCell = `import { far } from '${join(outside, 'far').replaceAll('\\', '/')}'; far()`;
    expect(await run(importCell)).toBe('10\n');
    writeFileSync(join(outside, 'farther.ts'), 'export const farther = 2;');
    expect(await run(importCell)).toBe('20\n');
    writeFileSync(join(outside, 'far.ts'), "export const far = () => { throw new Error('far away'); };");
    const text = plainTraceback(messages(await kernel.execute(importCell), 'error')[0]);
    expect(text).toContain(`${join(outside, 'far.ts')}, line 1`);
    rmSync(outside, { recursive: true });
  });
});
