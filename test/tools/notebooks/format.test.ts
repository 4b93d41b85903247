import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { claimMimeType, projectRoot } from '../../../lib/surroundings';
import { format, formatCode, isTooWide } from '../../../tools/notebooks/format';
import {
  type Cell,
  findNotebooks,
  type Notebook,
  readNotebook,
  writeNotebook,
} from '../../../tools/notebooks/notebook-file';

const folder = mkdtempSync(join(tmpdir(), 'descent-format-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Code cells `nb-1`, `nb-2`, …; a source that begins with a heading is a Markdown cell. */
function notebookOf(...sources: string[]): Notebook {
  const cells = sources.map((source, index): Cell => {
    const shared = { id: `nb-${index + 1}`, metadata: {}, source: source.split(/(?<=\n)/) };
    if (source.startsWith('#')) return { cell_type: 'markdown', ...shared };
    return { cell_type: 'code', execution_count: null, outputs: [], ...shared };
  });
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

const formatted = (...sources: string[]) => {
  const [one] = formatCode([{ file: '', name: '01-one', notebook: notebookOf(...sources) }]);
  return { ...one, sources: Object.fromEntries(one.sources) };
};

describe('formatCode()', () => {
  test('formats cells and blocks of text like lib, at 110 columns', () => {
    const call = (width: number) => `console.log('${'x'.repeat(width - 22)}', 1, 2);`;
    expect([call(110).length, call(111).length]).toEqual([110, 111]);
    const { sources, faults, changes } = formatted(
      'console.log( "a" )',
      call(110),
      call(111),
      '# Solution\n\n```ts\nconsole.log( "b" )\n```\n',
    );
    expect(sources).toEqual({
      'nb-1': "console.log('a');",
      'nb-3': `console.log(\n  '${'x'.repeat(89)}',\n  1,\n  2,\n);`,
      'nb-4': "# Solution\n\n```ts\nconsole.log('b');\n```\n",
    });
    expect(faults).toEqual([]);
    expect(changes[0]).toBe(`nb-1, line 1: 'console.log( "a" )' becomes 'console.log('a');'`);
    expect(changes.map((change) => change.split(',')[0])).toEqual(['nb-1', 'nb-3', 'nb-4.1']);
  });

  test('knows that cells go on: what a later cell uses, assigns or declares anew is no fault', () => {
    const { sources, faults } = formatted(
      "import {Vector, linearSpace} from './lib/maths';",
      'let best = 0;\nconst line: Vector = linearSpace(0, 1, 3);',
      'function answer(value: number): number {\n  return undefined;\n}',
      'best = answer(line[0]);\nconsole.log(best);',
      '# Solution\n\n```ts\nfunction answer(value: number): number {\n  return value;\n}\n```',
    );
    expect(Object.keys(sources)).toEqual(['nb-1']);
    expect(sources['nb-1']).toBe("import { Vector, linearSpace } from './lib/maths';");
    expect(faults).toEqual([]);
  });

  test.each([
    [
      'an import that no cell uses',
      ["import { join } from 'node:path';", 'console.log(1);'],
      "nb-1: no cell uses '{ join }' (lint/correctness/noUnusedImports)",
    ],
    [
      'a variable that no cell uses',
      ['const used = 1;\nconst spare = 2;', 'console.log(used);'],
      "nb-1: no cell uses 'spare' (lint/correctness/noUnusedVariables)",
    ],
    [
      'what the rules of lib forbid',
      ['const a = 1;', 'console.log(\n  a == 2,\n);'],
      /nb-2, line 1: .*\(lint\/suspicious\/noDoubleEquals\): 'console\.log\(a == 2\);'/,
    ],
    [
      'a block of text that is no whole code',
      ['# Text\n\n```ts\nconsole.log([1, …]);\n```'],
      /nb-1\.1, line 1: .*\(parse\): 'console\.log\(\[1, …\]\);'/,
    ],
    [
      'a wide comment',
      [`// ${'word '.repeat(21)}`.trim(), `// ${'x'.repeat(54)} ${'x'.repeat(54)}`],
      /nb-2, line 1: 112 columns, at most 110: '\/\/ x/,
    ],
  ])('reports %s', (_, sources, fault) => {
    const { faults } = formatted(...sources);
    expect(faults).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault as RegExp)]);
  });
});

describe('formatCode() of a cell whose code is hidden', () => {
  /** The faults of a notebook whose cell `nb-2` is hidden. */
  const faultsOf = (sources: string[], output?: Record<string, unknown>) => {
    const notebook = notebookOf(...sources);
    notebook.cells[1].metadata.jupyter = { source_hidden: true };
    if (output) notebook.cells[1].outputs = [{ output_type: 'display_data', data: output, metadata: {} }];
    return formatCode([{ file: '', name: '01-one', notebook }])[0].faults;
  };
  const imports = "import { claim } from './lib/course';\nconst loss = 1;";
  const claims = "const half = loss / 2;\nclaim('It is less.', half < loss);";

  test('finds nothing wrong with claims that define what they alone use', () => {
    expect(faultsOf([imports, claims, 'console.log(loss);'])).toEqual([]);
    expect(faultsOf([imports, claims], { [claimMimeType]: { met: true }, 'text/plain': '✓' })).toEqual([]);
  });

  test('takes names of the language, the kernel and the cell itself for what they are', () => {
    const later =
      'const other = [loss].map((half) => Math.round(half));\nconsole.log(other, process.argv, { half: 1 });';
    expect(faultsOf([imports, claims, later])).toEqual([]);
  });

  test.each([
    ['a variable', 'console.log(half);', 'half'],
    ['a variable, in a worked solution', '# Solution\n\n```ts\nconsole.log(half);\n```', 'half'],
  ])('reports %s that a later cell uses', (_, later, name) => {
    expect(faultsOf([imports, claims, later])).toEqual([
      `nb-2: its code is hidden, but another cell uses '${name}'`,
    ]);
  });

  test('reports functions, types, classes and imports that a later cell uses', () => {
    const hidden = [
      "import { join } from 'node:path';",
      'class Size {}',
      'type Side = number;',
      'function area(side: number): number {\n  return side ** 2;\n}',
      "claim('It is.', area(loss) === 1);",
    ].join('\n');
    const later = "const side: Side = 2;\nconsole.log(area(side), join('a', 'b'), new Size());";
    const names = faultsOf([imports, hidden, later]).map((fault) => /uses '(\w+)'$/.exec(fault)?.[1]);
    expect(names.sort()).toEqual(['Side', 'Size', 'area', 'join']);
  });

  test('reports a cell that claims nothing, whatever its comments say, or shows more than claims', () => {
    const silent = "// claim('It is.');\nconst other = { claim };\nother.claim('It is.', loss === 1);";
    expect(faultsOf([imports, silent])).toEqual(['nb-2: its code is hidden, but it makes no claim']);
    expect(faultsOf([imports, claims], { 'text/plain': 'a figure' })).toEqual([
      'nb-2: its code is hidden, but it shows more than claims',
    ]);
  });

  test('lets an open cell be as it likes', () => {
    expect(formatted(imports, claims, 'console.log(half);').faults).toEqual([]);
  });

  test('formats it as any other, and leaves it hidden', () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const file = join(folder, '02-hidden.ipynb');
      const notebook = notebookOf(imports, "claim( 'It is.', loss === 1 )");
      notebook.cells[1].metadata.jupyter = { source_hidden: true };
      writeNotebook(file, notebook);
      expect(format([readNotebook(file)], false)).toBe(true);
      const [, cell] = readNotebook(file).notebook.cells;
      expect(cell.source).toEqual(["claim('It is.', loss === 1);"]);
      expect(cell.metadata).toEqual({ jupyter: { source_hidden: true } });
    } finally {
      said.mockRestore();
    }
  });
});

describe('isTooWide()', () => {
  const word = 'x'.repeat(110);
  const sentence = 'It is so. '.repeat(11);

  test.each([
    ['a text of one word', `'${word}',`],
    ['a part of a longer text', `  \`${word}\` +`],
    ['a text given back', `  return "https://${word}";`],
    ['a comment of one word', `  // https://${word}`],
    ['a line of 110 columns', word],
    ['110 letters of two UTF-16 units', '𝜃'.repeat(110)],
  ])('lets %s be', (_, line) => {
    expect(isTooWide(line)).toBe(false);
  });

  test.each([
    ['a sentence', `'${sentence}',`],
    ['a template', `  \`${sentence}\${percent(share)}\` +`],
    ['a template with a space in its code', `  \`${word}\${percent(share, 0)}\`,`],
    ['a text that has its name before it', `const a = '${word}';`],
    ['two texts', `'${word}' + 'a',`],
    ['code', `${word};`],
    ['a comment of several words', `// see ${word}`],
    ['a comment behind code', `'a'; // ${word}`],
  ])('refuses %s', (_, line) => {
    expect(isTooWide(line)).toBe(true);
  });
});

describe('format()', () => {
  test('with check leaves the file alone and fails; else rewrites it, once', () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const file = join(folder, '01-one.ipynb');
      writeNotebook(file, notebookOf('console.log( 1 )', 'console.log(2);'));
      const before = readFileSync(file, 'utf8');
      expect(format([readNotebook(file)], true)).toBe(false);
      expect(said.mock.calls.flat()).toEqual([
        "✗ 01-one, nb-1, line 1: 'console.log( 1 )' becomes 'console.log(1);'",
        '1 pieces of code to be formatted (`npm run format`), 0 faults.',
      ]);
      expect(readFileSync(file, 'utf8')).toBe(before);

      expect(format([readNotebook(file)], false)).toBe(true);
      const after = readFileSync(file, 'utf8');
      expect(after).toBe(before.replace('console.log( 1 )', 'console.log(1);'));
      expect(format([readNotebook(file)], true)).toBe(true);
      expect(format([readNotebook(file)], false)).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe(after);
    } finally {
      said.mockRestore();
    }
  });

  test('names notebook, cell, line and columns of a line that is too wide, and leaves it', () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const file = join(folder, '03-wide.ipynb');
      const line = `  'It is so. ${'x'.repeat(100)}',`;
      const code = `console.log(\n${line}\n);`;
      writeNotebook(file, notebookOf(code, `# Solution\n\n\`\`\`ts\n${code}\n\`\`\``));
      for (const check of [true, false]) {
        said.mockClear();
        expect(format([readNotebook(file)], check)).toBe(false);
        expect(said.mock.calls.flat().slice(0, 2)).toEqual([
          `✗ 03-wide, nb-1, line 2: 115 columns, at most 110: '${line.trim()}'`,
          `✗ 03-wide, nb-2.1, line 2: 115 columns, at most 110: '${line.trim()}'`,
        ]);
      }
      expect(readNotebook(file).notebook.cells[0].source.at(1)).toBe(`${line}\n`);
    } finally {
      said.mockRestore();
    }
  });

  test('keeps the value that a cell shows: the kernel finds it behind a semicolon too', () => {
    const cells = ['[1, 2].map((x) => 2 * x)', "'text'", '({ a: 1 })'];
    const { sources } = formatted(...cells);
    expect(Object.values(sources)).toEqual(cells.map((code) => `${code};`));
    const { createCompiler } = createRequire(import.meta.url)('../../../kernel/tslab.js');
    const compiler = createCompiler();
    try {
      for (const code of [...cells, ...Object.values(sources)]) {
        expect(compiler.compile(code, '').lastExpression).toBeTypeOf('string');
      }
    } finally {
      compiler.close();
    }
  });
});

test("the course's code has no fault that formatting leaves", () => {
  const files = findNotebooks(join(projectRoot(), 'notebooks'));
  const faults = formatCode(files).flatMap(({ file, faults }) =>
    faults.map((fault) => `${file.name}, ${fault}`),
  );
  expect(faults).toEqual([]);
});
