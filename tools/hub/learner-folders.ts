/** Learners' folders, as a teacher's program reads them: nothing in them can be trusted. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Notebook } from '../notebooks/notebook-file';

/** Bytes that a notebook may have; the course's largest have 1.3 MB. */
const mostBytes = 50e6;

/** A learner's folder. */
export interface LearnerFolder {
  learner: string;
  /** with the notebooks */
  folder: string;
  /** the system user that it belongs to */
  owner: { uid: number; gid: number };
  /** whether nothing more can be written there */
  full: boolean;
}

/**
 * Finds the folders of a class: those in a folder that hold notebooks, themselves or in `notebooks/`. Links are not followed:
 * a learner's may lead to another's folder.
 *
 * @param parent - the folder of all
 * @throws Error if it cannot be read, or holds none
 */
export function learnerFolders(parent: string): LearnerFolder[] {
  const entries = listed(parent);
  const found = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const folders = found.flatMap(({ name }) => {
    const folder = ['notebooks', '.']
      .map((below) => path.join(parent, name, below))
      .find((place) => fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory());
    if (!folder || (path.basename(folder) !== 'notebooks' && !holdsNotebooks(folder))) return [];
    const { uid, gid } = fs.lstatSync(folder);
    const { bavail, ffree, files } = fs.statfsSync(folder);
    return { learner: name, folder, owner: { uid, gid }, full: bavail === 0 || (files > 0 && ffree === 0) };
  });
  if (folders.length === 0)
    throw new Error(`Cannot tell the progress: no folder in ${parent} holds notebooks`);
  return folders.sort((a, b) => (a.learner < b.learner ? -1 : 1));
}

function listed(parent: string): fs.Dirent[] {
  try {
    return fs.readdirSync(parent, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`Cannot read ${parent}: ${code === 'ENOENT' ? 'it does not exist' : message}`);
  }
}

function holdsNotebooks(folder: string): boolean {
  return fs.readdirSync(folder).some((name) => name.endsWith('.ipynb'));
}

/** A learner's notebook, or why it cannot be read; neither if it is not there. */
export interface LearnerNotebook {
  notebook?: Notebook;
  text?: string;
  trouble?: string;
}

/** Reads a learner's notebook; whatever lies there, this neither fails nor waits. */
export function readLearnerNotebook(file: string): LearnerNotebook {
  let opened: number | undefined;
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
    opened = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fs.fstatSync(opened);
    if (!stats.isFile()) return { trouble: 'it is no file' };
    if (stats.size > mostBytes) return { trouble: `it has ${Math.round(stats.size / 1e6)} MB` };
    const text = fs.readFileSync(opened, 'utf8');
    const notebook = JSON.parse(text);
    const whole = Array.isArray(notebook?.cells) && notebook.cells.every((cell: unknown) => isCell(cell));
    return whole ? { notebook, text } : { trouble: 'it is no notebook with ids of cells' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    if (code === 'ELOOP') return { trouble: 'it is a link' };
    return { trouble: error instanceof SyntaxError ? 'it is no notebook' : message };
  } finally {
    if (opened !== undefined) fs.closeSync(opened);
  }
}

function isCell(cell: unknown): boolean {
  const { id, source, outputs } = (cell ?? {}) as Record<string, unknown>;
  const isText = typeof source === 'string' || Array.isArray(source);
  return typeof id === 'string' && isText && (outputs === undefined || Array.isArray(outputs));
}
