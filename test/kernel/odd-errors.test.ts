import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, printed, shown, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

/** Code that throws something odd, and what the reader must at least be told. */
const odd: Record<string, [code: string, told: RegExp]> = {
  'its own cause': [
    "const a: any = new Error('x'); a.cause = a; throw a",
    /Error: x[\s\S]*caused by\nError: x \(told above\)/,
  ],
  'a circle of causes': [
    "const b: any = new Error('b'); const c: any = new Error('c', { cause: b }); b.cause = c; throw b",
    /Error: b[\s\S]*Error: c[\s\S]*Error: b \(told above\)/,
  ],
  'a long chain of causes': [
    "let d = new Error('first'); for (let i = 0; i < 5000; i++) d = new Error('number ' + i, { cause: d }); throw d",
    /^Error: number 4999/,
  ],
  'an error that gathers itself': [
    "const e = new AggregateError([], 'all'); e.errors.push(e, e); throw e",
    /AggregateError: all[\s\S]*told above/,
  ],
  'many errors': [
    "throw new AggregateError(Array.from({ length: 1000 }, (_, i) => new Error('e' + i)), 'all')",
    /AggregateError: all[\s\S]*Error: e0[\s\S]*… \d+ more errors$/,
  ],
  'throwing getters': [
    "const f: any = new Error('f'); for (const key of ['name', 'message', 'stack', 'cause', 'errors']) " +
      "Object.defineProperty(f, key, { get() { throw new Error('no') } }); throw f",
    /^Error/,
  ],
  'a frozen error': ["throw Object.freeze(new RangeError('cold'))", /RangeError: cold/],
  'a name that is a symbol': [
    "const g: any = new Error('g'); g.name = Symbol('s'); throw g",
    /Symbol\(s\): g/,
  ],
  'a name that throws as text': [
    "const h: any = new Error('h'); h.name = { toString() { throw 1 } }; throw h",
    /toString.*: h/,
  ],
  'a message that is an object': ['const i: any = new Error(); i.message = { deep: [1] }; throw i', /deep/],
  'a stack that is a number': ["const j: any = new Error('j'); j.stack = 5; throw j", /Error: j/],
  'no stack': ["const k: any = new Error('k'); delete k.stack; throw k", /Error: k/],
  'a very long message': ["throw new Error('m'.repeat(5e6))", /m… 4,990,000 more characters/],
  'a very long stack': ["const n: any = new Error('n'); n.stack = 'at\\n'.repeat(1e6); throw n", /Error: n/],
  'a string': ["throw 'words'", /Thrown: 'words'/],
  undefined: ['throw undefined', /Thrown: undefined/],
  null: ['throw null', /Thrown: null/],
  'a symbol': ["throw Symbol('s')", /Thrown: Symbol\(s\)/],
  'a function': ['throw () => 1', /Thrown: \[Function/],
  'a big integer': ['throw 10n', /Thrown: 10n/],
  'a circular object': ['const o: any = {}; o.self = o; throw o', /Circular/],
  'a revoked proxy': [
    'const p = Proxy.revocable({}, {}); p.revoke(); throw p.proxy',
    /Thrown: <Revoked Proxy>/,
  ],
  'a proxy whose traps throw': [
    'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } })',
    /Thrown/,
  ],
  'an object that cannot be inspected': [
    "throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('never') } }",
    /Thrown/,
  ],
  'an error of another realm': [
    "throw require('vm').runInNewContext('new TypeError(\"far\")')",
    /TypeError: far/,
  ],
  'an object without a prototype': ['throw Object.create(null)', /Thrown: \[Object: null prototype\] \{\}/],
  'a deep recursion': [
    'const q = (): number => q() + 1; q()',
    /RangeError: Maximum call stack size exceeded/,
  ],
  'a prepareStackTrace of one’s own': [
    "const r = Error.prepareStackTrace; Error.prepareStackTrace = () => { throw new Error('prepare') }; " +
      "setTimeout(() => { Error.prepareStackTrace = r }, 50); throw new Error('s')",
    /Error: (s|prepare)/,
  ],
  'an abort': ["throw new DOMException('stop', 'AbortError')", /AbortError: stop/],
  'an array': ['throw [1, 2]', /Thrown: \[ 1, 2 \]/],
};

/** Everything is told with the reader's frames alone. */
const insides = /kernel\/|node:internal|__tslab__|node_modules/;

test.each(Object.entries(odd))(
  'in a cell, %s is told, and the kernel goes on',
  async (_name, [code, told]) => {
    const answer = await kernel.execute(`await 0; ${code.replace(/^const (\w+)/, 'let $1')};`);
    expect(answer.reply.status).toBe('error');
    const [error] = messages(answer, 'error');
    expect(plainTraceback(error)).toMatch(told);
    expect(plainTraceback(error)).not.toMatch(insides);
    expect(JSON.stringify(error).length).toBeLessThan(100_000);
    expect(shown(await kernel.execute("'alive'"))).toBe('alive\n');
  },
);

test.each(Object.entries(odd))(
  'after its cell, %s is told, and the kernel goes on',
  async (_name, [code, told]) => {
    for (const late of [
      `setTimeout(() => { ${code} });`,
      `void (async () => { await 0; await 0; ${code} })();`,
    ]) {
      const answer = await kernel.execute(late);
      await until(() => messages(answer, 'error').length > 0);
      const [error] = messages(answer, 'error');
      expect(plainTraceback(error)).toMatch(told);
      expect(plainTraceback(error)).not.toMatch(insides);
    }
    expect(shown(await kernel.execute("'alive'"))).toBe('alive\n');
  },
);

test('a getter that never ends can be interrupted', async () => {
  const marker = join(mkdtempSync(join(tmpdir(), 'descent-getter-')), 'reached');
  const { done } = kernel.begin(
    "const t: any = new Error('t'); Object.defineProperty(t, 'message', { get() { " +
      `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); for (;;); } }); throw t`,
  );
  await until(() => existsSync(marker));
  await kernel.request('interrupt_request', {}, 'control');
  expect((await done).reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
  expect(shown(await kernel.execute("'alive'"))).toBe('alive\n');
  rmSync(dirname(marker), { recursive: true });
});

test.each([
  "process.removeAllListeners('uncaughtException'); process.removeAllListeners('unhandledRejection')",
  'process.removeAllListeners()',
])('after %s errors are still told', async (removal) => {
  for (const late of [
    "setTimeout(() => { throw new Error('late') });",
    "void Promise.reject(new Error('late'));",
  ]) {
    const answer = await kernel.execute(`${removal}; setTimeout(() => { ${late} });`);
    await until(() => messages(answer, 'error').length > 0);
    expect(plainTraceback(messages(answer, 'error')[0])).toContain('Error: late');
  }
  expect(shown(await kernel.execute("'alive'"))).toBe('alive\n');
});

test('a listener of the reader’s own hears the error in the kernel’s place', async () => {
  const answer = await kernel.execute(
    "process.once('uncaughtException', (error: Error) => console.log('heard ' + error.message)); " +
      "setTimeout(() => { throw new Error('mine') });",
  );
  await until(() => printed(answer) === 'heard mine\n');
  expect(messages(answer, 'error')).toEqual([]);
});
