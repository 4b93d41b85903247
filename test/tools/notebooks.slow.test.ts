import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { projectPython } from '../../tools/notebooks/execute';
import { joined, readNotebook } from '../../tools/notebooks/notebook-file';
import { whyNotBake } from '../../tools/pictures';
import { npmCommand } from '../../tools/setup/packages.mjs';
import { processes, update } from '../../tools/setup/process-table.mjs';

// Each test starts the runner, and most start kernels: minutes on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

const fixtures = path.join(__dirname, '../fixtures/notebooks');
const noKernel = projectPython() ? '' : ' (skipped: there is no .venv with a kernel; run npm run setup)';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'descent-runner-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs the command as `npm run notebooks -- …` does. */
function notebooks(...options: string[]): Promise<{ code: number | null; output: string }> {
  const all = ['--import', 'tsx', 'tools/notebooks.ts', ...options, '--out', path.join(scratch, 'out')];
  if (!options.includes('--folder')) all.push('--folder', fixtures);
  const child = spawn(process.execPath, all, { cwd: projectRoot() });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const summary = () => JSON.parse(readFileSync(path.join(scratch, 'out', 'summary.json'), 'utf8'));
const executed = (name: string) => readNotebook(path.join(scratch, 'out', `${name}.ipynb`)).notebook;
const printed = (name: string, id: string) =>
  executed(name)
    .cells.find((cell) => cell.id === id)
    ?.outputs?.map(({ text }) => joined(text))
    .join('') ?? '';

describe.skipIf(noKernel)(`what fails is caught${noKernel}`, () => {
  test('nothing, where all is well', async () => {
    const { code, output } = await notebooks('test', '01');
    expect(output).toContain('1 notebooks passed, 0 failed; 3 claims met, 0 not; 1 exercises checked.');
    expect(code).toBe(0);
    expect(summary()).toMatchObject({ notebooks: { passed: 1, failed: 0 }, stale: 0 });
    expect(summary().reports[0].peakBytes).toBeGreaterThan(50e6);
  });

  test.each<[string, string, RegExp[]]>([
    [
      '02',
      'a false claim, and the notebook goes on',
      [
        /✗ 02-false-claim/,
        /Claim not met in false-claim: Two and two are at least five\. Measured 4; claimed at least 5\./,
        /1 claims met, 1 not/,
      ],
    ],
    [
      '03',
      'a broken solution, an exercise without one, and one that is committed solved',
      [
        /'broken-sum': worked solution must come out 'solved', got 'wrong'\. 4 is too small\./,
        /'broken-bare' needs the cells 'broken-bare-answer', 'broken-bare-check' and 'broken-bare-solution'/,
        /'broken-solved': the notebook as committed must come out 'unsolved', got 'solved'/,
        /'broken-solved' has no ```ts block under 'A common mistake'/,
      ],
    ],
    [
      '04',
      'mistakes and a spoilt answer that pass',
      [
        /'passing-even': a common mistake must come out 'wrong', got 'solved'/,
        /'passing-even': another mistake \(mistake-2\) must come out 'wrong', got 'solved'/,
        /'passing-even': a spoilt answer \(constant: it always returns its first value\) comes out 'solved'/,
      ],
    ],
    [
      '06',
      'an error in a cell: notebook, cell number, source and traceback',
      [
        /06-cell-error, cell 3 \(error-cell\): RangeError/,
        /\n +\| function lookUp\(index: number\): number \{\n/,
        /RangeError: Cannot look up: index must be < 3, got 7/,
        /at lookUp \(Cell \[2\], line 2\)/,
      ],
    ],
    ['07', 'a type error', [/07-type-error, cell 2 \(type-cell\)/, /TS2322/]],
    ['10', 'a kernel that dies', [/cell 2 \(dead-cell\): DeadKernelError/, /The kernel died/]],
    [
      '11',
      'a solution that throws, with the number of the committed cell',
      [/11-solution-error, cell 5 \(thrown-one-solution\): SyntaxError/, /JSON\.parse\('no JSON'\)/],
    ],
  ])('%s: %s', async (wanted, _, reported) => {
    const { code, output } = await notebooks('test', wanted);
    for (const pattern of reported) expect(output).toMatch(pattern);
    expect(output).toContain('0 notebooks passed, 1 failed');
    expect(code).toBe(1);
  });

  test('what comes behind a false claim runs, what comes behind an error does not', async () => {
    await notebooks('test', '02', '06');
    expect(printed('02-false-claim', 'false-after')).toBe('the notebook goes on\n');
    expect(printed('06-cell-error', 'error-after')).toBe('');
    expect(summary().notebooks).toEqual({ passed: 0, failed: 2 });
  });

  test('a cell that loops or waits for ever is ended at the limit, and its kernel with it', async () => {
    const { code, output } = await notebooks('run', '08', '09', '--limit', '2');
    expect(code).toBe(1);
    expect(output).toMatch(/08-endless-loop, cell 3 \(loop-cell\): TimeoutError\n +\| for \(;;\) \{\}/);
    expect(output).toMatch(/09-endless-wait, cell 3 \(wait-cell\): TimeoutError/);
    expect(output).toContain('The cell ran longer than 2 seconds.');
    for (const [name, id] of [
      ['08-endless-loop', 'loop-pid'],
      ['09-endless-wait', 'wait-pid'],
    ]) {
      const pid = Number(/\d+/.exec(printed(name, id)));
      expect(pid).toBeGreaterThan(0);
      expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    }
  });
});

const noSignals =
  process.platform === 'win32' ? ' (skipped: Windows ends a process without telling its children)' : '';

describe.skipIf(noKernel || noSignals)(`kill -9${noKernel || noSignals}`, () => {
  const [npm, ...npmOptions] = npmCommand();
  const ways: [string, string, string[]][] = [
    ['the runner', process.execPath, ['--import', 'tsx', 'tools/notebooks.ts']],
    ['npm', npm, [...npmOptions, 'run', 'notebooks', '--']],
  ];
  const cells: [string, string][] = [
    ['waits', 'await new Promise(() => {});'],
    ['loops', 'for (;;) {}'],
  ];
  test.each(ways.flatMap((way) => cells.map((cell) => [...way, ...cell] as const)))(
    'of %s (%s %j) leaves no driver and no kernel whose cell %s',
    async (_, command, options, __, code) => {
      const folder = mkdtempSync(path.join(scratch, 'killed-'));
      const marker = path.join(folder, 'pid');
      const { notebook } = readNotebook(path.join(fixtures, '09-endless-wait.ipynb'));
      const source = [
        "import { writeFileSync } from 'node:fs';",
        `writeFileSync(${JSON.stringify(marker)}, process.pid + '\\n');`,
        code,
      ].join('\n');
      const cell = {
        cell_type: 'code',
        id: 'stay',
        metadata: {},
        source,
        outputs: [],
        execution_count: null,
      };
      writeFileSync(path.join(folder, '01-stay.ipynb'), JSON.stringify({ ...notebook, cells: [cell] }));
      const all = [...options, 'run', '01', '--folder', folder, '--out', path.join(folder, 'out')];
      const child = spawn(command, all, { cwd: projectRoot(), stdio: 'ignore' });
      const pid = () => Number(existsSync(marker) && /^(\d+)\n$/.exec(readFileSync(marker, 'utf8'))?.[1]);
      await expect.poll(pid, { timeout: 300_000 }).toBeGreaterThan(0);
      const family: Parameters<typeof update>[0] = new Map();
      update(family, child.pid as number);
      expect([...family.keys()]).toContain(pid());
      const born = new Set([...family.values()].map((one) => one.born + one.pid));
      child.kill('SIGKILL');
      const left = () => processes().filter((one) => born.has(one.born + one.pid));
      await expect.poll(left, { timeout: 120_000 }).toEqual([]);
    },
  );
});

describe.skipIf(noKernel)(`check and run --save${noKernel}`, () => {
  test('check lists stale cells, and not times nor what lies within the tolerance', async () => {
    const { code, output } = await notebooks('check', '05');
    expect(code).toBe(1);
    expect(output).toMatch(/stale-number: .*'the loss is 0\.3433' is committed, 'the loss is 0\.3333'/);
    expect(output).toMatch(/stale-words: .*'cats' is committed, 'cats and dogs' comes out/);
    expect(output).not.toMatch(/stale-(time|near)/);
    expect(output).toContain('1 stale.');
    const strict = await notebooks('check', '05', '--tolerance', '1e-9');
    expect(strict.output).toContain('stale-near');
  });

  test('run --save mends them, twice gives no diff, and check is clean right after', async () => {
    const folder = mkdtempSync(path.join(scratch, 'saved-'));
    const files = ['01-fine', '05-stale', '06-cell-error'].map((name) => `${name}.ipynb`);
    for (const file of files) copyFileSync(path.join(fixtures, file), path.join(folder, file));
    const texts = () => files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const [fine, stale, broken] = texts();

    const saved = await notebooks('run', '--save', '--folder', folder);
    expect(saved.code).toBe(1);
    const once = texts();
    expect(once[0]).toBe(fine);
    expect(once[1]).not.toBe(stale);
    expect(once[1]).toContain('cats and dogs');
    expect(once[2]).toBe(broken);

    await notebooks('run', '--save', '--folder', folder);
    expect(texts()).toEqual(once);
    const check = await notebooks('check', '01', '05', '--folder', folder);
    expect(check.output).toContain('0 stale.');
    expect(check.code).toBe(0);
    expect(existsSync(path.join(folder, 'docs'))).toBe(false);
  });

  test('refuses to save outputs of other knobs', async () => {
    const { code, output } = await notebooks('run', '01', '--save', '--set', 'epochs=3');
    expect(code).toBe(1);
    expect(output).toContain('drop --save or --set');
  });
});

describe.skipIf(noKernel)(`run --set and --html${noKernel}`, () => {
  test('executes a copy with the value, writes a page, and leaves the committed file alone', async () => {
    const file = path.join(fixtures, '01-fine.ipynb');
    const before = readFileSync(file, 'utf8');
    const { code, output } = await notebooks('run', '01', '--set', 'epochs=3', '--html');
    expect(output).toContain('01-fine.html');
    expect(code).toBe(0);
    expect(printed('01-fine', 'fine-walk')).toBe('sgd: 3, 1.5, 0.75, 0.375\n');
    const injected = executed('01-fine').cells.find(({ id }) => id === 'injected-parameters');
    expect(injected?.metadata.tags).toEqual(['injected-parameters']);
    const page = readFileSync(path.join(scratch, 'out', '01-fine.html'), 'utf8');
    expect(page).toContain('3, 1.5, 0.75, 0.375');
    expect(page).not.toContain('<script');
    if (!(await whyNotBake())) {
      const [, picture] = /<img[^>]+src="(figures\/[^"]+\.png)"/.exec(page) ?? [];
      expect(existsSync(path.join(scratch, 'out', String(picture)))).toBe(true);
    }
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('warns of a value outside its range, before and in the run, and runs', async () => {
    const { code, output } = await notebooks('run', '01', '--set', 'learningRate=1.5');
    expect(output).toContain('⚠ 01-fine: learningRate = 1.5 lies outside its range 0.001 … 1');
    expect(printed('01-fine', 'injected-parameters')).toContain('⚠ learningRate = 1.5');
    expect(output).toContain('Claim not met');
    expect(code).toBe(1);
  });

  test('a claim about times that is not met is told, and fails a run, not a test', async () => {
    const folder = mkdtempSync(path.join(scratch, 'timed-'));
    const notebook = JSON.parse(readFileSync(path.join(fixtures, '02-false-claim.ipynb'), 'utf8'));
    const cell = notebook.cells.find(({ id }: { id: string }) => id === 'false-claim');
    cell.metadata.tags = ['volatile'];
    writeFileSync(path.join(folder, '02-false-claim.ipynb'), JSON.stringify(notebook));
    const tested = await notebooks('test', '02', '--folder', folder);
    expect(tested.output).toMatch(
      /Claim about this machine or moment, which fails no test, not met in false-claim: Two and two/,
    );
    expect(tested.output).toContain('1 claims met, 1 not');
    expect(tested.code).toBe(0);
    const run = await notebooks('run', '02', '--folder', folder);
    expect(run.output).toContain('Claim not met in false-claim: Two and two');
    expect(run.code).toBe(1);
  });

  test('at other knobs than the claimed ones, claims do not apply and fail nothing', async () => {
    const folder = mkdtempSync(path.join(scratch, 'claimed-'));
    const text = readFileSync(path.join(fixtures, '01-fine.ipynb'), 'utf8');
    const claimed = "{ learningRate: 0.5, epochs: 4, optimizer: 'sgd', start: [3, -1] }";
    const call = 'knobs({ learningRate, epochs, optimizer, start }';
    expect(text).toContain(`${call});`);
    writeFileSync(path.join(folder, '01-fine.ipynb'), text.replace(call, `${call}, ${claimed}`));
    const changed = await notebooks('run', '01', '--folder', folder, '--set', 'learningRate=0.9');
    expect(changed.output).toContain('0 claims met, 0 not, 3 do not apply; 0 exercises checked.');
    expect(changed.code).toBe(0);
    expect(summary().claims).toEqual({ met: 0, unmet: 0, notApplicable: 3 });
    expect(summary().reports[0].claims[0].changed).toEqual([
      { name: 'learningRate', value: '0.9', claimedAt: '0.5' },
    ]);
    const same = await notebooks('run', '01', '--folder', folder, '--set', 'learningRate=0.5');
    expect(same.output).toContain('3 claims met, 0 not; 0 exercises checked.');
  });

  test('counts no claim of an earlier run in cells that an error keeps it from', async () => {
    // The ninth cell of the copy, which holds the injected one.
    const { code, output } = await notebooks('run', '01', '--set', 'epochs=-1');
    expect(output).toMatch(/cell 9 \(fine-claims\): TypeError/);
    expect(output).toContain('0 claims met, 1 not');
    expect(code).toBe(1);
  });

  test.each([
    ['rate=1', "it has no knob 'rate'. Its knobs are:"],
    ['learningRate=fast', 'learningRate must be a number. Its knobs are:'],
    ['optimizer=nadam', 'optimizer must be one of sgd | adam'],
  ])('refuses %s and runs nothing', async (setting, why) => {
    const { code, output } = await notebooks('run', '01', '--set', setting);
    expect(output).toContain(why);
    expect(output).not.toContain('claims met');
    expect(code).toBe(1);
  });
});

describe.skipIf(noKernel)(`knobs${noKernel}`, () => {
  test('finds the end of a range at which NaN is printed, and does not try it twice', async () => {
    const folder = mkdtempSync(path.join(scratch, 'knobs-'));
    const { notebook, ...rest } = readNotebook(path.join(fixtures, '01-fine.ipynb'));
    const kept = ['fine-imports', 'fine-knobs', 'fine-walk'].flatMap(
      (id) => notebook.cells.find((cell) => cell.id === id) ?? [],
    );
    const sources = [
      "import { knobs } from './lib/course';",
      'const count = 1; // 0 … 1: whole ones\nknobs({ count }, { count: 1 });',
      'console.log(count / count);',
    ];
    const cells = kept.map((cell, place) => ({ ...cell, source: sources[place], outputs: [] }));
    writeFileSync(path.join(folder, `${rest.name}.ipynb`), JSON.stringify({ ...notebook, cells }));
    const first = await notebooks('knobs', '01', '--folder', folder);
    expect(first.output).toContain('1 trials, 0 of them made before; 1 left');
    expect(first.output).toMatch(/^01-fine +count=0 +fine-walk: NaN in its text$/m);
    expect(first.code).toBe(1);
    const second = await notebooks('knobs', '01', '--folder', folder);
    expect(second.output).toContain('1 trials, 1 of them made before; 0 left');
    expect(second.output).toMatch(/^01-fine +count=0 +fine-walk: NaN in its text$/m);
    expect(second.code).toBe(1);
  });
});

describe('list, claims, sizes and bad options', () => {
  test('list shows title, reading time and knobs', async () => {
    const { code, output } = await notebooks('list', '01', '02');
    expect(output).toContain('01-fine: 01 · All is well, 2 minutes');
    expect(output).toMatch(/start = \[3, -1\] +\(-5\.0 … 5\.0\) +where it begins/);
    expect(output).toContain('02-false-claim: 02 · A false claim');
    expect(code).toBe(0);
  });

  test('claims prints all claims of the committed outputs, and writes no docs of other notebooks', async () => {
    const docs = path.join(projectRoot(), 'docs', 'claims.md');
    const before = existsSync(docs) && readFileSync(docs, 'utf8');
    const { code, output } = await notebooks('claims');
    expect(output.match(/^✓ 01-fine fine-claims: /gm)).toHaveLength(3);
    expect(output).toContain('It stays | above zero. Measured 0.1875; claimed at least 0.01.');
    expect(code).toBe(0);
    expect(existsSync(docs) && readFileSync(docs, 'utf8')).toBe(before);
  });

  test('sizes lists each notebook', async () => {
    const { code, output } = await notebooks('sizes');
    expect(output).toMatch(/^\| 01 · All is well \| 2 \| \d+ kB \| /m);
    expect(output).toMatch(/^\| \*all together\* \| \d+ \| \d+ kB \| /m);
    expect(code).toBe(0);
  });

  test('format --check names what is to be formatted, format does it', async () => {
    const folder = mkdtempSync(path.join(scratch, 'formatted-'));
    const file = path.join(folder, '01-fine.ipynb');
    copyFileSync(path.join(fixtures, '01-fine.ipynb'), file);
    const before = readFileSync(file, 'utf8');
    const check = await notebooks('format', '--check', '--folder', folder);
    expect(check.output).toContain('✗ 01-fine, fine-figure, line 1: ');
    expect(check.code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect((await notebooks('format', '--folder', folder)).code).toBe(0);
    expect((await notebooks('format', '--check', '--folder', folder)).code).toBe(0);
  });

  test.each([
    [['run', '99'], /Cannot find a notebook '99'; there are: 01-fine, /],
    [['run', '01', '--jobs', '0'], /whole number >= 1/],
    [['run', '01', '--limit', 'soon'], /whole number >= 1/],
    [['check', '01', '--tolerance', 'little'], />= 0 and < 1/],
    [['run', '01', '--frobnicate'], /unknown option/],
    [['frobnicate'], /unknown command/],
    [['list', '--folder', '/nowhere'], /no such file|Cannot find/],
  ])('%j is refused in words', async (options, why) => {
    const { code, output } = await notebooks(...options);
    expect(output).toMatch(why);
    expect(output).not.toMatch(/\n {4}at /);
    expect(code).toBe(1);
  });
});
