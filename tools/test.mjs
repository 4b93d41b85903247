/**
 * npm test: sets up what is missing, the packages that only tests need too, then checks types, format and lint, the unit
 * tests, the notebooks and the course in a real browser. `-- --only types,unit` runs a part; `-- --all` runs the rest, the second
 * tier: what takes longer. At the end it lists what ran, slowest first, and then what failed.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { readOptions, runMain } from './setup/options.mjs';
import { elapsed } from './setup/progress.mjs';
import { Problem, root } from './setup/project.mjs';
import { setUp } from './setup.mjs';
import { failedNotebooks, failedTests, failureText } from './test/failures.mjs';
import { sharesOf } from './test/shares.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {import('./test/shares.mjs').Timed} Timed */
/** @typedef {import('./test/failures.mjs').Failure} Failure */
/** @typedef {Counts & { files?: Timed[], failures?: Failure[] }} Outcome - `files` where a part is made of some */

const out = path.join(root, 'out');
const lateTitle = 'failed, and passed at the second try: no failure of the run, but to be mended';
const notSkipped = 'skipped, which CI=true does not allow (the reasons that it allows: test/skips.ts)';

/**
 * Runs a program of the project's, its output going to the screen.
 *
 * @param {string[]} args - of node
 * @returns {boolean} whether it ended with 0
 */
function node(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** @param {string} name @param {string} bin */
function packageFile(name, bin) {
  return path.join(root, 'node_modules', name, bin);
}

/** @param {boolean} success @returns {Outcome} */
function one(success) {
  return { passed: success ? 1 : 0, failed: success ? 0 : 1, skipped: 0 };
}

/**
 * @param {string} project - of vitest.config.mts
 * @returns {Outcome}
 */
function vitest(project) {
  const report = path.join(out, `${project}.json`);
  const times = path.join(out, `${project}-times.json`);
  const skips = path.join(out, `${project}-skips.json`);
  const unsteady = path.join(out, `${project}-unsteady.json`);
  for (const file of [report, times, skips, unsteady]) fs.rmSync(file, { force: true });
  const reports = { DESCENT_TEST_TIMES: times, DESCENT_TEST_SKIPS: skips, DESCENT_TEST_UNSTEADY: unsteady };
  Object.assign(process.env, reports);
  const names = ['default', 'json', './test/skips.ts', './test/times.ts', './test/unsteady.ts'];
  const reporters = names.map((name) => `--reporter=${name}`);
  const options = ['--project', project, ...reporters, `--outputFile.json=${report}`];
  // A machine that others share may be late once; what passes at the second try is told.
  if (process.env.CI === 'true') options.push('--retry=1');
  const success = node(packageFile('vitest', 'vitest.mjs'), 'run', ...options);
  if (!fs.existsSync(report)) return one(false);
  const results = JSON.parse(fs.readFileSync(report, 'utf8'));
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
  /** @type {Failure[]} */
  const failures = failedTests(results, root);
  for (const [file, title, sign] of [
    [skips, notSkipped, '✗'],
    [unsteady, lateTitle, '⚠'],
  ]) {
    const names = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
    if (names.length > 0) failures.push({ title, lines: names, sign });
  }
  // A file that does not even load fails without a failed test.
  const failed = numFailedTests || (success ? 0 : 1);
  /** @type {Timed[]} */
  const files = fs.existsSync(times) ? JSON.parse(fs.readFileSync(times, 'utf8')) : [];
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests, files, failures };
}

/** @param {string[]} options - of the runner @returns {Outcome} */
function notebooks(...options) {
  const summary = path.join(out, 'notebooks', 'summary.json');
  fs.rmSync(summary, { force: true });
  const success = node(packageFile('tsx', 'dist/cli.mjs'), 'tools/notebooks.ts', 'test', ...options);
  if (!fs.existsSync(summary)) return one(false);
  /** @type {{ notebooks: { passed: number, failed: number }, reports: (Timed & { problems: string[] })[] }} */
  const { notebooks: counts, reports } = JSON.parse(fs.readFileSync(summary, 'utf8'));
  const files = reports.map(({ name, seconds }) => ({ name: `notebooks/${name}.ipynb`, seconds }));
  const failures = failedNotebooks(reports);
  return { ...counts, failed: counts.failed || (success ? 0 : 1), skipped: 0, files, failures };
}

/** @type {Record<string, () => Outcome>} */
const parts = {
  types: () => {
    const tsc = packageFile('typescript', 'bin/tsc');
    const all = node(tsc, '--noEmit');
    // What runs in a browser knows other globals.
    const page = node(tsc, '--noEmit', '-p', 'tools/book/page');
    return one(all && page);
  },
  lint: () => {
    const lib = node(packageFile('@biomejs/biome', 'bin/biome'), 'check', '.');
    const cells = node(packageFile('tsx', 'dist/cli.mjs'), 'tools/notebooks.ts', 'format', '--check');
    return one(lib && cells);
  },
  unit: () => vitest('unit'),
  notebooks: () => notebooks(),
  browser: () => vitest('browser'),
  slow: () => vitest('slow'),
  release: () => vitest('release'),
  // Without the stored results, which all editions share: that they are still what comes out. The first tier has read them in
  // English, so the other editions compute them, where there are any.
  anew: () => {
    const others = languages().map((language) => notebooks('--lang', language, '--no-cache'));
    return others.length > 0 ? together(others) : notebooks('--no-cache');
  },
};

/** @returns {string[]} the languages besides English in which there is an edition of the course */
function languages() {
  const folder = path.join(root, 'notebooks');
  return fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, 'edition.json')));
}

/** @param {Outcome[]} outcomes @returns {Outcome} */
function together(outcomes) {
  const sum = (/** @type {keyof Counts} */ kind) => outcomes.reduce((total, each) => total + each[kind], 0);
  const files = outcomes.flatMap((each) => each.files ?? []);
  const failures = outcomes.flatMap((each) => each.failures ?? []);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), files, failures };
}

/** What `npm test` leaves to `npm test -- --all`. */
const secondTier = ['slow', 'anew'];

/** What only `--only` asks for: it takes longer still, see RELEASING.md. */
const thirdTier = ['release'];

runMain(async () => {
  const { only, all } = readOptions('npm test', { only: { type: 'string' }, all: { type: 'boolean' } });
  if (only && all) throw new Problem('--only and --all: both say what to run', 'give one of them');
  const names = Object.keys(parts);
  const wanted = only
    ? only.split(',')
    : names.filter((name) => secondTier.includes(name) === Boolean(all) && !thirdTier.includes(name));
  const unknown = wanted.find((part) => !(part in parts));
  if (unknown !== undefined) {
    throw new Problem(`--only: there is no part '${unknown}'`, `name some of ${names.join(', ')}`);
  }
  await setUp({ dev: true });
  fs.mkdirSync(out, { recursive: true });
  /** @type {Counts} */
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const lines = [];
  /** @type {Timed[]} */
  const took = [];
  /** @type {string[]} */
  const wrong = [];
  for (const part of wanted) {
    console.log(`\n── ${part}`);
    const start = Date.now();
    const counts = parts[part]();
    for (const kind of /** @type {(keyof Counts)[]} */ (Object.keys(total))) {
      total[kind] += counts[kind];
    }
    const { passed, failed, skipped, files, failures } = counts;
    took.push(...(files ?? [{ name: part, seconds: (Date.now() - start) / 1000 }]));
    wrong.push(...(failures ?? []).map(failureText));
    const sign = failed ? '✗' : '✓';
    lines.push(`${sign} ${part}: ${passed} passed, ${failed} failed, ${skipped} skipped (${elapsed(start)})`);
  }
  console.log(`\nSlowest first; some run side by side:\n${sharesOf(took).join('\n')}`);
  if (wrong.length > 0) console.log(`\n${wrong.join('\n')}`);
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed ? 1 : 0;
});
