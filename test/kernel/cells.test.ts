import { platform } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, printed, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

/** Runs cells one after the other; all must succeed. @returns what the last one printed */
async function run(...cells: string[]): Promise<string> {
  let output = '';
  for (const code of cells) {
    const answer = await kernel.execute(code);
    const failures = messages(answer, 'error').map(plainTraceback);
    expect([code, answer.reply.status, ...failures]).toEqual([code, 'ok']);
    output = printed(answer);
  }
  return output;
}

describe('across cells', () => {
  test('variables stay, may change and may be declared anew with another type', async () => {
    expect(await run('const a = 1;', 'let b = a + 1;', 'b += 5;', 'a + b')).toBe('8\n');
    expect(await run("const a = 'text';", 'a.toUpperCase()')).toBe('TEXT\n');
    expect(await run('class a { x = 1 }', 'new a().x')).toBe('1\n');
    expect(await run('enum a { One = 1 }', 'a.One')).toBe('1\n');
  });

  test('shorthand properties name earlier variables', async () => {
    expect(await run('const x = 1, y = 2;', 'const point = { x, y };', 'point')).toBe(
      '{ x: 1, y: 2 }\n',
    );
    expect(await run('const read = () => ({ x, nested: { y } });', 'read()')).toBe(
      '{ x: 1, nested: { y: 2 } }\n',
    );
    expect(await run('let { x: renamed, y: other = 3 } = { x }; renamed + other')).toBe('4\n');
  });

  test('classes, interfaces, types, enums and namespaces stay', async () => {
    expect(
      await run(
        'interface Shape { area(): number }\ntype Pair = [number, number];\nenum Side { Left = 1, Right }\nnamespace Units { export const metre = 1 }\nclass Square implements Shape { constructor(readonly side: number) {} area() { return this.side ** 2 } }',
        'class Cube extends Square { area() { return 6 * super.area() } }\nconst shape: Shape = new Cube(2);\nconst pair: Pair = [Side.Right, Units.metre];',
        'console.log(shape.area(), pair, Side[2], shape instanceof Square)',
      ),
    ).toBe('24 [ 2, 1 ] Right true\n');
  });

  test('generics, destructuring, generators and private fields work', async () => {
    expect(
      await run(
        'class Box<T> { #value: T; constructor(value: T) { this.#value = value } get() { return this.#value } }\nfunction* count(n: number) { for (let i = 0; i < n; i++) yield i }\nconst { p, ...rest } = { p: 1, q: 2, r: 3 }; const [first, , third = 9] = [1, 2];',
        'console.log(new Box({ p }).get(), [...count(3)], rest, first, third)',
      ),
    ).toBe('{ p: 1 } [ 0, 1, 2 ] { q: 2, r: 3 } 1 9\n');
  });

  test('imports stay, of types alone as well', async () => {
    expect(
      await run(
        "import { type Vector, scale } from './lib/vectors';\nimport type { Batch } from './lib/batches';\nimport { Vector as Same, add } from './lib/vectors';\nimport * as vectors from './lib/vectors';",
        'const u: Vector = scale(2, [1, 2]); const w: Same = add(u, [1, 1]);',
        'console.log(u, w, typeof vectors.dot)',
      ),
    ).toBe('[ 2, 4 ] [ 3, 5 ] function\n');
    expect(
      await run("import path, { join } from 'node:path';", "path.basename(join('a', 'b'))"),
    ).toBe('b\n');
  });

  test('a cell that fails keeps none of its names and spoils none', async () => {
    await run('const before = 1;');
    await kernel.execute("const lost = 2;\nthrow new Error('no');");
    const answer = await kernel.execute('lost');
    expect(answer.reply).toMatchObject({ ename: 'TypeScriptError' });
    expect(await run('before')).toBe('1\n');
  });
});

describe('await at top level', () => {
  test('works in statements, loops, declarations and expressions', async () => {
    expect(
      await run(
        'const values: number[] = [];\nfor (const n of [1, 2, 3]) { if (n > 1) values.push(await Promise.resolve(n)) }\nconst sum = (await Promise.resolve(1)) + values[0] * (await Promise.resolve(10));',
        'console.log(values, sum)',
      ),
    ).toBe('[ 2, 3 ] 21\n');
    expect(await run('await Promise.resolve({ a: 1 })')).toBe('{ a: 1 }\n');
    expect(
      await run(
        'let caught = ""; try { await Promise.reject(new Error("x")) } catch (e) { caught = (e as Error).message } caught',
      ),
    ).toBe('x\n');
  });

  test('for await works', async () => {
    expect(
      await run(
        'async function* three() { yield 1; yield 2; yield 3 }\nfor await (const n of three()) console.log(n);',
      ),
    ).toBe('1\n2\n3\n');
  });

  test('imports before an await reach the code after it', async () => {
    expect(
      await run(
        "import { dot } from './lib/vectors';\nconst d = await Promise.resolve(dot([1, 2], [3, 4]));\nd",
      ),
    ).toBe('11\n');
  });
});

describe.skipIf(platform() === 'win32')('an interrupt', () => {
  const ways = {
    interrupt_request: () => void kernel.request('interrupt_request', {}, 'control'),
    SIGINT: () => void kernel.process.kill('SIGINT'),
  };
  const stuck = {
    'an endless loop': "console.log('in'); for (;;) {}",
    'an endless loop in a function':
      "const spin = () => { for (;;) {} };\nconsole.log('in'); spin();",
    'an endless loop after an await': "await 0; console.log('in'); await 0; for (;;) {}",
    'an endless loop of awaits':
      "console.log('in'); for (;;) await new Promise((r) => setTimeout(r, 1))",
    'a promise that is never settled': "console.log('in'); await new Promise(() => {})",
  };
  for (const [way, interrupt] of Object.entries(ways)) {
    test.each(Object.entries(stuck))(`by ${way} ends %s, and the state stays`, async (_, code) => {
      await run('const survivor = 7;');
      const { done } = kernel.begin(code);
      await running();
      interrupt();
      const answer = await done;
      expect(answer.reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
      expect(messages(answer, 'error')).toHaveLength(1);
      expect(await run('survivor')).toBe('7\n');
    });
  }

  /** Gives the cell the time to get into its loop: a loop sends nothing, so there is nothing to wait for. */
  const running = () => new Promise((resolve) => setTimeout(resolve, 700));

  test('aborts the cells that wait', async () => {
    const loop = kernel.begin('for (;;) {}').done;
    const waiting = kernel.begin('1').done;
    await running();
    ways.interrupt_request();
    expect((await loop).reply.ename).toBe('KeyboardInterrupt');
    expect((await waiting).reply.status).toBe('aborted');
  });

  test('while the compiler is at work keeps the cell from running', async () => {
    const declarations = Array.from({ length: 3000 }, (_, n) => `const v${n} = [${n}, 'a'];`);
    const { done } = kernel.begin(`${declarations.join('\n')}\nfor (;;) {}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    ways.SIGINT();
    expect((await done).reply).toMatchObject({ ename: 'KeyboardInterrupt' });
  });

  test('runs `finally` and stops the lines after the await', async () => {
    const { answer, done } = kernel.begin(
      "try { console.log('in'); await new Promise((r) => setTimeout(r, 1500)); console.log('after') } finally { console.log('finally') }",
    );
    await until(() => printed(answer) !== '');
    ways.interrupt_request();
    expect((await done).reply.ename).toBe('KeyboardInterrupt');
    await run('await new Promise((r) => setTimeout(r, 1600))');
    expect(printed(answer)).toBe('in\nfinally\n');
  });

  test('is heard by code that listens, which then ends as it likes', async () => {
    const { answer, done } = kernel.begin(
      "const signal: AbortSignal = (globalThis as any)[Symbol.for('descent.interrupt')];\nlet steps = 0;\nconsole.log('in');\nwhile (!signal.aborted) { steps++; await new Promise((r) => setTimeout(r, 5)) }\nconsole.log(signal.reason.name, steps > 0);",
    );
    await until(() => printed(answer) !== '');
    ways.interrupt_request();
    expect((await done).reply.status).toBe('ok');
    expect(printed(answer)).toBe('in\nKeyboardInterrupt true\n');
    expect(await run("(globalThis as any)[Symbol.for('descent.interrupt')].aborted")).toBe(
      'false\n',
    );
  });

  test('of an idle kernel does nothing', async () => {
    await kernel.request('interrupt_request', {}, 'control');
    ways.SIGINT();
    expect(await run("await new Promise((r) => setTimeout(r, 100)); 'fine'")).toBe('fine\n');
  });
});
