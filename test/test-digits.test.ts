/** Test digits decide nothing: in each notebook one cell at most, tagged `final-test`, looks at them. */
import { describe, expect, test } from 'vitest';
import type { Cell, Notebook } from '../tools/notebooks/notebook-file';
import { filesBelow, readSource } from './sources';
import { testDigitFaults } from './test-digits';

/** Notebooks that do not keep the rule yet; the list may only shrink. */
const notYet: readonly string[] = [];

const notebooks = filesBelow('notebooks', /\.ipynb$/);

test('the list names notebooks that are there', () => {
  expect(notebooks).toEqual(expect.arrayContaining([...notYet]));
});

test.each(notebooks)('%s lets test digits decide nothing', (file) => {
  const faults = testDigitFaults(JSON.parse(readSource(file)));
  if (!notYet.includes(file)) return expect(faults).toEqual([]);
  expect(faults, `${file} keeps the rule: take it off the list`).not.toEqual([]);
});

const code = (id: string, source: string, ...tags: string[]): Cell => ({
  ...{ cell_type: 'code', id, source, outputs: [], execution_count: null },
  metadata: { tags },
});
const markdown = (id: string, source: string, ...tags: string[]): Cell => ({
  ...{ cell_type: 'markdown', id, source, metadata: { tags } },
});
const final = (source: string, id = 'final') => code(id, source, 'final-test');
const block = (source: string) =>
  markdown('sum-solution', `<details>\n\n\`\`\`ts\n${source}\n\`\`\`\n\n</details>`);
const faultsIn = (...cells: Cell[]) =>
  testDigitFaults({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 } satisfies Notebook);

describe('testDigitFaults()', () => {
  const outside = "x, line 1: 'test' outside the cell tagged final-test";

  test('finds nothing where the last cell alone looks at test digits', () => {
    const cells = [
      code('imports', "import { loadMnist } from './lib/data';"),
      code('load', 'const { train, validation } = await loadMnist();'),
      code('fit', 'const model = await fit(train, validation);', 'volatile'),
      markdown('words', 'The `test` digits, and\n```sh\nnpm test\n```'),
      final(
        "import { loadMnist } from './lib/data';\nconst { test } = await loadMnist();\nscore(model, test);",
      ),
      block('const sum = total(train.labels);'),
      code('claims', 'claim(loadMnist, model);'),
    ];
    expect(faultsIn(...cells)).toEqual([]);
  });

  test.each([
    ['a line of comment', '// test'],
    ['a comment', '/* the test digits */ f(1);'],
    ['a documentation', '/** @param test - digits */\nfunction f(a: number) {}'],
    ['a text', "f('test', \"test\", `test`, 'of the test digits');"],
    ['a function of that name', 'const fits = /^a/.test(name);'],
    ['a type of texts', "type Part = 'train' | 'test';"],
    ['a text with a value', '`test $' + '{train.count}`;'],
    ['a regular expression', '/test/.exec(text);'],
    ['a longer name', 'const testLimit = latest + tests;'],
  ])('passes over `test` in %s', (_, source) => expect(faultsIn(code('x', source))).toEqual([]));

  test.each([
    ['a variable', 'score(model, test);'],
    ['a property', 'score(model, mnist.test);'],
    ['a property whose function is called', 'mnist.test.slice(0, 10);'],
    ['a property by its text', "score(model, mnist['test']);"],
    ['what is taken out of an object', 'const { test } = await loadMnist();'],
    ['what is taken out under another name', 'const { train, test: judged } = await loadMnist();'],
    ['what is taken out by its text', "const { ['test']: judged } = await loadMnist();"],
    ['what is put into an object', 'const sets = { train, test };'],
    ['the key of an object', 'const sets = { test: mnist };'],
    ['a text with a value', '`$' + '{test.count} digits`;'],
    ['a text with a value in a text with a value', '`$' + '{`$' + '{test.count}`} digits`;'],
    ['a parameter', 'const f = (test: DigitSet) => 1;'],
    ['a type', "type Scores = Pick<Result, 'train'> & { test: Score };"],
    ['a line with two', 'f(test, test); // test'],
  ])('finds `test` as %s', (_, source) => {
    expect(faultsIn(code('x', source))).toEqual([outside]);
    expect(faultsIn(final(source))).toEqual([]);
  });

  test('names the line, after texts and comments of several lines', () => {
    expect(faultsIn(code('x', '/* test\ntest */\n`test\n`;\nf(test);'))).toEqual([
      "x, line 5: 'test' outside the cell tagged final-test",
    ]);
  });

  test('finds `test` in the ts blocks of Markdown, and in no others', () => {
    const words = markdown('y', '```js\nf(test);\n```\n\n`test`');
    expect(faultsIn(words, block('const sum = 1;\nf(test);'))).toEqual([
      "sum-solution.1, line 2: 'test' outside the cell tagged final-test",
    ]);
  });

  test('finds a second tagged cell, and a tag that is not on a code cell', () => {
    expect(faultsIn(final('f(test);', 'a'), final('g(test);', 'b'))).toEqual([
      'b: tagged final-test, as is a',
    ]);
    expect(faultsIn(markdown('y', '```ts\nf(test);\n```', 'final-test'))).toEqual([
      'y: tagged final-test, but it is no code cell',
      "y.1, line 1: 'test' outside the cell tagged final-test",
    ]);
  });

  const declaring = `const judged = await score(model, test), { loss, names: [first] } = judged;
let later;
function report() {}
class Report {}
type Judged = typeof judged;
for (const inner of [1]) f(inner);`;

  test.each([
    ['judged', 'f(judged);'],
    ['judged', 'const g = () => [judged.accuracy];'],
    ['judged', 'const all = { judged };'],
    ['judged', '`$' + '{judged}`;'],
    ['judged', 'let again: typeof judged;'],
    ['loss', 'if (loss < 1) f(1);'],
    ['loss', 'const g = ({ loss }: Score) => 1, h = loss;'],
    ['first', 'for (const each of [1]) f(first);'],
    ['later', 'later = 1;'],
    ['report', 'report();'],
    ['Report', 'new Report();'],
    ['Judged', 'let again: Judged;'],
  ])('finds that %s of the tagged cell is used in "%s"', (name, source) => {
    const fault = `line 1: uses '${name}' of the cell tagged final-test`;
    expect(faultsIn(code('before', source), final(declaring))).toEqual([`before, ${fault}`]);
    expect(faultsIn(final(declaring), code('after', source))).toEqual([`after, ${fault}`]);
    expect(faultsIn(final(declaring), block(source))).toEqual([`sum-solution.1, ${fault}`]);
  });

  test.each([
    'history.map(({ loss }) => 2 * loss);',
    'const loss = 1;\nf(loss);',
    'f(history.loss, { loss: 1 });',
    'const { loss: mine } = history;',
    'function f(judged: number) {\n  return judged;\n}',
    'interface Score {\n  loss: number;\n}',
    'f(inner); // judged',
  ])('passes over "%s", which is no use of the tagged cell', (source) => {
    expect(faultsIn(final(declaring), code('after', source))).toEqual([]);
  });

  test.each([
    'best = await score(model, test);',
    'best += 1;',
    'best ??= 1;',
    'best++;',
    '--best;',
    'best.loss = 1;',
    'best[0].loss = 1;',
    '[best] = f(test);',
    '({ loss: best } = f(test));',
    '({ best } = f(test));',
    'for (const one of test) best = one;',
  ])('finds that the tagged cell sets a variable of another cell: "%s"', (source) => {
    expect(faultsIn(code('x', 'let best;'), final(source))).toEqual([
      "final, line 1: assigns to 'best' of another cell",
    ]);
  });

  test('lets the tagged cell set its own variables and read those of others', () => {
    const source = 'let own = best.loss;\nown = best === own ? -best : 2 * best;\nown++;';
    expect(faultsIn(code('x', 'let best = f();'), final(source))).toEqual([]);
  });
});
