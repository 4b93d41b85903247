/** How far the learners of a class are: which exercises are solved, from their notebooks' own outputs. */
import * as path from 'node:path';
import type { ExerciseData } from '../../lib/surroundings';
import { joined, type Notebook, type NotebookFile } from '../notebooks/notebook-file';
import { exerciseIds, outcomeOf } from '../notebooks/outcome';
import { type LearnerFolder, learnerFolders, readLearnerNotebook } from './learner-folders';

/** What a learner has done in one notebook. */
export interface Progress {
  learner: string;
  /** `02-gradient-descent` */
  notebook: string;
  /** how many exercises the course's notebook has */
  exercises: number;
  solved: string[];
  /** answered, and not right yet */
  wrong: string[];
  /** what a teacher should know, each a sentence without its full stop */
  remarks: string[];
}

/** Executes a learner's notebook anew. @returns it, with what there is to remark */
export type Rerun = (
  folder: LearnerFolder,
  file: NotebookFile,
  mine: Notebook,
) => Promise<{ notebook: Notebook; remarks: string[] }>;

/**
 * @param parent - the folder with a folder for each learner
 * @param course - the course's notebooks
 * @param rerun - executes each notebook in which something was done; without it the saved outputs count
 * @returns an entry for each learner and each notebook in which he answered something or that cannot be read; for who did
 *   nothing, an entry with an empty `notebook`
 */
export async function classProgress(
  parent: string,
  course: readonly NotebookFile[],
  rerun?: Rerun,
): Promise<Progress[]> {
  const withExercises = course.filter(({ notebook }) => exerciseIds(notebook).length > 0);
  const all: Progress[] = [];
  for (const folder of learnerFolders(parent)) {
    const own: Progress[] = [];
    for (const file of withExercises) own.push(...(await progressIn(folder, file, rerun)));
    const nothing = {
      learner: folder.learner,
      notebook: '',
      exercises: 0,
      solved: [],
      wrong: [],
      remarks: [],
    };
    const entries: Progress[] = own.length > 0 ? own : [nothing];
    if (folder.full) entries[0].remarks.push('the folder is full: nothing more can be saved in it');
    all.push(...entries);
  }
  return all;
}

async function progressIn(folder: LearnerFolder, file: NotebookFile, rerun?: Rerun): Promise<Progress[]> {
  const { notebook: mine, trouble } = readLearnerNotebook(path.join(folder.folder, `${file.name}.ipynb`));
  const ids = exerciseIds(file.notebook);
  const entry = { learner: folder.learner, notebook: file.name, exercises: ids.length };
  if (trouble)
    return [{ ...entry, solved: [], wrong: [], remarks: [`the notebook cannot be read: ${trouble}`] }];
  if (!mine || !hasAnswers(mine, file.notebook, ids)) return [];
  const { notebook, remarks } = rerun
    ? await rerun(folder, file, mine)
    : { notebook: mine, remarks: changedChecks(mine, file.notebook, ids) };
  const status = new Map(ids.map((id) => [id, statusOf(notebook, id)]));
  const of = (wanted: ExerciseData['status']) => ids.filter((id) => status.get(id) === wanted);
  return [{ ...entry, solved: of('solved'), wrong: of('wrong'), remarks }];
}

/** Whether an answer is not the one that comes with the course, or a check has come to something. */
function hasAnswers(mine: Notebook, course: Notebook, ids: readonly string[]): boolean {
  return ids.some((id) => {
    const status = statusOf(mine, id);
    const [his, theirs] = [mine, course].map((notebook) => sourceIn(notebook, `${id}-answer`));
    return status === 'solved' || status === 'wrong' || (his !== undefined && his !== theirs);
  });
}

function changedChecks(mine: Notebook, course: Notebook, ids: readonly string[]): string[] {
  const changed = ids.filter((id) => {
    const his = sourceIn(mine, `${id}-check`);
    return his !== undefined && his !== sourceIn(course, `${id}-check`);
  });
  return changed.map((id) => `the check of ${id} was changed`);
}

const sourceIn = (notebook: Notebook, wanted: string): string | undefined => {
  const cell = notebook.cells.find(({ id }) => id === wanted);
  return cell && joined(cell.source);
};

/** What the check's own output says; of another exercise's it counts for nothing. */
function statusOf(notebook: Notebook, exercise: string): ExerciseData['status'] | undefined {
  const cell = notebook.cells.find(({ id }) => id === `${exercise}-check`);
  const outcome = cell && outcomeOf(cell);
  if (outcome) return outcome.id === exercise ? outcome.status : undefined;
  return cell?.outputs?.some(({ output_type }) => output_type === 'error') ? 'wrong' : undefined;
}
