/** `npm run translate -- check | draft | take | stamp | start`: the editions of the course in other languages. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../lib/surroundings';
import { findNotebooks, writeNotebook } from './notebooks/notebook-file';
import { makeFolder } from './setup/project.mjs';
import { check, stampOf, summaryOf } from './translate/check';
import { draftOf } from './translate/draft';
import {
  type Edition,
  englishFolder,
  glossaryTerms,
  languagesIn,
  type Pair,
  readContents,
  readEdition,
  startEdition,
} from './translate/edition';
import { type Finding, lineOf } from './translate/findings';
import { changesSince } from './translate/history';
import { missingIn } from './translate/missing';
import { stampCell, takeDraft } from './translate/take';

interface Options {
  lang?: string;
  cell: string;
  out?: string;
  whole: boolean;
  drafts: boolean;
}

/** The edition that is meant: the only one, unless told. */
function chosen({ lang }: Options): Edition {
  const languages = languagesIn();
  if (lang === undefined && languages.length !== 1) {
    throw new Error(
      `Cannot tell which edition is meant: give --lang; there are: ${languages.join(', ') || 'none'}`,
    );
  }
  return readEdition(lang ?? languages[0]);
}

function pairOf(edition: Edition, wanted: string): Pair {
  const { pairs } = readContents(edition, [wanted]);
  if (pairs.length !== 1)
    throw new Error(`Cannot tell which notebook '${wanted}' is: ${pairs.length} are called so`);
  return pairs[0];
}

function checkAll(wanted: string[], options: Options): void {
  const languages = options.lang ? [options.lang] : languagesIn();
  for (const edition of languages.map((language) => readEdition(language))) {
    const contents = readContents(edition, wanted);
    const verdict = check(edition, contents, options.drafts);
    for (const finding of verdict.findings) show(edition, contents.pairs, finding);
    console.log(`${verdict.findings.length > 0 ? '✗' : '✓'} ${summaryOf(edition, verdict)}`);
    if (wanted.length === 0)
      for (const line of missingIn(edition, contents)) console.log(`  still missing: ${line}`);
    if (verdict.findings.length > 0) process.exitCode = 1;
  }
}

function show(edition: Edition, pairs: readonly Pair[], finding: Finding): void {
  console.log(`✗ ${lineOf(finding)}`);
  if (finding.kind !== 'stale') return;
  const pair = pairs.find(({ english }) => english.name === finding.notebook);
  const find = (file: Pair['translated']) => file?.notebook.cells.find(({ id }) => id === finding.cell);
  const [cell, own] = [find(pair?.english), find(pair?.translated)];
  if (!pair || !cell || !own) return;
  const changes = changesSince(pair.english.file, cell, stampOf(own).of ?? '');
  for (const line of changes ?? ['(git does not know the text that was translated)'])
    console.log(`    ${line}`);
  const number = finding.notebook.slice(0, 2);
  console.log(
    `    then \`npm run translate -- stamp ${number} --cell ${finding.cell} --lang ${edition.language}\``,
  );
}

function draft(wanted: string, options: Options): void {
  const { english, translated } = pairOf(chosen(options), wanted);
  const text = draftOf(english, translated, options.whole);
  if (!options.out) return void process.stdout.write(text);
  makeFolder(path.dirname(path.resolve(options.out)));
  fs.writeFileSync(options.out, text);
  console.log(`${options.out}: ${text.match(/^@@ /gm)?.length ?? 0} cells to translate.`);
}

function take(wanted: string, file: string, options: Options): void {
  const edition = chosen(options);
  const { english, translated } = pairOf(edition, wanted);
  const built = takeDraft(edition, english, translated, fs.readFileSync(file, 'utf8'));
  writeNotebook(built.file, built.notebook);
  console.log(`${path.relative(projectRoot(), built.file)} is written.`);
  checkAll([wanted], { ...options, lang: edition.language, drafts: true });
}

function stamp(wanted: string, options: Options): void {
  const { english, translated } = pairOf(chosen(options), wanted);
  if (!translated) throw new Error(`Cannot stamp a cell: ${english.name} is not begun`);
  stampCell(english, translated, options.cell);
  console.log(`${english.name}, ${options.cell}: stamped.`);
}

function start(language: string): void {
  const [other] = languagesIn();
  const like = other ? readEdition(other).settings : {};
  const folder = path.relative(projectRoot(), startEdition(language, glossaryTerms(), like));
  console.log(`${folder}: 0 of ${findNotebooks(englishFolder).length} notebooks. What comes next:
  1. ${path.join(folder, 'edition.json')}: the name, the script, a word for each phrase and term, names that stay as they are;
  2. lib/base/words/${language}.ts, named in lib/base/words.ts: what the course itself says to a reader;
  3. \`npm run translate -- draft 00 --lang ${language} --out 00.md\`, which begins the first notebook;
  \`npm run translate -- check --lang ${language}\` says at any time what is still missing.`);
}

const program = new Command('npm run translate --').description(
  'The editions of the course in other languages.',
);
const command = (name: string, what: string) =>
  program
    .command(name)
    .description(what)
    .option('--lang <language>', 'the edition; the only one unless told');
command('check [notebooks...]', 'whether they say what the English course says; fails if not')
  .option('--drafts', 'without the outputs', false)
  .action(checkAll);
command('draft <notebook>', 'writes the texts that are to be translated, to be written over')
  .option('--out <file>', 'where to; the screen unless told')
  .option('--whole', 'with what is translated already', false)
  .action(draft);
command('take <notebook> <file>', 'builds the notebook from such a file, and checks it').action(take);
command('stamp <notebook>', 'says of one cell that it translates the English one as it is now')
  .requiredOption('--cell <id>', 'which')
  .action(stamp);
program.command('start <language>').description('begins an edition without notebooks').action(start);

try {
  program.parse();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
