/** Writes the files that the code of the pages reads: digits, texts, what the notebooks claim, stored results. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { claimMimeType, projectRoot } from '../../lib/surroundings';
import { type Cell, codeCells, inLines, joined, type NotebookFile } from '../notebooks/notebook-file';
import { languageOf } from './editions';
import { fewDigitFiles, mnistFolder, tableOfMnist } from './few-digits';
import { original, placeOf } from './page/edition';
import type { DigitBytes } from './page/facts';
import type { SiteIndex } from './page/site-index';

/** Below `data/`: of these files a browser keeps none before a reader has chosen them. */
export const fewFolder = 'few/';

/** A longer text is fetched for itself. */
const mostTogether = 500_000;

/** Beside one another in one file, which is fetched when the first of them is asked for. */
interface Pack {
  title: string;
  files: Record<string, string>;
  /** the language of the edition that alone reads them; all do unless told */
  language?: string;
}

const codeTexts = ({ notebook }: NotebookFile) => codeCells(notebook).map(({ source }) => joined(source));

/** @returns whether a notebook's code loads MNIST's digits */
export const loadsDigits = (file: NotebookFile) => codeTexts(file).some((text) => /\bloadMnist\b/.test(text));

/** Collects what the pages read, each file once, and writes it. */
export class SiteFiles {
  private readonly index: SiteIndex = { blobs: [], files: {}, few: {} };

  /** @param folder - of the pages' runtime */
  constructor(private readonly folder: string) {
    fs.mkdirSync(path.join(folder, 'data'), { recursive: true });
  }

  /** Adds what a notebook's code asks for. @param all - the notebooks of all editions */
  addFor(file: NotebookFile, all: readonly NotebookFile[]): void {
    const code = codeTexts(file);
    const asks = (sign: RegExp) => code.some((text) => sign.test(text));
    if (loadsDigits(file)) this.addMnist();
    if (asks(/\bloadCorpus\b/)) this.addTexts();
    if (asks(/\bloadCheckpoint\b/)) this.addWhole('The small GPT', 'data/gpt/moby-dick.gpt');
    if (asks(/\bloadQuestions\b/))
      this.addPack({ title: 'Questions', files: project(['data/questions.json']) });
    if (asks(/\bloadPassages\b/)) this.addCourse(all, original);
    if (asks(/\breadEvidence\b|\bshowEvidence\b/)) this.addCourse(all, languageOf(file));
    const studies = code.flatMap((text) => [...text.matchAll(/\breadStudy(?:<[^>]*>)?\(\s*'([^']+)'/g)]);
    for (const [, file] of studies)
      this.addPack({ title: 'Trainings made beforehand', files: project([file]) });
    if (asks(/\bpackageVersions\b/)) {
      const files = project(['package.json', 'tools/setup/python/requirements.txt']);
      this.addPack({ title: 'Versions', files: { ...files, ...versionsOf(files['package.json']) } });
    }
    if (asks(/'node:fs'/)) this.addDocuments();
  }

  /** @param files - texts by their paths */
  addPack({ title, files, language }: Pack): void {
    const paths = Object.keys(files).filter((file) => !(file in this.index.files));
    if (paths.length === 0) return;
    const text = JSON.stringify(Object.fromEntries(paths.map((file) => [file, files[file]])));
    this.addBlob(title, 'pack', gzipSync(text, { level: 9 }), paths, { language });
  }

  /** @param files - of stored results, all of one notebook */
  addResults(files: readonly string[]): void {
    const all = Object.entries(project([...new Set(files)]));
    const isLarge = ([, text]: [string, string]) => text.length > mostTogether;
    this.addPack({ title: 'Stored results', files: Object.fromEntries(all.filter((one) => !isLarge(one))) });
    for (const [file, text] of all.filter(isLarge))
      this.addPack({ title: 'A stored result', files: { [file]: text } });
  }

  /** Writes the index of all that was added. */
  write(): void {
    fs.writeFileSync(path.join(this.folder, 'files.json'), JSON.stringify(this.index));
  }

  /** The notebooks of an edition, for code that reads them. */
  private addCourse(all: readonly NotebookFile[], language: string): void {
    const own = all.filter((file) => languageOf(file) === language);
    const files = own.map((file) => [
      `notebooks/${placeOf(language)}${file.name}.ipynb`,
      withoutPictures(file),
    ]);
    this.addPack({ title: 'The course', files: Object.fromEntries(files), language });
  }

  private addMnist(): void {
    const table = 'data/mnist-files.json';
    if (table in this.index.few) return;
    this.addPack({ title: "MNIST's names", files: project([table]) });
    for (const { name } of Object.values(tableOfMnist())) {
      this.addWhole('MNIST', `${mnistFolder}/${name}`, true);
    }
    const few = fewDigitFiles();
    const names = gzipSync(JSON.stringify({ [table]: JSON.stringify(few.table) }), { level: 9 });
    this.addBlob("MNIST's names", 'pack', names, [table], { few: true });
    for (const [name, bytes] of few.files) {
      const packed = gzipSync(bytes, { level: 6 });
      this.addBlob('MNIST', 'file', packed, [`${mnistFolder}/${name}`], { few: true });
    }
  }

  /** How much is sent for MNIST's digits; nothing where no notebook asked for them. */
  get digitBytes(): DigitBytes | undefined {
    const { blobs, files, few } = this.index;
    const paths = Object.keys(few).filter((file) => file.startsWith(mnistFolder));
    const sum = (places: Record<string, number>) =>
      paths.reduce((total, file) => total + blobs[places[file]].bytes, 0);
    return paths.length > 0 ? { all: sum(files), few: sum(few) } : undefined;
  }

  private addTexts(): void {
    const table = project(['data/texts.json']);
    this.addPack({ title: "The texts' names", files: table });
    const texts = JSON.parse(table['data/texts.json']) as Record<
      string,
      { title: string; folder: string; files: string[]; count?: number }
    >;
    for (const { title, folder, files, count = 0 } of Object.values(texts)) {
      const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
      const names = files.flatMap((name) =>
        name.includes('#') ? numbers.map((number) => name.replace('#', number)) : [name],
      );
      this.addPack({ title, files: project(names.map((name) => `${folder}/${name}`)) });
    }
  }

  /** What cells read at once, without waiting. */
  private addDocuments(): void {
    const names = ['docs/benchmark.json', 'docs/sizes.md'];
    const there = names.filter((name) => fs.existsSync(path.join(projectRoot(), name)));
    if (there.length > 0) this.addPack({ title: 'Documents', files: project(there) });
  }

  private addWhole(title: string, file: string, packed = false): void {
    if (file in this.index.files) return;
    const bytes = fs.readFileSync(path.join(projectRoot(), file));
    this.addBlob(title, 'file', packed ? gzipSync(bytes, { level: 6 }) : bytes, [file]);
  }

  private addBlob(
    title: string,
    form: 'file' | 'pack',
    bytes: Buffer,
    paths: readonly string[],
    { language = original, few = false } = {},
  ): void {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    // A name that no server takes for something to unpack.
    const at = `data/${few ? fewFolder : placeOf(language)}${sha256.slice(0, 16)}.bin`;
    fs.mkdirSync(path.dirname(path.join(this.folder, at)), { recursive: true });
    fs.writeFileSync(path.join(this.folder, at), bytes);
    const place = this.index.blobs.push({ title, at, bytes: bytes.length, sha256, form }) - 1;
    const places = few ? this.index.few : this.index.files;
    for (const file of paths) places[file] = place;
  }
}

/** Texts of the project by their paths. */
function project(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    paths.map((file) => [file, fs.readFileSync(path.join(projectRoot(), file), 'utf8')]),
  );
}

/** Of each package that the course runs on its version, in the file that says it. */
function versionsOf(text: string): Record<string, string> {
  const names = Object.keys(JSON.parse(text).dependencies);
  const files = names.map((name) => `node_modules/${name}/package.json`);
  const there = files.filter((file) => fs.existsSync(path.join(projectRoot(), file)));
  return Object.fromEntries(
    Object.entries(project(there)).map(([file, known]) => [
      file,
      JSON.stringify({ version: JSON.parse(known).version }),
    ]),
  );
}

const isCode = ({ cell_type }: Cell) => cell_type === 'code';

/** A notebook with its words and its claims, but without what its cells drew and printed. */
function withoutPictures({ notebook }: NotebookFile): string {
  const cells = notebook.cells.map((cell) => {
    if (!isCode(cell)) return { ...cell, source: inLines(joined(cell.source)) };
    const outputs = cell.outputs?.filter(({ data }) => data && claimMimeType in data) ?? [];
    const claims = outputs.map((output) => ({
      ...output,
      data: { [claimMimeType]: output.data?.[claimMimeType] },
    }));
    return { ...cell, outputs: claims };
  });
  return JSON.stringify({ ...notebook, cells });
}
