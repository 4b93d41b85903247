import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, printed, shown } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

/** Runs a cell that fails. @returns its `error` message and its number */
async function fail(code: string) {
  const answer = await kernel.execute(code);
  expect(answer.reply.status).toBe('error');
  const errors = messages(answer, 'error');
  expect(errors).toHaveLength(1);
  const { ename, evalue, traceback } = errors[0];
  expect(answer.reply).toMatchObject({ ename, evalue, traceback });
  return { ename, evalue, text: plainTraceback(errors[0]), cell: answer.reply.execution_count };
}

describe('an error message', () => {
  test('of an exception names each cell and line on its way, and shows the line', async () => {
    const first = await kernel.execute(
      'interface Unseen { a: number }\n\nfunction halve(n: number): number {\n  if (n < 0) throw new RangeError("too small");\n  return n / 2;\n}',
    );
    const { ename, evalue, text, cell } = await fail('const a: number = -1;\n\nhalve(a);');
    expect([ename, evalue]).toEqual(['RangeError', 'too small']);
    expect(text.split('\n')).toEqual([
      'RangeError: too small',
      '4 |   if (n < 0) throw new RangeError("too small");',
      '  |                    ~',
      `    at halve (Cell [${first.reply.execution_count}], line 4)`,
      `    at (Cell [${cell}], line 3)`,
    ]);
  });

  test('after an await names the line of the cell', async () => {
    const { text, cell } = await fail('const b = 1;\nawait 0;\nthrow new TypeError("late");');
    expect(text).toContain('3 | throw new TypeError("late");');
    expect(text).toContain(`at (Cell [${cell}], line 3)`);
  });

  test('of a lib file names its TypeScript line', async () => {
    const { ename, text, cell } = await fail(
      "import { requirePositive } from './lib/base/checks';\nrequirePositive('rate', -1, 'go');",
    );
    expect(ename).toBe('RangeError');
    expect(text).toMatch(/at requirePositive \(lib\/base\/checks\.ts, line \d+\)/);
    expect(text).toContain(`at (Cell [${cell}], line 2)`);
  });

  test('that is printed has the reader’s lines, too, and no frame of the kernel', async () => {
    const answer = await kernel.execute(
      `interface Unused { a: number }
import { dense } from './lib/maths';
function inner(): never { throw new TypeError('printed'); }

try { inner(); } catch (error) { console.log(error); console.log((error as Error).stack); }
console.log(new Error('made'));
console.trace('here');
try { (dense as any)(5); } catch (error) { console.log(error); }
const kept = new Error('later'); console.log(kept.stack);
throw kept;`,
    );
    const cell = `Cell \\[${answer.reply.execution_count}\\]`;
    const output = printed(answer);
    const inner = `TypeError: printed\n    at inner \\(${cell}:3:33\\)\n    at ${cell}:5:7\n`;
    expect(output).toMatch(new RegExp(`^${inner}${inner}Error: made\n    at ${cell}:6:13\n`));
    expect(output).toMatch(new RegExp(`at \\S+ \\(lib/maths/[a-z-]+\\.ts:\\d+:\\d+\\)[^]*at ${cell}:8:`));
    expect(output).toMatch(new RegExp(`Error: later\n    at ${cell}:9:14\n$`));
    expect(printed(answer, 'stderr')).toMatch(new RegExp(`^Trace: here\n    at ${cell}:7:9\n$`));
    expect(plainTraceback(messages(answer, 'error')[0])).toContain('at (Cell [');
    expect(plainTraceback(messages(answer, 'error')[0])).toContain('9 | const kept');
  });

  test('has no frame of what the compiler adds', async () => {
    for (const code of [
      '1;\nclass Failing { static { throw new Error("static"); } }',
      '1;\nnew Promise(() => { throw new Error("first"); }); 2',
      '1;\nawait import(undefined as any);',
    ]) {
      const { text } = await fail(code);
      expect(text).toContain(', line 2)');
      expect(text).not.toMatch(/Cell \[\d+\]:|tsLastExpr/);
    }
  });

  test('of packages names each in one line, and no frame of the kernel or of Node', async () => {
    const { text } = await fail("import { inv } from 'mathjs';\ninv([[0]]);");
    expect(text).toMatch(/… \d+ frames in mathjs\n.* in typed-function\n {4}at \(Cell \[\d+\], line 2\)$/);
    expect(text).not.toMatch(/kernel\/|node:|__tslab__|node_modules/);
  });

  test('of a type error shows the place and TypeScript’s number', async () => {
    const { ename, evalue, text, cell } = await fail('\nconst label: string = 5;');
    expect(ename).toBe('TypeScriptError');
    expect(evalue).toBe("Type 'number' is not assignable to type 'string'. (TS2322)");
    expect(text.split('\n')).toEqual([
      "TypeScriptError: Type 'number' is not assignable to type 'string'. TS2322",
      '2 | const label: string = 5;',
      '  |       ~~~~~',
      `    at Cell [${cell}], line 2`,
    ]);
  });

  test('of a syntax error shows the place', async () => {
    const { ename, text, cell } = await fail('const c = 1;\nconst d = (;');
    expect(ename).toBe('SyntaxError');
    expect(text).toContain(`2 | const d = (;`);
    expect(text).toContain(`at Cell [${cell}], line 2`);
  });

  test.each([
    ['throw 5', '5'],
    ['throw null', 'null'],
    ["throw { reason: 'none' }", "{ reason: 'none' }"],
  ])('of `%s` shows the value', async (code, evalue) => {
    expect(await fail(code)).toMatchObject({ ename: 'Thrown', evalue });
  });

  test('tells the cause and the errors of an AggregateError', async () => {
    const { text } = await fail("throw new Error('outer', { cause: new TypeError('inner') })");
    expect(text).toMatch(/Error: outer[\s\S]*caused by\nTypeError: inner/);
    const both = await fail("await Promise.any([Promise.reject(new Error('one'))])");
    expect(both).toMatchObject({ ename: 'AggregateError' });
    expect(both.text).toContain('Error: one');
  });
});

describe('an error that no code catches', () => {
  test('is the cell’s, while it runs', async () => {
    expect(await fail("Promise.reject(new Error('nobody')); 5")).toMatchObject({
      evalue: 'nobody',
    });
    const timer = await fail(
      "setTimeout(() => { throw new Error('tick') }, 10);\nawait new Promise((r) => setTimeout(r, 60_000));",
    );
    expect(timer).toMatchObject({ evalue: 'tick' });
  });

  test('is reported with the cell that caused it, when that has ended', async () => {
    const first = await kernel.execute(
      "const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));\nwait(30).then(() => { throw new RangeError('rejected later') });\nsetTimeout(() => { throw new TypeError('thrown later') }, 30);",
    );
    expect(first.reply.status).toBe('ok');
    const second = await kernel.execute("await wait(300); console.log('second')");
    expect(second.reply.status).toBe('ok');
    expect(messages(second, 'error')).toEqual([]);
    expect(shown(second)).toBe('second\n');
    const errors = messages(first, 'error').map(({ evalue }) => evalue);
    expect(errors.sort()).toEqual(['rejected later', 'thrown later']);
  });

  test('leaves the kernel and its variables', async () => {
    await kernel.execute('const kept = 42;');
    await fail("Promise.reject(new Error('again'))");
    expect(shown(await kernel.execute('kept'))).toBe('42\n');
  });
});
