import { cpSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { loadCheckpoint } from '../../lib/language/checkpoint';
import { modelFile } from '../../tools/gpt/model-file';
import { defaultModel, gptCommand } from '../../tools/gpt/options';
import { runProgram } from '../samples/run-program';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gpt-tool-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);

/** Runs the program; `onOutput` sees what it has printed while it runs. */
const gpt = (
  args: string[],
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
  root?: string,
) => runProgram('gpt', args, { onOutput, root });

/** A GPT that is trained in seconds, on names. */
const small = ['--corpus', 'names', '--width', '24', '--layers', '1', '--batch-size', '4', '--context', '16'];

/** What the command line says to options that it refuses; nothing is run. */
async function refused(args: string[]): Promise<string> {
  let line = '';
  const never = async () => expect.unreachable();
  const program = gptCommand({ write: never, train: never, study: never });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      ...command.configureOutput(),
      writeErr: (text) => {
        line += text;
      },
    });
  }
  await program.parseAsync(args, { from: 'user' }).catch(() => {});
  return line;
}

test.each([
  [['--temperature', '0'], "argument '0' is invalid. It must be a number above 0"],
  [['--temperature', '-1'], "argument '-1' is invalid. It must be a number above 0"],
  [['--top-k', '0'], "argument '0' is invalid. It must be a whole number from 1"],
  [['--letters', '2.5'], "argument '2.5' is invalid. It must be a whole number"],
  [['--promt', 'x'], "unknown option '--promt' (Did you mean --prompt?)"],
  [['twice'], 'too many arguments'],
  [['train', '--steps', '0'], "argument '0' is invalid. It must be a whole number from 1 to 1000000."],
  [['train', '--learning-rate', 'nope'], "argument 'nope' is invalid. It must be a number above 0"],
  [['train', '--weight-decay', '-1'], "argument '-1' is invalid. It must be a number of at least 0"],
  [['train', '--heads', '5'], "'--heads 5' must divide '--width 96'"],
  [['train', '--corpus', 'bible'], 'Allowed choices are moby-dick, names, quatrains.'],
  [
    ['train', '--corpus', 'names', '--text', 'x'],
    "option '--text <file>' cannot be used with option '--corpus <name>'",
  ],
  [['train', '--backend', 'gpu'], 'Allowed choices are auto, native, wasm, js, webgpu.'],
  [['train', '--resume', '--steps', '3'], "option '--steps' does not go with '--resume'"],
  [['train', '--resume', '--batch-size', '3'], "option '--batch-size' does not go with '--resume'"],
  [['train', '--resume', '--jsonl'], "option '--jsonl' cannot be used with option '--resume'"],
  [['train', '--prompt', 'x'], "unknown option '--prompt'"],
  [['study', '--seeds', '2'], "unknown option '--seeds'"],
])('npm run gpt -- %j is refused in one line that names value and remedy', async (args, why) => {
  const line = await refused(args);
  const own = ['train', 'study'].includes(args[0]) ? `${args[0]} ` : '';
  const help = `npm run gpt -- ${own}--help`;
  expect(line).toMatch(new RegExp(`^error: [^\\n]+ See: ${help}\\n$`));
  expect(line).toContain(why);
});

/** Trainings by programs of their own, some of them one after the other. */
const several = { timeout: 180_000 };

test('a training that is killed goes on where it was saved, to the same numbers', several, async () => {
  const options = [...small, '--steps', '60', '--every', '20'];
  const whole = await gpt(['train', ...options, '--save', file('whole')]);
  expect(whole.out).toContain('step 60 of 60: ');
  expect(whole.status).toBe(0);
  // What is printed at step 40 is saved thereafter: killed at the next line, or while it is saved.
  const killed = await gpt(['train', ...options, '--save', file('killed')], (text, kill) => {
    if (text.includes('step 40 of')) kill('SIGKILL');
  });
  expect(killed.status).toBeNull();
  expect(killed.out).not.toContain('step 60 of');
  const resumed = await gpt(['train', '--resume', '--save', file('killed')]);
  expect(resumed.status).toBe(0);
  expect(resumed.out).not.toContain('step 0 of');
  const [first, second] = await Promise.all([file('whole'), file('killed')].map(loadCheckpoint));
  expect(second.model).toEqual(first.model);
  expect(second.notes.validationLoss).toBe(first.notes.validationLoss);
  const again = await gpt(['train', '--resume', '--save', file('killed')]);
  expect(again).toMatchObject({ status: 1, out: '' });
  expect(again.err).toContain('its training has come to its end; train a GPT anew, without --resume\n');
  const written = await gpt(['--model', file('whole'), '--prompt', 'Anna', '--letters', '12', '--seed', '3']);
  expect(written.out).toMatch(/^Anna[\s\S]{12}\n$/);
});

test(
  '--resume without any other option goes on with the last training, where it was interrupted',
  several,
  async () => {
    // In a project of its own: the reader's last training is none of the test's.
    const root = file('project');
    for (const place of ['lib', 'native', 'tools', 'data', 'package.json', 'tsconfig.json']) {
      cpSync(path.join(projectRoot(), place), path.join(root, place), { recursive: true });
    }
    for (const place of ['node_modules', '.tensorflow']) {
      if (existsSync(place)) symlinkSync(path.resolve(place), path.join(root, place), 'junction');
    }
    /** Presses Ctrl-C once: the second time would end it at once. */
    const interruptAt = (line: string) => {
      let pressed = false;
      return (text: string, kill: (signal: NodeJS.Signals) => void) => {
        if (pressed || !text.includes(line)) return;
        pressed = true;
        kill('SIGINT');
      };
    };
    const before = statSync(defaultModel, { throwIfNoEntry: false })?.mtimeMs;
    const nothing = await gpt(['train', '--resume'], undefined, root);
    expect(nothing).toMatchObject({ status: 1, out: '' });
    expect(nothing.err).toBe(`Cannot resume: there is no '${defaultModel}'; train without --resume first\n`);
    const interrupted = await gpt(
      ['train', ...small, '--steps', '3000', '--every', '20'],
      interruptAt('step 20 of'),
      root,
    );
    expect(interrupted.status).toBe(130);
    expect(interrupted.out).toContain(`Go on: npm run gpt -- train --resume --save ${defaultModel}\n`);
    const own = path.join(root, defaultModel);
    const { notes, training } = await loadCheckpoint(own);
    const reached = training?.step as number;
    expect(reached).toBe(notes.step);
    const resumed = await gpt(['train', '--resume'], interruptAt(`step ${reached + 40} of 3000`), root);
    expect(resumed.status).toBe(130);
    expect(resumed.out).not.toContain(`step ${reached} of`);
    expect(resumed.out).toContain(`step ${reached + 20} of 3000: `);
    expect((await loadCheckpoint(own)).training?.step).toBeGreaterThanOrEqual(reached + 20);
    expect(statSync(defaultModel, { throwIfNoEntry: false })?.mtimeMs).toBe(before);
  },
);

test('what a training saved before it diverged stays: the round that diverged does not take its place', async () => {
  // A share of the weights above 1 is taken away at each step: they change sign, and grow until they are too large.
  const growing = ['--steps', '60', '--every', '1', '--weight-decay', '1000', '--save', file('grown')];
  const { status, out } = await gpt(['train', ...small, ...growing]);
  expect(status).toBe(3);
  const stop = Number(
    /Training stopped at step (\d+) of 60: the loss is no longer a finite number/.exec(out)?.[1],
  );
  const measured = [...out.matchAll(/^step (\d+) of 60: (?:.* )?(\S+) held out/gm)];
  const sound = measured
    .filter(([, , loss]) => Number.isFinite(Number(loss)))
    .map(([, step]) => Number(step));
  expect(sound.at(-1)).toBeGreaterThan(1);
  expect(stop).toBeGreaterThan(sound.at(-1) as number);
  // Such numbers would be refused by who loads them.
  const { notes, training } = await loadCheckpoint(file('grown'));
  expect([notes.step, training?.step]).toEqual([sound.at(-1), sound.at(-1)]);
  expect(Number.isFinite(notes.validationLoss)).toBe(true);
});

test('--jsonl tells each measurement, as the training without it prints them, and saves nothing unasked', async () => {
  const options = ['train', ...small, '--steps', '40', '--every', '20', '--jsonl'];
  const { status, out, err } = await gpt([...options, '--save', file('told')]);
  expect(status).toBe(0);
  const told = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(told.map(({ type, done, of }) => [type, done, of])).toEqual([
    ['progress', 20, 40],
    ['progress', 40, 40],
    ['done', undefined, undefined],
  ]);
  expect(err).toContain(`step 20 of 40: ${told[0].figures.loss.toFixed(3)} nats a letter`);
  const { notes } = await loadCheckpoint(file('told'));
  expect(told[2].figures).toEqual({ loss: told[1].figures.loss, validationLoss: notes.validationLoss });
  const before = statSync(defaultModel, { throwIfNoEntry: false })?.mtimeMs;
  const diverged = await gpt([...options, '--learning-rate', '1e30']);
  expect(JSON.parse(diverged.out.trimEnd().split('\n').at(-1) as string).why).toBe('diverged');
  expect(diverged.status).toBe(3);
  expect(statSync(defaultModel, { throwIfNoEntry: false })?.mtimeMs).toBe(before);
});

test("the GPT is the one named, or else the last one trained, or else the course's", () => {
  const [own, shipped] = ['out/gpt/model.gpt', 'data/gpt/moby-dick.gpt'];
  const among =
    (...files: string[]) =>
    (file: string) =>
      files.includes(file);
  expect(modelFile('mine', among('mine', own, shipped))).toBe('mine');
  expect(modelFile(undefined, among(own, shipped))).toBe(own);
  expect(modelFile(undefined, among(shipped))).toBe(shipped);
  expect(() => modelFile('mine', among(own, shipped))).toThrow("there is no GPT in 'mine'");
  const line = /^Cannot write: there is no GPT in 'out\/gpt\/model.gpt' or 'data\/gpt\/moby-dick.gpt'\. .+$/;
  expect(() => modelFile(undefined, among())).toThrow(line);
});

test('what there is not is said in one line', async () => {
  const missing = await gpt(['--model', file('none'), '--prompt', 'x']);
  expect(missing).toMatchObject({ status: 1, out: '' });
  expect(missing.err).toBe(
    `Cannot write: there is no GPT in '${file('none')}'. Train one: npm run gpt -- train\n`,
  );
  writeFileSync(file('text'), 'plain text, no model');
  const below = await gpt(['train', '--save', path.join(file('text'), 'below', 'model.gpt')]);
  expect(below).toMatchObject({ status: 1, out: '' });
  expect(below.err).toMatch(/^Cannot save in '.*model\.gpt': .+; name another file: --save\n$/);
  const other = await gpt(['--model', file('text')]);
  expect(other.err).toBe(`Cannot load the GPT from '${file('text')}': it is no checkpoint of a GPT\n`);
});

test.each<[string, string, RegExp]>([
  ['empty', '', /^Cannot train on '.+': it has no letters; name a file with a text\n$/],
  [
    'short',
    'a text of one line'.repeat(20),
    /^Cannot train on this text: its held-out part must have more letters than the context, 64, got \d+; take a text of at least 1300 letters, or a smaller --context\n$/,
  ],
])('a text that is %s is refused in one line', async (name, text, line) => {
  writeFileSync(file(name), text);
  const { status, err } = await gpt(['train', '--text', file(name), '--save', file('never')]);
  expect(status).toBe(2);
  expect(err).toMatch(line);
});

test('a GPT of a text without ends of lines writes, and refuses one in one line', async () => {
  writeFileSync(file('line'), 'round and round and '.repeat(60));
  const options = ['--context', '16', '--width', '8', '--layers', '1', '--heads', '1', '--steps', '3'];
  const trained = await gpt(['train', '--text', file('line'), ...options, '--save', file('round')]);
  expect(trained).toMatchObject({ status: 0 });
  const written = await gpt(['--model', file('round'), '--letters', '12']);
  expect(written).toMatchObject({ status: 0 });
  expect(written.out).toHaveLength(14);
  const refusals = [
    [
      ['--prompt', 'a\n'],
      "Cannot encode: the letter '\\n' (U+000A) at place 1 is not in the vocabulary of 7 letters; leave it out of --prompt, or train a GPT on a text that has it: npm run gpt -- train --text FILE",
    ],
    [['--prompt', ''], 'Cannot write: the prompt must have 1 … 16 tokens, the context of the GPT, got 0'],
    [['--top-k', '8'], 'Cannot draw a token: topK must be at most 7, the size of the vocabulary, got 8'],
  ] as const;
  for (const [args, line] of refusals) {
    const { status, out, err } = await gpt(['--model', file('round'), ...args]);
    expect({ status, out, err }).toEqual({ status: 2, out: '', err: `${line}\n` });
  }
});
