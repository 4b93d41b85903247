import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOutput } from '../../kernel/output';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, printed, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

const load = "const { spawn, spawnSync, execSync, execFileSync, fork } = require('node:child_process');\n";

describe('a child process that inherits the outputs prints in the cell', () => {
  test.each([
    ['spawnSync', "spawnSync('echo', ['hi'], { stdio: 'inherit' }); undefined;", 'hi\n', ''],
    [
      'spawnSync, mixed',
      "console.log(String(spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout).trim());",
      'out\n',
      'err\n',
    ],
    [
      'spawnSync, swapped',
      "spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: [0, 2, process.stdout] }); undefined;",
      'err\n',
      'out\n',
    ],
    ['execSync', "execSync('echo hi; echo no >&2', { stdio: 'inherit' }); undefined;", 'hi\n', 'no\n'],
    ['execSync, as it is', "console.log(String(execSync('echo hi; echo no >&2')).trim());", 'hi\n', 'no\n'],
    ['execFileSync', "execFileSync('echo', ['α→β'], { stdio: 'inherit' }); undefined;", 'α→β\n', ''],
    [
      'spawn',
      "await new Promise((resolve) => spawn('sh', ['-c', 'echo hi; echo no >&2'], { stdio: 'inherit' }).on('close', resolve)); undefined;",
      'hi\n',
      'no\n',
    ],
  ])('%s', async (_name, code, stdout, stderr) => {
    const answer = await kernel.execute(load + code);
    expect(messages(answer, 'error')).toEqual([]);
    expect([printed(answer), printed(answer, 'stderr')]).toEqual([stdout, stderr]);
  });

  test('fork', async () => {
    const program = join(projectRoot(), 'test', 'kernel', 'fixtures', 'child.cjs');
    const answer = await kernel.execute(
      `${load}const child = fork(${JSON.stringify(program)});
const heard = new Promise((resolve) => child.on('message', resolve));
await new Promise((resolve) => child.on('close', resolve));
console.log(await heard, child.stdout, child.stderr);`,
    );
    expect(printed(answer)).toBe('from the child\nmessage null null\n');
    expect(printed(answer, 'stderr')).toBe('its error\n');
  });

  test('as it comes, in the cell that started it, also when another one runs', async () => {
    const first = await kernel.execute(
      `${load}const slow = spawn('sh', ['-c', 'echo one; read line; echo two'], { stdio: ['pipe', 'inherit', 'inherit'] }); undefined;`,
    );
    await until(() => printed(first) === 'one\n');
    const second = await kernel.execute(
      "slow.stdin.end('go'); await new Promise((resolve) => slow.on('close', resolve)); undefined;",
    );
    expect(printed(first)).toBe('one\ntwo\n');
    expect(printed(second)).toBe('');
  });

  test('keeps its status, its error and what is not inherited', async () => {
    const answer = await kernel.execute(
      `${load}const { status, stdout, stderr } = spawnSync('sh', ['-c', 'echo kept >&2; exit 3'], { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' });
console.log(status, stdout, JSON.stringify(stderr));
try { execSync('echo before; exit 4', { stdio: 'inherit' }); } catch (error) { console.log((error as any).status); }
console.log(spawnSync('no-such-program', { stdio: 'inherit' }).error?.message);
const missing: any = await new Promise((resolve) => spawn('no-such-program', { stdio: 'inherit' }).on('error', resolve));
console.log(missing.code);`,
    );
    expect(printed(answer)).toBe('3 null "kept\\n"\nbefore\n4\nspawnSync no-such-program ENOENT\nENOENT\n');
  });

  test('whole, however much it is', async () => {
    const many = "for (let i = 0; i < 300000; i++) console.log('line ' + i)";
    const lines = Array.from({ length: 300_000 }, (_, line) => `line ${line}\n`).join('');
    const code = `const program = [process.execPath, ['-e', ${JSON.stringify(many)}], { stdio: 'inherit' }] as const;\n`;
    const waited = await kernel.execute(`${load}${code}spawnSync(...program); undefined;`);
    expect(printed(waited) === lines).toBe(true);
    const live = await kernel.execute(
      `${load}${code}await new Promise((resolve) => spawn(...program).on('close', resolve)); undefined;`,
    );
    expect(printed(live) === lines).toBe(true);
  });
});

test.skipIf(process.platform === 'win32')('an interrupt ends the child that a cell waits for', async () => {
  const leader = await Kernel.start({ leads: true });
  const code =
    "import { spawnSync } from 'node:child_process'; process.stdout.write('begun'); await new Promise(setImmediate); spawnSync('sleep', ['600']);";
  const { answer, done } = leader.begin(code);
  await until(() => printed(answer) === 'begun');
  await leader.request('interrupt_request', {}, 'control');
  expect((await done).reply.ename).toBe('KeyboardInterrupt');
  expect(printed(await leader.execute("console.log('alive')"))).toBe('alive\n');
  await leader.stop();
});

describe('process.stdout', () => {
  test('takes an encoding, calls back, and is not ended by a cell that ends it', async () => {
    const answer = await kernel.execute(
      "process.stdout.write('YWJj', 'base64', () => console.log(' called back')); await new Promise(setImmediate); process.stdout.end('last\\n'); console.log('on');",
    );
    expect(printed(answer)).toBe('abc called back\nlast\non\n');
  });

  test('can be piped to', async () => {
    const answer = await kernel.execute(
      "import { Readable } from 'node:stream';\nimport { pipeline } from 'node:stream/promises';\nawait pipeline(Readable.from(['a', 'b\\n']), process.stdout);\nReadable.from(['c\\n']).pipe(process.stdout);\nawait new Promise((r) => setTimeout(r, 20));",
    );
    expect(printed(answer)).toBe('ab\nc\n');
  });
});

describe('createOutput()', () => {
  type Part = { name: string; text: string; request: unknown };
  function collect(limits: Parameters<typeof createOutput>[1]) {
    const parts: Part[] = [];
    const output = createOutput((_type, content, request) => parts.push({ ...content, request }), limits);
    return { parts, text: () => parts.map(({ text }) => text).join(''), ...output };
  }

  test('sends at once what exceeds the bound, in pieces that cut no character', () => {
    const { parts, text, print, flush } = collect({ mostWaiting: 5 });
    print('stdout', 'ab', undefined);
    expect(parts).toEqual([]);
    print('stdout', 'c😀😀😀', undefined);
    flush();
    expect(text()).toBe('abc😀😀😀');
    for (const part of parts) {
      expect(part.text.length).toBeLessThanOrEqual(5);
      expect(part.text).toMatch(/^\P{Cs}*$/u);
    }
  });

  test('says how much of one turn it dropped, to the cell that printed it; the next turn has room again', async () => {
    const { parts, print } = collect({ mostWaiting: 10, mostPerTurn: 100 });
    // biome-ignore lint/suspicious/noExplicitAny: any object stands for the request of a cell
    const [first, second] = [{ a: 1 }, { b: 2 }] as any[];
    print('stdout', 'x'.repeat(60), first);
    print('stderr', 'y'.repeat(60), second);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const notices = parts.filter(({ text }) => text.startsWith('['));
    expect(parts.map(({ text }) => text).join('')).toBe(
      `${'x'.repeat(60)}${'y'.repeat(40)}${notices[0]?.text}`,
    );
    expect(notices).toEqual([
      {
        name: 'stderr',
        request: second,
        text: expect.stringMatching(/^\[20 characters more .* after 100 .*\]\n$/),
      },
    ]);
    print('stdout', 'z'.repeat(100), first);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(parts.filter(({ text }) => text.startsWith('z'))).toHaveLength(10);
    expect(parts.at(-1)?.text).toBe('z'.repeat(10));
  });
});
