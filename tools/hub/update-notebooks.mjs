/**
 * Brings the course's notebooks into a learner's folder, and later versions of them without touching what he wrote. Runs as
 * the learner, before his server starts: `node update-notebooks.mjs COURSE FOLDER`. Status 0: something new was brought.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { replaceFile } from '../setup/project.mjs';
import { mergeNotebook, sourcesOf } from './merge-notebook.mjs';

/**
 * @typedef {object} Delivered - what a learner was given last
 * @property {string} hash - of the notebook
 * @property {Record<string, string>} cells - the hash of each cell's source, by its id
 */

/** @typedef {'brought' | 'renewed' | 'merged' | 'kept' | 'broken' | 'foreign'} Fate */

/** What is told of a notebook; nothing of one that stayed as it was. @type {Record<Fate, string>} */
export const sentences = {
  brought: 'was brought',
  renewed: 'is the new version',
  merged:
    'is the new version, with the cells that the learner had changed or added; the old file is in .descent/before',
  kept: '',
  broken: 'is damaged and was left as it is; renamed or deleted, it is brought anew at the next start',
  foreign: 'has the name of a notebook of the course, and is not one that was brought: it was left as it is',
};

/** @param {string} text @returns {string} */
const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/**
 * Brings the notebooks up to date. What cannot be written stays as it was.
 *
 * @param {string} course - the folder with the course's notebooks
 * @param {string} folder - the learner's; made if it is not there
 * @returns {{ name: string, fate: Fate }[]} what became of each notebook
 * @throws {Error} of the system, if the folder cannot be written: what was done until then stays done
 */
export function updateNotebooks(course, folder) {
  const state = path.join(folder, '.descent');
  fs.mkdirSync(state, { recursive: true });
  linkLib(path.join(course, 'lib'), path.join(folder, 'lib'));
  const names = fs
    .readdirSync(course)
    .filter((name) => name.endsWith('.ipynb'))
    .sort();
  return names.map((name) => {
    const theirs = fs.readFileSync(path.join(course, name), 'utf8');
    return { name, fate: updateOne(path.join(folder, name), path.join(state, name), theirs) };
  });
}

/**
 * Notebooks link to files of `lib/` beside them.
 *
 * @param {string} source - the course's
 * @param {string} place - the learner's
 */
function linkLib(source, place) {
  if (!fs.existsSync(source)) return;
  const target = fs.realpathSync(source);
  try {
    const isLink = fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink && fs.readlinkSync(place) === target) return;
    if (isLink) fs.rmSync(place);
    fs.symlinkSync(target, place);
  } catch {
    // Something of the learner's own has that name, or nothing can be written: of that the notebooks tell.
  }
}

/**
 * @param {string} file - the learner's
 * @param {string} state - beside which it is noted what he was given
 * @param {string} theirs - the course's notebook
 * @returns {Fate}
 */
function updateOne(file, state, theirs) {
  const note = `${state}.json`;
  const delivered = readDelivered(note);
  const mine = readIfThere(file);
  const hash = hashOf(theirs);
  if (mine === undefined || hashOf(mine) === delivered?.hash) {
    if (mine === theirs) return 'kept';
    deliver(file, note, theirs);
    return mine === undefined ? 'brought' : 'renewed';
  }
  if (mine === theirs) {
    replaceFile(note, JSON.stringify(noteOf(theirs)));
    return 'kept';
  }
  if (!delivered) return 'foreign';
  if (delivered.hash === hash) return 'kept';
  const parsed = parse(mine);
  if (!parsed) return 'broken';
  const before = path.join(path.dirname(state), 'before', path.basename(file));
  fs.mkdirSync(path.dirname(before), { recursive: true });
  replaceFile(before, mine);
  const merged = mergeNotebook(parsed, JSON.parse(theirs), delivered.cells, hashOf);
  deliver(file, note, theirs, `${JSON.stringify(merged, null, 1)}\n`);
  return 'merged';
}

/**
 * @param {string} file @param {string} note @param {string} theirs
 * @param {string} [text] - what to write, if not the course's notebook itself
 */
function deliver(file, note, theirs, text = theirs) {
  // First the note: if the notebook cannot be written then, the old one counts as the learner's, and nothing of it is lost.
  const previous = readIfThere(note);
  replaceFile(note, JSON.stringify(noteOf(theirs)));
  try {
    replaceFile(file, text);
  } catch (error) {
    if (previous === undefined) fs.rmSync(note, { force: true });
    else replaceFile(note, previous);
    throw error;
  }
}

/** @param {string} text @returns {Delivered} */
function noteOf(text) {
  const cells = Object.entries(sourcesOf(JSON.parse(text))).map(([id, source]) => [id, hashOf(source)]);
  return { hash: hashOf(text), cells: Object.fromEntries(cells) };
}

/** @param {string} note @returns {Delivered | undefined} */
function readDelivered(note) {
  try {
    const value = JSON.parse(fs.readFileSync(note, 'utf8'));
    return typeof value.hash === 'string' && typeof value.cells === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} text @returns {import('./merge-notebook.mjs').Notebook | undefined} undefined if it is no notebook */
function parse(text) {
  try {
    const notebook = JSON.parse(text);
    // Without their ids cells cannot be told from each other.
    return notebook.cells.every((/** @type {any} */ cell) => typeof cell?.id === 'string')
      ? notebook
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file @returns {string | undefined} */
function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} course @param {string} folder @returns {number} the exit status */
function main(course, folder) {
  try {
    const fates = updateNotebooks(course, folder);
    for (const { name, fate } of fates) if (sentences[fate]) console.log(`${name} ${sentences[fate]}`);
    return fates.some(({ fate }) => fate === 'brought' || fate === 'renewed') ? 0 : 10;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    console.error(
      `Cannot bring the notebooks to ${folder}: ${full ? 'it is full' : message}; what lies there stays`,
    );
    return 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [course, folder] = process.argv.slice(2);
  process.exitCode = main(course, folder);
}
