/** `npm run notebooks -- list | run | test | check | knobs | claims | sizes | links | docs | thumbnails | format`: executes and checks the notebooks. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type ClaimStatus,
  claimSigns,
  plotlyMimeType,
  projectRoot,
  settings,
  statusOf,
  translationSettings,
} from '../lib/surroundings';
import {
  megabytes,
  type RunReport,
  sizesTable,
  writeClaimsTable,
  writeDocs,
  writeSizes,
} from './notebooks/docs';
import { type Execution, execute, inParallel } from './notebooks/execute';
import { format } from './notebooks/format';
import { tryKnobs } from './notebooks/knob-runs';
import { faultOf, isExternal, linksOf } from './notebooks/links';
import {
  findNotebooks,
  hasTag,
  knobsOf,
  type Notebook,
  type NotebookFile,
  readingMinutes,
  replaceFile,
  titleOf,
  writeNotebook,
} from './notebooks/notebook-file';
import {
  claimsOf,
  homeOf,
  judgeTrials,
  type PlacedClaim,
  withoutAdded,
  withTrials,
} from './notebooks/outcome';
import { listKnobs, setKnobs } from './notebooks/parameters';
import { type Results, staleResults, storeResults } from './notebooks/results';
import { defaultTolerance, merge, normalise, staleCells } from './notebooks/stored';
import { openBaker, whyNotBake, writeThumbnails } from './pictures';
import { watchNpm } from './setup/guarded.mjs';
import { writeNotebookHashes } from './setup/notebook-hashes.mjs';
import { makeFolder } from './setup/project.mjs';
import { type Edition, languagesIn, readEdition } from './translate/edition';
import { editionAt, environmentOf } from './translate/environment';

/** What the options of the command line say. */
interface Options {
  folder: string;
  lang?: string;
  out: string;
  jobs: number;
  limit: number;
  tolerance: number;
  set: string[];
  only: string[];
  save: boolean;
  refresh: boolean;
  html: boolean;
  cache: boolean;
  check: boolean;
}

/** What became of one notebook; the tests read it from `out/notebooks/summary.json`. */
export interface NotebookReport extends RunReport {
  passed: boolean;
  claims: PlacedClaim[];
  exercisesChecked: number;
  /** all that failed, in words */
  problems: string[];
  /** cells whose committed outputs differ from the fresh ones */
  stale: string[];
}

interface Done {
  file: NotebookFile;
  report: NotebookReport;
  fresh?: Notebook;
  /** stores the results of its experiments */
  store(): void;
}

const root = projectRoot();

function program(): Command {
  const command = new Command('notebooks').description('Executes and checks the notebooks.');
  const shared = (name: string, what: string, out = 'notebooks') =>
    command
      .command(`${name} [notebooks...]`)
      .description(what)
      .option('--folder <folder>', 'where the notebooks lie', path.join(root, 'notebooks'))
      .option('--lang <language>', 'of this edition, not the English ones')
      .option('--out <folder>', 'where executed copies go', path.join(root, 'out', out))
      .option('--jobs <count>', 'how many at a time', wholeNumber, os.availableParallelism())
      .option('--limit <seconds>', 'how long one cell may take', wholeNumber, 3600)
      .option('--tolerance <share>', 'how far numbers may differ', share, defaultTolerance);
  shared('list', 'number, title, reading time and knobs').action(act(list));
  shared('run', 'execute; with --save, rewrite the committed outputs')
    .option('--set <name=value>', 'set a knob (repeatable)', append, [])
    .option('--save', 'rewrite the outputs in place', false)
    .option('--refresh', 'with --save: write volatile outputs anew too', false)
    .option('--html', 'also write a page', false)
    .option('--no-cache', 'run the experiments anew')
    .action(act(run));
  shared('test', 'execute with the stored results, every worked solution and common mistake')
    .option('--no-cache', 'run the experiments anew')
    .action(act(test));
  shared('check', 'compare the committed outputs with a fresh execution').action(act(check));
  shared('knobs', 'execute with each knob at both ends of its range, or at each choice', 'knobs')
    .option('--only <knob>', 'this knob alone, or at one value, as name=value (repeatable)', append, [])
    .option('--no-cache', 'try anew what was tried before')
    .action(act(tryKnobs));
  shared('claims', 'all claims with their figures, also into docs/claims.md').action(act(claims));
  shared('sizes', 'size, and run time and peak memory of the last run, of each')
    .option('--save', 'write docs/sizes.md, too', false)
    .action(act(sizes));
  shared('links', 'all links; fails if one leads nowhere').action(act(links));
  shared(
    'docs',
    'write docs/claims.md, the map in notebook 00, both in every language, and the hashes in notebooks/SHA256SUMS',
  ).action(act(docs));
  shared('thumbnails', 'draw docs/pictures/NN.png, the small pictures of the README').action(
    act(async (files) => {
      await writeThumbnails(files);
      return true;
    }),
  );
  shared('format', 'format the code in place, and say what is wrong with it besides')
    .option('--check', 'change nothing, and fail if something is to be formatted', false)
    .action(act(formatAll));
  return command;
}

/** With the whole course, its editions in other languages, too. */
function formatAll(files: NotebookFile[], options: Options): boolean {
  const whole = isCourse(options) && files.length === findNotebooks(options.folder).length;
  const editions = whole ? languagesIn().map((language) => findNotebooks(readEdition(language).folder)) : [];
  return [files, ...editions].map((each) => format(each, options.check)).every(Boolean);
}

function act(action: (files: NotebookFile[], options: Options) => Promise<boolean> | boolean) {
  return async (wanted: string[], options: Options) => {
    if (options.lang) options.folder = readEdition(options.lang, options.folder).folder;
    const edition = editionAt(options.folder);
    // What this process itself says of an output, as a picture's alternative text, is in its language, too.
    if (edition) process.env[translationSettings.language] = edition.language;
    const files = findNotebooks(options.folder, wanted);
    if (files.length === 0) throw new Error(`Cannot find a notebook in ${options.folder}`);
    if (!(await action(files, options))) process.exitCode = 1;
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number >= 1.');
  return number;
}

function share(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= 0 && number < 1)) throw new InvalidArgumentError('It must be >= 0 and < 1.');
  return number;
}

const append = (text: string, list: string[]) => [...list, text];

function list(files: NotebookFile[]): boolean {
  for (const file of files) {
    const minutes = readingMinutes(file);
    console.log(`${file.name}: ${titleOf(file)}${minutes ? `, ${minutes} minutes` : ''}`);
    if (knobsOf(file).length > 0) console.log(listKnobs(knobsOf(file)));
  }
  return true;
}

async function run(files: NotebookFile[], options: Options): Promise<boolean> {
  if (options.save && options.set.length > 0) {
    throw new Error('Cannot save outputs of other knobs than the committed ones: drop --save or --set');
  }
  const prepared = files.map((file) => setKnobs(file, options.set));
  for (const { file, warnings } of prepared) {
    for (const warning of warnings) console.warn(`⚠ ${file.name}: ${warning}`);
  }
  const done = await executeAll(
    prepared.map(({ file }) => file),
    options,
    plain,
  );
  if (options.save) await save(done, options);
  if (options.html) await pages(done, options);
  return conclude(done, options);
}

async function test(files: NotebookFile[], options: Options): Promise<boolean> {
  return conclude(await executeAll(files, options, tried), options);
}

async function check(files: NotebookFile[], options: Options): Promise<boolean> {
  const done = await executeAll(files, { ...options, cache: false }, plain);
  const stale = done.filter(({ report }) => report.stale.length > 0);
  for (const { report } of stale) {
    console.log(`✗ ${report.name}: stale outputs`);
    for (const line of report.stale) console.log(`    ${line}`);
  }
  const fine = conclude(done, options, `, ${stale.length} stale`);
  if (stale.length > 0) console.log('`npm run notebooks -- run NN --save` writes them anew.');
  return fine && stale.length === 0;
}

/** How a notebook is prepared before it runs, and what its executed copy is judged by. */
interface Way {
  prepare(notebook: Notebook): { notebook: Notebook; problems: string[] };
  judge(executed: Notebook): { checked: number; problems: string[] };
  /** whether the results that come with the course must be those of its code */
  results: boolean;
  /** whether a claim about times, which another machine or a busy one may not meet, fails the notebook */
  times: boolean;
}

const plain: Way = {
  prepare: (notebook) => ({ notebook, problems: [] }),
  judge: () => ({ checked: 0, problems: [] }),
  results: false,
  times: true,
};

const tried: Way = { prepare: withTrials, judge: judgeTrials, results: true, times: false };

async function executeAll(files: NotebookFile[], options: Options, way: Way): Promise<Done[]> {
  const edition = editionAt(options.folder);
  const tasks = files.map((file) => async (): Promise<Done> => {
    const { notebook, problems } = way.prepare(file.notebook);
    const target = path.join(options.out, ...(edition ? [edition.language] : []), `${file.name}.ipynb`);
    const onCell = progress(file.name);
    const results: Results = {
      notebook: edition ? `${edition.language}/${file.name}` : file.name,
      stored: path.join(root, 'notebooks', 'results'),
      kept: path.join(root, 'out', 'experiments', ...(edition ? [edition.language] : []), file.name),
    };
    const began = Date.now();
    const execution = await execute(notebook, target, {
      limit: options.limit,
      environment: {
        ...(options.cache
          ? { [settings.experiments]: path.relative(root, results.kept) }
          : { [settings.noCache]: '1' }),
        ...(edition && environmentOf(edition, file)),
      },
      onCell,
    });
    if (way.results && options.cache && !execution.failure && (edition || isCourse(options))) {
      problems.push(...staleResults(execution.notebook, results, began));
    }
    // Without a cache nothing was kept: what is stored may still be right.
    const store = () => {
      if (options.cache) storeResults(execution.notebook, results, began);
    };
    return { ...judge(file, execution, problems, way, options), store };
  });
  return inParallel(tasks, options.jobs);
}

/** A line for each quarter done but the last. */
function progress(name: string) {
  let quarter = 0;
  return (done: number, of: number) => {
    const now = Math.floor((4 * done) / of);
    if (now > quarter && now < 4) console.log(`  ${name}: ${done} of ${of} cells`);
    quarter = Math.max(quarter, now);
  };
}

function judge(
  file: NotebookFile,
  execution: Execution,
  early: string[],
  way: Way,
  options: Options,
): Omit<Done, 'store'> {
  const { notebook, failure, seconds, peakBytes } = execution;
  const fresh = normalise(withoutAdded(notebook));
  const made = claimsOf(notebook);
  const problems = [...early];
  if (failure) problems.push(describeFailure(file, failure));
  const judged = failure ? { checked: 0, problems: [] } : way.judge(notebook);
  problems.push(...judged.problems);
  const unmet = unmetClaims(notebook, made, way);
  problems.push(...unmet.problems);
  const stale = failure ? [] : staleCells(withoutAdded(file.notebook), fresh, options.tolerance);
  const passed = problems.length === 0;
  const figures = `${seconds.toFixed(1)} s, ${megabytes(peakBytes)} at most, ${made.length} claims`;
  console.log(`${passed ? '✓' : '✗'} ${file.name}: ${figures}`);
  for (const line of [...problems, ...unmet.notices]) console.log(line.replace(/^/gm, '    '));
  const report = {
    name: file.name,
    passed,
    seconds,
    peakBytes,
    claims: made,
    exercisesChecked: judged.checked,
    problems,
    stale,
  };
  return { file, report, fresh: failure ? undefined : fresh };
}

/** What is said of the claims that were not met: as problems, or as notices where they are about this machine or moment, which fails no test. */
function unmetClaims(notebook: Notebook, made: readonly PlacedClaim[], { times }: Way) {
  const timed = new Set(notebook.cells.filter((cell) => hasTag(cell, 'volatile')).map(({ id }) => id));
  const problems: string[] = [];
  const notices: string[] = [];
  for (const one of made) {
    const { cell, sentence, measured, bound } = one;
    if (statusOf(one) !== 'unmet') continue;
    const told = `not met in ${cell}: ${sentence} Measured ${measured}; claimed ${bound}.`;
    if (times || !timed.has(cell)) problems.push(`Claim ${told}`);
    else notices.push(`Claim about this machine or moment, which fails no test, ${told}`);
  }
  return { problems, notices };
}

/** Counts cells as the committed notebook does, also where a copy with further cells ran. */
function describeFailure(file: NotebookFile, failure: NonNullable<Execution['failure']>): string {
  const { id, source, traceback } = failure;
  const home = homeOf(id);
  const cell = file.notebook.cells.findIndex((candidate) => candidate.id === home) + 1;
  const where = cell > 0 ? `${file.name}, cell ${cell} (${home})` : `${file.name} (${id})`;
  const indented = source.replace(/^/gm, '  | ');
  return `${where}: ${failure.name}\n${indented}\n${traceback.trim()}`;
}

function conclude(done: readonly Done[], { out }: Options, more = ''): boolean {
  const reports = done.map(({ report }) => report);
  const made = reports.flatMap((report) => report.claims);
  const count = (status: ClaimStatus) => made.filter((one) => statusOf(one) === status).length;
  const summary = {
    notebooks: {
      passed: reports.filter(({ passed }) => passed).length,
      failed: reports.filter(({ passed }) => !passed).length,
    },
    claims: {
      met: count('met'),
      unmet: count('unmet'),
      notApplicable: count('not applicable'),
    },
    exercises: { checked: reports.reduce((sum, report) => sum + report.exercisesChecked, 0) },
    stale: reports.reduce((sum, report) => sum + report.stale.length, 0),
    reports,
  };
  makeFolder(out);
  replaceFile(path.join(out, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  const { notebooks, exercises } = summary;
  const beside = summary.claims.notApplicable;
  console.log(
    `${notebooks.passed} notebooks passed, ${notebooks.failed} failed; ${summary.claims.met} claims met, ` +
      `${summary.claims.unmet} not${beside > 0 ? `, ${beside} do not apply` : ''}; ${exercises.checked} exercises checked${more}.`,
  );
  return notebooks.failed === 0;
}

/** Saves what ran without an error. */
async function save(done: readonly Done[], options: Options): Promise<void> {
  const merged = done.flatMap(({ file, fresh }) =>
    fresh ? [{ file: file.file, notebook: merge(file.notebook, fresh, options.refresh) }] : [],
  );
  try {
    await addPictures(
      merged.map(({ notebook }) => notebook),
      editionAt(options.folder),
    );
  } finally {
    // Without pictures rather than not at all.
    for (const { file, notebook } of merged) writeNotebook(file, notebook);
  }
  const edition = editionAt(options.folder);
  if (!isCourse(options) && !edition) return;
  for (const { fresh, store } of done) if (fresh) store();
  writeClaimsTable(options.folder, edition);
}

/** Puts a picture beside every figure, in place, where a browser is there to draw it. */
async function addPictures(notebooks: readonly Notebook[], edition?: Edition): Promise<void> {
  if (!notebooks.some(hasFigures)) return;
  const missing = await whyNotBake();
  if (missing) {
    console.warn(`⚠ New figures have no pictures: ${missing}`);
    return;
  }
  const baker = await openBaker();
  try {
    if (edition && !(await baker.hasLetters(edition.settings.name))) {
      console.warn(`⚠ New figures have no pictures: no font has the letters of '${edition.settings.name}'`);
      return;
    }
    for (const notebook of notebooks) await baker.bake(notebook);
  } finally {
    await baker.close();
  }
}

function hasFigures(notebook: Notebook): boolean {
  return notebook.cells.some((cell) => cell.outputs?.some(({ data }) => data && plotlyMimeType in data));
}

async function pages(done: readonly Done[], options: Options): Promise<void> {
  const { out } = options;
  const { writePages } = await import('./notebooks/pages');
  const { nameInBook } = await import('./book/editions');
  const entries = done.flatMap(({ file, fresh }) => (fresh ? [{ ...file, notebook: fresh }] : []));
  await addPictures(
    entries.map(({ notebook }) => notebook),
    editionAt(options.folder),
  );
  await writePages(entries, out);
  for (const file of entries) console.log(path.relative(root, path.join(out, `${nameInBook(file)}.html`)));
}

function claims(files: NotebookFile[], options: Options): boolean {
  const rows = files.flatMap(({ name, notebook }) => claimsOf(notebook).map((made) => ({ name, ...made })));
  for (const row of rows) {
    const { name, cell, sentence, measured, bound } = row;
    const sign = claimSigns[statusOf(row)];
    console.log(`${sign} ${name} ${cell}: ${sentence} Measured ${measured}; claimed ${bound}.`);
  }
  const edition = editionAt(options.folder);
  if (isCourse(options) || edition) writeClaimsTable(options.folder, edition);
  return rows.every((row) => statusOf(row) !== 'unmet');
}

/** Whether the notebooks are the course's own, whose claims the docs list. */
function isCourse({ folder }: Options): boolean {
  return path.resolve(folder) === path.join(root, 'notebooks');
}

/** Local links are followed; addresses of the web are listed and must be well-formed. */
function links(files: NotebookFile[], { folder }: Options): boolean {
  const all = files.flatMap(linksOf);
  const faults = all.flatMap((link) => faultOf(link, folder) ?? []);
  for (const target of new Set(all.filter(isExternal).map((link) => link.target))) {
    const users = all.filter((link) => link.target === target).map(({ notebook }) => notebook);
    console.log(`${target}  ${[...new Set(users.map((name) => name.slice(0, 2)))].join(', ')}`);
  }
  for (const fault of faults) console.log(`✗ ${fault}`);
  console.log(`${all.length} links, ${faults.length} of them lead nowhere.`);
  return faults.length === 0;
}

/** With the course, its editions in other languages, too. */
function docs(_: NotebookFile[], options: Options): boolean {
  writeDocs(options.folder, editionAt(options.folder));
  if (!isCourse(options)) return true;
  for (const edition of languagesIn().map((language) => readEdition(language)))
    writeDocs(edition.folder, edition);
  writeNotebookHashes();
  return true;
}

function sizes(files: NotebookFile[], { out, save }: Options): boolean {
  const summary = path.join(out, 'summary.json');
  const reports: NotebookReport[] = fs.existsSync(summary)
    ? JSON.parse(fs.readFileSync(summary, 'utf8')).reports
    : [];
  const table = sizesTable(files, reports);
  console.log(table);
  if (save) writeSizes(table);
  return true;
}

// Kernels end with this process; this process with the npm that runs it.
watchNpm('notebooks', () => process.exit(1));

program()
  .parseAsync()
  .catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
