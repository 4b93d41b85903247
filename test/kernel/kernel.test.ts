import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, printed, shown, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

test('kernel_info is complete', async () => {
  const { reply } = await kernel.request('kernel_info_request');
  expect(reply).toMatchObject({
    status: 'ok',
    protocol_version: '5.3',
    implementation: 'descent',
    language_info: {
      name: 'typescript',
      mimetype: 'text/typescript',
      file_extension: '.ts',
      codemirror_mode: 'typescript',
      pygments_lexer: 'typescript',
      nbconvert_exporter: 'script',
    },
  });
  expect(reply.language_info.version).toMatch(/^5\.0\./);
  expect(reply.implementation_version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(reply.banner).toContain(process.version);
  for (const { text, url } of reply.help_links) expect(`${text} ${url}`).toMatch(/\w https:\/\//);
});

describe('stop_on_error', () => {
  test('true: cells that wait are aborted, later ones run', async () => {
    const failing = kernel.begin("throw new Error('stop')").done;
    const waiting = [kernel.begin("console.log('one')").done, kernel.begin('2').done];
    expect((await failing).reply.status).toBe('error');
    for (const answer of await Promise.all(waiting)) {
      expect(answer.reply.status).toBe('aborted');
      expect(answer.published).toEqual([]);
    }
    expect((await kernel.execute('3')).reply.status).toBe('ok');
  });

  test('true: an error that arrives after an await aborts what came meanwhile', async () => {
    const failing = kernel.begin("await new Promise((r) => setTimeout(r, 100)); throw 'stop'").done;
    const waiting = kernel.begin("console.log('one')").done;
    expect((await failing).reply.status).toBe('error');
    expect((await waiting).reply.status).toBe('aborted');
  });

  test('true: a compiler error aborts as well', async () => {
    const failing = kernel.begin('const n: number = "no"').done;
    const waiting = kernel.begin('1').done;
    expect((await failing).reply.status).toBe('error');
    expect((await waiting).reply.status).toBe('aborted');
  });

  test('false: cells that wait run', async () => {
    const failing = kernel.begin("throw new Error('go on')", { stop_on_error: false }).done;
    const waiting = kernel.begin("console.log('ran')").done;
    expect((await failing).reply.status).toBe('error');
    expect((await waiting).reply.status).toBe('ok');
    expect(shown(await waiting)).toBe('ran\n');
  });
});

test('execution counts go up by one, except for silent cells', async () => {
  const count = async (options = {}) => (await kernel.execute('0', options)).reply.execution_count;
  const first = await count();
  expect(await count({ silent: true })).toBe(first);
  expect(await count()).toBe(first + 1);
  const answer = await kernel.execute('1 // shown');
  expect(messages(answer, 'execute_input')).toEqual([{ code: '1 // shown', execution_count: first + 2 }]);
});

describe('complete_request', () => {
  const complete = async (code: string, cursor_pos: number) =>
    (await kernel.request('complete_request', { code, cursor_pos })).reply;

  test('knows variables of earlier cells and members', async () => {
    await kernel.execute('const learningRate = 0.1; const options = { batchSize: 32 };');
    const names = await complete('learn', 5);
    expect(names).toMatchObject({ status: 'ok', cursor_start: 0, cursor_end: 5 });
    expect(names.matches).toContain('learningRate');
    const members = await complete('options.ba', 10);
    expect(members).toMatchObject({ cursor_start: 8, cursor_end: 10 });
    expect(members.matches).toContain('batchSize');
  });

  test('counts characters, not UTF-16 units', async () => {
    await kernel.execute('const learningRate = 0.1;');
    const code = "'😀𝛼'; learn";
    const { matches, cursor_start, cursor_end } = await complete(code, [...code].length);
    expect(matches).toContain('learningRate');
    expect([cursor_start, cursor_end]).toEqual([6, 11]);
  });

  test.each<[code: string, expected: string, replaced: string]>([
    ['con|', 'console', 'con'],
    ['Math.ma|(1)', 'max', 'ma'],
    ['f(Ma|)', 'Math', 'Ma'],
    ['`$' + '{con|}`', 'console', 'con'],
    ['const x = 1;\nx.|', 'toFixed', ''],
    ['let )( \n rates.|', 'first', ''],
    ['rates?.|', 'first', ''],
    ["rates['|']", 'second', ''],
    ['const { f| } = rates', 'first', 'f'],
    ['rates.|first', 'first', 'first'],
    ["import { gr| } from './lib/descent'", 'gradientDescent', 'gr'],
    ["import { x } from './lib/de|'", 'descent', 'de'],
    ["await import('./kernel/co|')", 'contract.js', 'co'],
    ["import { x } from 'math|'", 'mathjs', 'math'],
    ["import { x } from 'node:f|s'", 'node:fs', 'node:fs'],
  ])('in %s offers %s', async (marked, expected, replaced) => {
    await kernel.execute('const rates = { first: 1, second: 2 };');
    const code = marked.replace('|', '');
    const { matches, cursor_start, cursor_end } = await complete(code, marked.indexOf('|'));
    expect(matches).toContain(expected);
    expect(code.slice(cursor_start, cursor_end)).toBe(replaced);
  });

  test('answers when the code makes no sense', async () => {
    expect(await complete('(((', 3)).toMatchObject({ status: 'ok' });
    expect(await complete('', 0)).toMatchObject({ status: 'ok' });
  });
});

describe('inspect_request', () => {
  const inspect = async (code: string, cursor_pos: number) =>
    (await kernel.request('inspect_request', { code, cursor_pos, detail_level: 0 })).reply;

  test('tells type and documentation', async () => {
    await kernel.execute('/** Twice a number. */\nfunction twice(n: number): number { return 2 * n }');
    const { found, data } = await inspect('twice(2)', 2);
    expect(found).toBe(true);
    expect(data['text/plain']).toContain('function twice(n: number): number');
  });

  test('within the brackets of a call tells of what is called', async () => {
    for (const code of ['Math.max(1, ', 'Math.max(', 'Math.max(Math.PI, { a: 1 ']) {
      expect((await inspect(code, code.length)).data['text/plain']).toContain('Returns the larger of a set');
    }
  });

  test('tells of types, and nothing of what nobody knows', async () => {
    await kernel.execute('/** A wheel. */\ninterface Knob { width: number }');
    expect((await inspect('Knob', 4)).data['text/plain']).toContain('interface Knob');
    for (const code of ['noSuchName', '', '   ']) {
      expect(await inspect(code, code.length)).toMatchObject({ status: 'ok', found: false, data: {} });
    }
  });

  test('tells the documentation of lib', async () => {
    const code = "import { gradientDescent } from './lib/descent'; gradientDescent";
    const { data } = await inspect(code, code.length - 3);
    expect(data['text/plain']).toContain('gradientDescent(');
    expect(data['text/plain']).toContain('Minimises');
  });

  test('counts characters; finds nothing in empty space', async () => {
    await kernel.execute('const learningRate = 0.1;');
    const code = "'😀😀😀😀'; learningRate; 1";
    expect((await inspect(code, 10)).data['text/plain']).toContain('learningRate: 0.1');
    expect(await inspect('   ', 1)).toMatchObject({ status: 'ok', found: false, data: {} });
  });
});

describe('is_complete_request', () => {
  test.each<[status: string, code: string]>([
    ['complete', 'const a = 1;'],
    ['complete', ''],
    ['complete', '// a comment'],
    ['complete', 'if (true) {\n}'],
    ['complete', 'const { a, b } = await f()'],
    ['complete', '`a $' + '{b} c`'],
    ['incomplete', 'for (const a of [1]) {'],
    ['incomplete', 'const a = '],
    ['incomplete', 'f(1,'],
    ['incomplete', '/* open'],
    ['incomplete', '`open $' + '{1}'],
    ['incomplete', '[1,\n2'],
    ['incomplete', 'async function f() {\n  await g();'],
    ['invalid', 'const = 1'],
    ['invalid', ')'],
    ['invalid', "const a = 'open"],
    ['invalid', 'function () { return }'],
    ['invalid', 'let a b c'],
  ])('%s: %j', async (status, code) => {
    expect((await kernel.request('is_complete_request', { code })).reply.status).toBe(status);
  });

  test('says how far the next line is indented, and two empty lines end the question', async () => {
    const ask = async (code: string) => (await kernel.request('is_complete_request', { code })).reply;
    expect(await ask('for (const a of [1]) {')).toEqual({ status: 'incomplete', indent: '  ' });
    expect(await ask('for (const a of [1]) {\n\n\n')).toEqual({ status: 'complete' });
  });
});

describe('history_request', () => {
  const ask = async (content: object) => (await kernel.request('history_request', content)).reply.history;

  test('tail, range and search give what was run, with its value if asked', async () => {
    const { reply } = await kernel.execute('40 + 2');
    const line = reply.execution_count;
    await kernel.execute('const answered = true;');
    await kernel.execute("'silent'", { silent: true });
    await kernel.execute("'not stored'", { store_history: false });
    const both = [
      [1, line, '40 + 2'],
      [1, line + 1, 'const answered = true;'],
    ];
    expect(await ask({ hist_access_type: 'tail', n: 2, output: false, raw: true })).toEqual(both);
    expect(await ask({ hist_access_type: 'tail', n: 2, output: true, raw: true })).toEqual([
      [1, line, ['40 + 2', '42']],
      [1, line + 1, ['const answered = true;', null]],
    ]);
    expect(await ask({ hist_access_type: 'range', session: 0, start: line, stop: line + 1 })).toEqual([
      both[0],
    ]);
    expect(await ask({ hist_access_type: 'range', session: 7, start: 0, stop: 99 })).toEqual([]);
    expect(await ask({ hist_access_type: 'search', pattern: '40 ? ?', n: 5 })).toEqual([both[0]]);
  });

  test('unique gives each text once, where it was run last', async () => {
    await kernel.execute('6 * 7');
    const { reply } = await kernel.execute('6 * 7');
    const found = await ask({ hist_access_type: 'search', pattern: '6 ? 7', n: 9, unique: true });
    expect(found).toEqual([[1, reply.execution_count, '6 * 7']]);
  });
});

test('user_expressions are evaluated after the cell, each by itself', async () => {
  const { reply } = await kernel.execute('const learningRate = 0.1;', {
    user_expressions: { twice: '2 * learningRate', wrong: 'noSuchName' },
  });
  expect(reply.user_expressions).toMatchObject({
    twice: { status: 'ok', data: { 'text/plain': '0.2' }, metadata: {} },
    wrong: { status: 'error', ename: 'TypeScriptError' },
  });
});

test('an unknown request is ignored', async () => {
  void kernel.request('no_such_request');
  expect((await kernel.execute('1')).reply.status).toBe('ok');
});

describe('output', () => {
  test('of the last expression is a result, nothing and undefined are not', async () => {
    const answer = await kernel.execute('1 + 1');
    const { execution_count } = answer.reply;
    expect(messages(answer, 'execute_result')).toEqual([
      { execution_count, data: { 'text/plain': '2' }, metadata: {} },
    ]);
    expect(printed(answer)).toBe('');
    expect(messages(await kernel.execute('1 + 1', { silent: true }), 'execute_result')).toEqual([]);
    for (const code of ['undefined', 'null', '', '// nothing', 'const quiet = 1;']) {
      const answer = await kernel.execute(code);
      expect(answer.reply.status).toBe('ok');
      expect(shown(answer)).toBe('');
    }
  });

  test('goes to its stream, in order', async () => {
    const answer = await kernel.execute(
      "console.log('a'); console.error('b'); process.stdout.write('c'); console.warn('d');",
    );
    const streams = messages(answer, 'stream').map(({ name, text }) => [name, text]);
    expect(streams).toEqual([
      ['stdout', 'a\n'],
      ['stderr', 'b\n'],
      ['stdout', 'c'],
      ['stderr', 'd\n'],
    ]);
  });

  test('that is big arrives whole', async () => {
    const long = await kernel.execute("console.log('x'.repeat(5_000_000))");
    expect(shown(long)).toBe(`${'x'.repeat(5_000_000)}\n`);
    const many = await kernel.execute(
      "for (let line = 0; line < 20_000; line++) { process.stdout.write(line + '\\n'); if (line % 5 === 0) await null; }",
    );
    expect(shown(many)).toBe(Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join(''));
  });

  test('in bytes cut in the middle of a character is put together', async () => {
    const answer = await kernel.execute(
      "const bytes = Buffer.from('α→β'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1)); undefined;",
    );
    expect(shown(answer)).toBe('α→β');
  });

  test('from a timer goes to the cell that started it', async () => {
    const first = await kernel.execute("setTimeout(() => console.log('from the first'), 50); undefined;");
    const second = await kernel.execute(
      "console.log('second'); await new Promise((r) => setTimeout(r, 200));",
    );
    await until(() => shown(first) !== '');
    expect(shown(first)).toBe('from the first\n');
    expect(shown(second)).toBe('second\n');
  });

  test('from a worker thread arrives', async () => {
    const answer = await kernel.execute(
      "import { Worker } from 'node:worker_threads';\nconst worker = new Worker(\"console.log('from the thread')\", { eval: true });\nawait new Promise((resolve) => worker.on('exit', resolve));\nawait new Promise((resolve) => setTimeout(resolve, 50));",
    );
    expect(shown(answer)).toBe('from the thread\n');
  });
});

describe('for the library', () => {
  const display = "const display = (globalThis as any)[Symbol.for('descent.display')];\n";

  test('display shows several forms in one output and replaces it', async () => {
    const answer = await kernel.execute(
      `${display}display({ 'text/plain': 'one', 'application/json': { a: 1 }, 'image/png': new Uint8Array([1, 2]) }, { id: 'n', metadata: { tags: [] } });
display({ 'text/plain': 'two' }, { id: 'n', update: true });
display({ 'text/plain': 'three' });`,
    );
    expect(messages(answer, 'display_data')).toEqual([
      {
        data: { 'text/plain': 'one', 'application/json': { a: 1 }, 'image/png': 'AQI=' },
        metadata: { tags: [] },
        transient: { display_id: 'n' },
      },
      { data: { 'text/plain': 'three' }, metadata: {}, transient: {} },
    ]);
    expect(messages(answer, 'update_display_data')).toEqual([
      { data: { 'text/plain': 'two' }, metadata: {}, transient: { display_id: 'n' } },
    ]);
  });

  test('display keeps its place among what is printed; clear clears', async () => {
    const answer = await kernel.execute(
      `${display}console.log('before'); display({ 'text/plain': 'x' }); console.log('after'); display.clear({ wait: true }); display.clear();`,
    );
    expect(answer.published.map(({ type }) => type)).toEqual([
      'execute_input',
      'stream',
      'display_data',
      'stream',
      'clear_output',
      'clear_output',
    ]);
    expect(messages(answer, 'clear_output')).toEqual([{ wait: true }, { wait: false }]);
  });

  test('tslab’s own display works', async () => {
    const answer = await kernel.execute(
      "import * as tslab from 'tslab';\ntslab.display.html('<b>bold</b>');",
    );
    expect(messages(answer, 'display_data')).toMatchObject([
      { data: { 'text/html': '<b>bold</b>' }, metadata: {} },
    ]);
  });

  test('descent.cell is the source of the cell whose code asks', async () => {
    const code = "const source = () => (globalThis as any)[Symbol.for('descent.cell')];\nsource() // α";
    expect(shown(await kernel.execute(code))).toBe(`${code}\n`);
    const timer = await kernel.execute('setTimeout(() => console.log(source()), 50); undefined; // first');
    await kernel.execute('await new Promise((r) => setTimeout(r, 150)); // second');
    await until(() => shown(timer) !== '');
    expect(shown(timer)).toBe('setTimeout(() => console.log(source()), 50); undefined; // first\n');
  });
});
