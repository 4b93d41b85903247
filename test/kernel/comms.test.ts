import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Kernel, messages, printed, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

const comms = "(globalThis as any)[Symbol.for('descent.comms')]";
const opened = (answer: Answer): string => messages(answer, 'comm_open')[0].comm_id;
const told = (answer: Answer) => messages(answer, 'comm_msg').map(({ data }) => data);
const send = (comm_id: string, data: object) => kernel.tell('comm_msg', { comm_id, data });
const known = async (target_name?: string) =>
  Object.keys((await kernel.request('comm_info_request', { target_name })).reply.comms);

/** Opens a comm in a cell. */
async function open(behaviour: string, metadata: object = {}): Promise<string> {
  const code = `${comms}.open('test', ${behaviour}); undefined`;
  return opened(await kernel.begin(code, {}, metadata).done);
}

describe('open()', () => {
  test('tells the page of the comm, with data and metadata', async () => {
    const code = `${comms}.open('test', { data: { at: 3 }, metadata: { version: '2.1.0' } }); undefined`;
    const answer = await kernel.execute(code);
    const comm_id = opened(answer);
    expect(answer.published).toContainEqual({
      type: 'comm_open',
      content: { comm_id, target_name: 'test', data: { at: 3 } },
      metadata: { version: '2.1.0' },
    });
    expect(await known()).toContain(comm_id);
    expect(await known('test')).toContain(comm_id);
    expect(await known('another')).toEqual([]);
  });

  test('a comm that the page closes is no more, and hears nothing', async () => {
    const id = await open("{ receive: () => console.log('heard') }");
    await kernel.tell('comm_close', { comm_id: id, data: {} });
    expect(await known()).not.toContain(id);
    expect((await send(id, {})).published).toEqual([]);
  });

  test('a message for a comm that never was is passed over', async () => {
    expect((await send('nobody', {})).published).toEqual([]);
  });

  test('a comm ends when its cell runs again, or is deleted; others stay', async () => {
    const [first, second, third] = [
      await open('{}', { cellId: 'a' }),
      await open('{}', { cellId: 'b' }),
      await open('{}', { cellId: 'c' }),
    ];
    const again = await kernel.begin('1', {}, { cellId: 'a', deletedCells: ['c'] }).done;
    const closed = messages(again, 'comm_close').map(({ comm_id }) => comm_id);
    expect(closed).toEqual([first, third]);
    expect(await known()).toEqual(expect.arrayContaining([second]));
    expect(await known()).not.toContain(first);
  });
});

describe('a message for a comm', () => {
  test('is answered in the name of its cell, and idle comes when that is done', async () => {
    const code = `let heard = 0;
const comm = ${comms}.open('test', {
  receive: async ({ at }: { at: number }) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    heard = at;
    console.log('heard', at);
    comm.send({ twice: 2 * at });
  },
});
undefined`;
    const { answer, done } = kernel.begin(code);
    const id = opened(await done);
    const reply = await send(id, { at: 4 });
    expect(told(reply)).toEqual([{ twice: 8 }]);
    await until(() => printed(answer) !== '');
    expect(printed(answer)).toBe('heard 4\n');
    expect(printed(await kernel.execute('console.log(heard)'))).toBe('4\n');
  });

  test('is told whether a later one waits: the last of many is answered alone', async () => {
    const code = `const received: [number, boolean][] = [];
const slow = ${comms}.open('test', {
  receive: ({ at }: { at: number }, more: boolean) => {
    received.push([at, more]);
  },
});
undefined`;
    const id = opened(await kernel.execute(code));
    // While this cell runs, the messages wait.
    const busy = kernel.begin('await new Promise((resolve) => setTimeout(resolve, 300))').done;
    const sent = Array.from({ length: 200 }, (_, at) => send(id, { at }));
    await Promise.all([busy, ...sent]);
    const text = printed(await kernel.execute('console.log(JSON.stringify(received))'));
    const received = JSON.parse(text) as [number, boolean][];
    expect(received.map(([at]) => at)).toEqual(Array.from({ length: 200 }, (_, at) => at));
    const last = received.filter(([, more]) => !more);
    expect(last.at(-1)).toEqual([199, false]);
    // Each stretch that arrives at once counts once, however the sockets cut them.
    expect(last.length).toBeLessThan(20);
  });

  test('that fails is an error of the cell, or what `fail` makes of it', async () => {
    const throwing = 'receive: () => { throw new RangeError("too far"); }';
    const { answer, done } = kernel.begin(`${comms}.open('test', { ${throwing} }); undefined`);
    await send(opened(await done), {});
    await until(() => messages(answer, 'error').length > 0);
    expect(messages(answer, 'error')).toMatchObject([{ ename: 'RangeError', evalue: 'too far' }]);

    const code = `const failing = ${comms}.open('test', { ${throwing}, fail: (report: any) => failing.send(report) }); undefined`;
    const reply = await send(opened(await kernel.execute(code)), {});
    expect(told(reply)).toMatchObject([{ ename: 'RangeError', evalue: 'too far' }]);
  });

  test('that never ends is ended by an interrupt, and `fail` is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'descent-comms-'));
    const marker = join(folder, 'begun');
    const code = `import { writeFileSync } from 'node:fs';
const endless = ${comms}.open('test', {
  receive: ({ again }: any) => {
    writeFileSync(${JSON.stringify(marker)}, '');
    while (again);
    endless.send({ fine: true });
  },
  fail: (report: any) => endless.send(report),
});
undefined`;
    const id = opened(await kernel.execute(code));
    const reply = send(id, { again: true });
    await until(() => existsSync(marker));
    await kernel.request('interrupt_request', {}, 'control');
    expect(told(await reply)).toMatchObject([{ ename: 'KeyboardInterrupt' }]);
    expect(told(await send(id, {}))).toEqual([{ fine: true }]);
    rmSync(folder, { recursive: true });
  });
});

describe('accept()', () => {
  test('lets the page open comms', async () => {
    await kernel.execute(`${comms}.accept('questions', (comm: any) => ({
  receive: ({ question }: any) => comm.send({ answer: question.length }),
}));
undefined`);
    await kernel.tell('comm_open', { comm_id: 'from-page', target_name: 'questions', data: {} });
    expect(told(await send('from-page', { question: 'why' }))).toEqual([{ answer: 3 }]);
  });

  test('what nobody accepts is closed at once', async () => {
    const answer = await kernel.tell('comm_open', { comm_id: 'x', target_name: 'nothing', data: {} });
    expect(messages(answer, 'comm_close').map(({ comm_id }) => comm_id)).toEqual(['x']);
    expect(await known()).not.toContain('x');
  });
});

describe('divert()', () => {
  test('has what the cell prints and shows, until it ends', async () => {
    const answer = await kernel.execute(`const taken: any[] = [];
const end = ${comms}.divert((type: string, content: any) => taken.push([type, content.text ?? content.data]));
console.log('inside');
(globalThis as any)[Symbol.for('descent.display')]({ 'text/plain': 'shown' });
end();
console.log(JSON.stringify(taken));`);
    const expected = [
      ['stream', 'inside\n'],
      ['display_data', { 'text/plain': 'shown' }],
    ];
    expect(JSON.parse(printed(answer))).toEqual(expected);
    expect(messages(answer, 'display_data')).toEqual([]);
  });
});

test('live says whether the page lets its reader answer', async () => {
  const live = async (allow_stdin: boolean) =>
    printed(await kernel.execute(`console.log(${comms}.live)`, { allow_stdin }));
  expect(await live(true)).toBe('true\n');
  expect(await live(false)).toBe('false\n');
});
