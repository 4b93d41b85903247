import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import type { CourseAnswer, Passage } from '../../lib/retrieval';
import { answerText, wrapped } from '../../tools/ask/answer-text';
import { askCommand } from '../../tools/ask/options';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ask-tool-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ask(...args: string[]) {
  const program = path.join(projectRoot(), 'tools', 'ask.ts');
  const options = { cwd: projectRoot(), encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', program, ...args],
    options,
  );
  return { status, out: stdout, err: stderr };
}

/** What the command line says to what it refuses; nothing is asked. */
async function refused(args: string[]): Promise<string> {
  let line = '';
  const program = askCommand(async () => expect.unreachable());
  program.exitOverride().configureOutput({
    ...program.configureOutput(),
    writeErr: (text) => {
      line += text;
    },
  });
  await program.parseAsync(args, { from: 'user' }).catch(() => {});
  return line;
}

test.each([
  [[], 'there is no question; ask one: npm run ask -- "'],
  [['', '  '], 'there is no question; ask one: npm run ask -- "'],
  [['--pasages', '3', 'x'], "unknown option '--pasages' (Did you mean --passages?)"],
  [['--passages', '0', 'x'], "argument '0' is invalid. It must be a whole number from 1 to 20."],
  [['--passages', 'two', 'x'], "argument 'two' is invalid. It must be a whole number from 1 to 20."],
  [['--measure', 'x'], "'--measure' takes no question, as it has its own"],
])('npm run ask -- %j is refused in one line', async (args, why) => {
  const line = await refused(args);
  expect(line).toMatch(/^error: [^\n]+ See: npm run ask -- --help\n$/);
  expect(line).toContain(why);
});

test('a question may stand in quotes or not', async () => {
  const asked: string[] = [];
  for (const args of [['why not zero?'], ['why', 'not', 'zero?']]) {
    await askCommand(async (question) => void asked.push(question)).parseAsync(args, { from: 'user' });
  }
  expect(asked).toEqual(['why not zero?', 'why not zero?']);
});

describe('npm run ask', () => {
  test('answers with passages of the course and where they stand, without colours in a file', () => {
    const { status, out, err } = ask('Why must the weights start at random?');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('notebooks/01-neural-networks.ipynb#cell-id=nn-break-title\n');
    expect(out.match(/#cell-id=/g)).toHaveLength(3);
    expect(out).not.toContain('\u001b');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('says that nothing was found, of what, and what helps', () => {
    const { status, out } = ask('How', 'do', 'I', 'cook', 'rice?');
    expect(status).toBe(0);
    expect(out).toMatch(/^Nothing found: .+\nThe course nowhere says: cook, rice\.\nAsk in other words/);
    expect(out.replace(/\s+/g, ' ')).toContain('the glossary, docs/notation.md.');
  });

  test.each([
    [['the', 'of'], "Cannot ask the course: there is no word to search for in 'the of'"],
    [['--folder', path.join(folder, 'none'), 'x'], 'Cannot read the course: '],
    [['--folder', folder, 'zebra'], 'Cannot read the notebook '],
  ])('%j: one line, and the remedy', (args, why) => {
    writeFileSync(path.join(folder, '01-broken.ipynb'), '{');
    const { status, out, err } = ask(...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^[^\n]+\n$/);
    expect(err).toContain(why);
    expect(err).toMatch(/name what it is about|`git checkout notebooks`/);
  });
});

describe('answerText()', () => {
  const passage: Passage = {
    notebook: '02-descent',
    title: '02 · Descent',
    heading: 'The $\\alpha$',
    cell: 'gd-rate',
    text: `Before it. The **rate** decides. ${'After it comes more. '.repeat(40).trim()}`,
  };
  const finding = { passage, sentence: 'The rate decides.', share: 0.8 };
  const answer: CourseAnswer = { found: true, findings: [finding], unknown: ['Kalman'] };

  test('has the place, the best sentence, what stands around it, the link, and the words that are not there', () => {
    const lines = answerText(answer, { width: 60, bold: false }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '02 · Descent › The α',
      '  The rate decides.',
      '  Before it. The rate decides. After it comes more. After it',
    ]);
    expect(lines).toContain('  notebooks/02-descent.ipynb#cell-id=gd-rate');
    expect(lines).toContain('The course nowhere says: Kalman.');
    expect(lines.filter((line) => line.endsWith('…'))).toHaveLength(1);
  });

  test('sets the best sentence in bold for a terminal', () => {
    expect(answerText(answer, { width: 60, bold: true })).toContain(
      '\n\u001b[1m  The rate decides.\u001b[0m\n',
    );
  });

  test('shows a passage that is the sentence once', () => {
    const short = { ...finding, passage: { ...passage, text: 'The **rate** decides.' } };
    const text = answerText({ ...answer, findings: [short] }, { width: 60, bold: false });
    expect(text.match(/decides/g)).toHaveLength(1);
  });

  test('where nothing is found, says what comes nearest', () => {
    const text = answerText({ ...answer, found: false }, { width: 200, bold: false });
    expect(text).toContain(
      'Nearest, if anything:\n  02 · Descent › The α, notebooks/02-descent.ipynb#cell-id=gd-rate',
    );
    const nothing = { found: false, findings: [], unknown: [] };
    expect(answerText(nothing, { width: 200, bold: false })).not.toMatch(/Nearest|nowhere says/);
  });
});

test('wrapped() breaks at spaces, and leaves a word whole that is longer than the line', () => {
  expect(wrapped('one two three', 7)).toBe('one two\nthree');
  expect(wrapped('one two three', 7, '  ')).toBe('  one\n  two\n  three');
  expect(wrapped('a notebooks/01-x.ipynb', 5)).toBe('a\nnotebooks/01-x.ipynb');
});
