/** Executes learners' notebooks anew, for an output can be edited: as the learner, with the course's own checks. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { translationSettings } from '../../lib/surroundings';
import { type Execution, execute, type Failure } from '../notebooks/execute';
import type { Cell, Notebook } from '../notebooks/notebook-file';
import type { LearnerFolder } from './learner-folders';
import { withAnswers } from './merge-notebook.mjs';
import type { Rerun } from './progress';

/** Seconds that a cell may take, unless told. */
const usualLimit = 300;
/** How often a notebook is tried, each time without one more cell that stopped it. */
const mostTries = 5;

/**
 * @param python - of an environment in which any learner may run the kernel
 * @param say - is told what is executed
 * @param options - `limit`: seconds that a cell may take; `language`: of the edition, English unless told
 * @returns what executes the course's notebook with a learner's answers and added cells, in a folder that is gone afterwards
 */
export function rerunBy(
  python: string,
  say: (text: string) => void,
  { limit = usualLimit, language = '' }: { limit?: number; language?: string } = {},
): Rerun {
  return async (folder, file, mine) => {
    const root = process.getuid?.() === 0;
    if (root && folder.owner.uid === 0) {
      const why =
        'it was not run: the folder belongs to root, and a learner must not have his code run as root';
      return { notebook: { ...file.notebook, cells: [] }, remarks: [why] };
    }
    say(`Running ${folder.learner}, ${file.name} …`);
    const place = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-progress-'));
    try {
      if (root) fs.chownSync(place, folder.owner.uid, folder.owner.gid);
      return await tried(mine, file.notebook, (notebook) =>
        executeIn(place, notebook, { limit, language, by: { python, ...(root ? folder.owner : {}) } }),
      );
    } finally {
      fs.rmSync(place, { recursive: true, force: true });
    }
  };
}

interface RunAs {
  limit: number;
  language: string;
  by: { python: string } & Partial<LearnerFolder['owner']>;
}

function executeIn(place: string, notebook: Notebook, { limit, language, by }: RunAs): Promise<Execution> {
  const folders = ['CONFIG', 'DATA', 'RUNTIME'].map((name) => [
    `JUPYTER_${name}_DIR`,
    path.join(place, name),
  ]);
  const environment = {
    ...{ HOME: place, XDG_CACHE_HOME: '', DESCENT_OUT: '', [translationSettings.language]: language },
    ...Object.fromEntries(folders),
  };
  return execute(notebook, path.join(place, 'notebook.ipynb'), { limit, environment, by });
}

/**
 * Errors in the learner's cells do not stop a run. What does, a cell that never ends or that ends the kernel, is left out in
 * the next try, and told.
 */
async function tried(
  mine: Notebook,
  course: Notebook,
  run: (notebook: Notebook) => Promise<Execution>,
): Promise<{ notebook: Notebook; remarks: string[] }> {
  const without = new Set<string>();
  const remarks: string[] = [];
  const ids = new Set(course.cells.map(({ id }) => id));
  for (let count = 1; ; count++) {
    const whole = withAnswers(
      mine as never,
      course as never,
      (id) => !without.has(id),
    ) as unknown as Notebook;
    const mayFail = (id: string) => !ids.has(id) || /-(answer|check)$/.test(id);
    const { notebook, failure } = await run({
      ...whole,
      cells: whole.cells.map((cell) => tolerant(cell, mayFail)),
    });
    if (!failure) return { notebook, remarks };
    const culprit = failure.id.replace(/-check$/, '-answer');
    remarks.push(`${failure.id || 'the kernel'} stopped it (${reasonOf(failure)})`);
    const his = without.has(culprit) ? false : !ids.has(culprit) || culprit.endsWith('-answer');
    if (!his || count === mostTries) return { notebook, remarks: [...remarks, 'what follows was not run'] };
    without.add(culprit);
  }
}

const reasonOf = ({ name, traceback }: Failure) =>
  `${name}: ${traceback.trim().split('\n').at(-1) ?? ''}`.slice(0, 160);

function tolerant(cell: Cell, mayFail: (id: string) => boolean): Cell {
  if (cell.cell_type !== 'code' || !mayFail(cell.id)) return cell;
  return {
    ...cell,
    metadata: { ...cell.metadata, tags: [...(cell.metadata?.tags ?? []), 'raises-exception'] },
  };
}
