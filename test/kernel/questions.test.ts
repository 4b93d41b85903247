// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the code of cells
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, printed, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

/** Starts a cell that may ask. */
const begin = (code: string) => kernel.begin(code, { allow_stdin: true });
/** How the error of a cell reads. */
const errorOf = (answer: Parameters<typeof messages>[0]) =>
  messages(answer, 'error').map(({ ename, evalue }) => `${ename}: ${evalue}`);

const waysToAsk = {
  'prompt()': "console.log(`Hello, ${prompt('Your name?')}.`);",
  'await input()': "console.log(`Hello, ${await input('Your name?')}.`);",
  'readline/promises': `import { createInterface } from 'node:readline/promises';
const rl = createInterface({ input: process.stdin, output: process.stdout });
console.log(\`Hello, \${await rl.question('Your name?')}.\`);
rl.close();`,
  'readline with a callback': `import * as readline from 'readline';
const lines = readline.createInterface({ input: process.stdin, output: process.stdout });
lines.question('Your name?', (name) => { console.log(\`Hello, \${name}.\`); lines.close(); });`,
  'readline, promisified': `import { createInterface as create } from 'node:readline';
import { promisify } from 'node:util';
const asking = create(process.stdin);
const ask = promisify(asking.question).bind(asking) as unknown as (query: string) => Promise<string>;
console.log(\`Hello, \${await ask('Your name?')}.\`);
asking.close();`,
  'require("readline")': `const own = require('readline').createInterface({ input: process.stdin });
own.question('Your name?', (name: string) => { console.log(\`Hello, \${name}.\`); own.close(); });`,
};

describe.each(Object.entries(waysToAsk))('%s', (_name, code) => {
  test('asks in Jupyter’s box; the cell ends with the answer', async () => {
    const { done } = begin(code);
    const { prompt, password, answer } = await kernel.asked();
    expect({ prompt, password }).toEqual({ prompt: 'Your name?', password: false });
    answer('Zoë 😀');
    const finished = await done;
    expect(errorOf(finished)).toEqual([]);
    expect(printed(finished)).toBe('Hello, Zoë 😀.\n');
    expect(kernel.questions).toEqual([]);
  });

  test('is an error at once where nobody can be asked', async () => {
    const answer = await kernel.execute(code);
    expect(errorOf(answer)).toEqual([
      expect.stringMatching(
        /^StdinNotImplementedError: Cannot ask "Your name\?": .*allow_stdin is false.*JupyterLab/,
      ),
    ]);
    expect(kernel.questions).toEqual([]);
  });

  test('ends when the reader interrupts; the next question works', async () => {
    const { done } = begin(code);
    const old = await kernel.asked();
    await kernel.request('interrupt_request', {}, 'control');
    expect((await done).published.filter(({ type }) => type === 'error')).toMatchObject([
      { content: { ename: 'KeyboardInterrupt' } },
    ]);

    const next = begin("console.log(prompt('Again?'))");
    const { answer } = await kernel.asked();
    // JupyterLab leaves the box of the first question open.
    old.answer('an old answer');
    answer('a new one');
    expect(printed(await next.done)).toBe('a new one\n');
  });
});

test('prompt() with a default says it and takes it for an empty answer; confirm() knows yes from no', async () => {
  const { done } = begin(
    "console.log([prompt('Colour?', 'blue'), prompt('Colour?', 'blue'), prompt(), confirm('Sure?'), confirm('Sure?'), confirm('Sure?')]);",
  );
  const prompts: string[] = [];
  for (const value of ['', 'red', '', 'y', 'Yes', 'no']) {
    const { prompt, answer } = await kernel.asked();
    prompts.push(prompt);
    answer(value);
  }
  const answer = await done;
  expect(prompts).toEqual([...Array(2).fill('Colour? [blue]'), '', ...Array(3).fill('Sure? [y/N]')]);
  expect(printed(answer)).toBe("[ 'blue', 'red', '', true, true, false ]\n");
});

test('input() hides a password; two questions at once get their own answers', async () => {
  const { done } = begin(
    "console.log((await Promise.all([input('Key?', { password: true }), input('Name?')])).join(' '));",
  );
  const [key, name] = [await kernel.asked(), await kernel.asked()];
  expect([key.password, name.password]).toEqual([true, false]);
  name.answer('name');
  key.answer('key');
  expect(printed(await done)).toBe('key name\n');
});

test('prompt() works in a loop without await, in a function that has waited, and in a callback', async () => {
  const { done } = begin(`
    const later = async () => { await null; return prompt('2'); };
    const answers = [prompt('1')];
    answers.push(await later());
    await new Promise<void>((resolve) => setTimeout(() => { answers.push(prompt('3')); resolve(); }, 1));
    console.log(answers.join());`);
  for (const expected of ['1', '2', '3']) {
    const { prompt, answer } = await kernel.asked();
    expect(prompt).toBe(expected);
    answer(`answer ${expected}`);
  }
  expect(printed(await done)).toBe('answer 1,answer 2,answer 3\n');
});

test('prompt() in a function that has waited is ended by an interrupt, and by a shutdown', async () => {
  const code = "await (async () => { await null; prompt('Out of reach?'); })();";
  const { done } = begin(code);
  await kernel.asked();
  await kernel.request('interrupt_request', {}, 'control');
  expect(errorOf(await done)).toEqual(['KeyboardInterrupt: The cell was interrupted']);

  const other = await Kernel.start();
  void other.begin(code, { allow_stdin: true });
  await other.asked();
  await other.request('shutdown_request', { restart: false }, 'control');
  expect(await other.exited).toBe(0);
  await other.stop();
});

test('what was printed stands above the box; the heartbeat and the control channel answer while it is open', async () => {
  const { answer, done } = begin("process.stdout.write('first'); prompt('then?');");
  const question = await kernel.asked();
  expect(printed(answer)).toBe('first');
  expect(await kernel.heartbeat('beat')).toBe('beat');
  question.answer('');
  await done;
});

test('an answer counts if it names the question, or if it names none as simple clients do', async () => {
  const { done } = begin("console.log(prompt('One?'), prompt('Two?'));");
  const one = await kernel.asked();
  kernel.reply('to another question', { ...one.header, msg_id: 'another' });
  kernel.reply('to whatever is asked', {});
  const two = await kernel.asked();
  one.answer('too late');
  two.answer('second');
  expect(printed(await done)).toBe('to whatever is asked second\n');
});

describe('process.stdin', () => {
  test('gives the lines of readline one after the other, until nobody wants more', async () => {
    const { done } = begin(`import { createInterface } from 'node:readline';
const lines = createInterface({ input: process.stdin });
let sum = 0;
for await (const line of lines) {
  if (line === 'end') break;
  sum += Number(line);
}
console.log(sum);`);
    for (const line of ['1', '20', '300', 'end']) (await kernel.asked()).answer(line);
    expect(printed(await done)).toBe('321\n');
    expect(kernel.questions).toEqual([]);
  });

  test('holds a cell that listens for lines until it closes', async () => {
    const { done } = begin(`import { createInterface } from 'node:readline';
const heard: string[] = [];
const rl = createInterface({ input: process.stdin });
rl.on('line', (line) => { heard.push(line); if (heard.length === 2) rl.close(); });
rl.on('close', () => console.log(heard.join()));`);
    for (const line of ['a', 'b']) (await kernel.asked()).answer(line);
    expect(printed(await done)).toBe('a,b\n');
  });

  test('can be read as a stream, and asks only as long as somebody listens', async () => {
    const { done } =
      begin(`console.log(String(await new Promise((resolve) => process.stdin.once('data', resolve))).trim());
process.stdin.pause();`);
    (await kernel.asked()).answer('a chunk');
    expect(printed(await done)).toBe('a chunk\n');
    const again = begin(
      'for await (const chunk of process.stdin) { console.log(`${chunk}`.trim()); break; }',
    );
    (await kernel.asked()).answer('iterated');
    expect(printed(await again.done)).toBe('iterated\n');
    expect(kernel.questions).toEqual([]);
  });

  test('that nobody can answer is an error at once', async () => {
    for (const code of [
      'for await (const chunk of process.stdin) console.log(chunk);',
      "await new Promise((resolve) => process.stdin.once('data', resolve));",
      "import { createInterface } from 'node:readline';\nfor await (const line of createInterface({ input: process.stdin })) console.log(line);",
    ]) {
      expect(errorOf(await kernel.execute(code))).toEqual([expect.stringContaining('allow_stdin is false')]);
    }
  });
});

test('a question that its own signal ends no longer holds the cell', async () => {
  const { answer, done } = begin(
    `import { createInterface as aborting } from 'node:readline/promises';
const controller = new AbortController();
const interface_ = aborting({ input: process.stdin });
const asked = interface_.question('Quick?', { signal: controller.signal });
console.log('asked');
setTimeout(() => controller.abort(), 50);
try { await asked; } catch (error) { console.log((error as Error).name); }
interface_.close();`,
  );
  await until(() => printed(answer).includes('asked'));
  const old = await kernel.asked();
  expect(printed(await done)).toBe('asked\nAbortError\n');
  const next = begin("console.log(prompt('Next?'))");
  const question = await kernel.asked();
  old.answer('too late');
  question.answer('in time');
  expect(printed(await next.done)).toBe('in time\n');
});

test('a question that comes when its cell has ended is an error, not a silence', async () => {
  const { answer } = begin("setTimeout(() => prompt('Too late?'), 50); undefined;");
  await until(() => messages(answer, 'error').length > 0);
  expect(errorOf(answer)).toEqual([
    'StdinNotImplementedError: Cannot ask "Too late?": the cell that asks has ended; let it await what asks',
  ]);
});

test('a cell’s own variable may be called input, prompt or confirm', async () => {
  const answer = await kernel.execute(
    'const [input, prompt, confirm] = [1, 2, 3]; console.log(input + prompt + confirm);',
  );
  expect(printed(answer)).toBe('6\n');
  expect(printed(await kernel.execute('console.log(input * prompt * confirm);'))).toBe('6\n');
});

describe.skipIf(process.platform === 'win32')(
  'what reads file descriptor 0 itself finds it at its end',
  () => {
    test.each([
      "require('node:child_process').spawnSync('cat', { stdio: 'inherit' }).status",
      "await new Promise((resolve) => require('node:child_process').spawn('cat', { stdio: 'inherit' }).on('exit', resolve))",
      "require('node:fs').readFileSync(0, 'utf8').length",
    ])('%s', async (code) => {
      expect(messages(await kernel.execute(code), 'execute_result')[0].data['text/plain']).toBe('0');
    });
  },
);
