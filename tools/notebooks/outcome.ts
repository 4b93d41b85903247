/** What came of a notebook: its claims, its exercises, and copies that try their solutions. */
import { claimsIn, type ExerciseData, exerciseMimeType, type PlacedClaim } from '../../lib/surroundings';
import { type Cell, joined, type Notebook } from './notebook-file';

export type { PlacedClaim };

/** @returns the claims that the notebook's outputs hold, in their order */
export function claimsOf(notebook: Notebook): PlacedClaim[] {
  return claimsIn({ cells: notebook.cells.filter(({ id }) => !id.startsWith(trialPrefix)) });
}

/** @returns the outcome of the exercise that a check cell shows; undefined if it shows none */
function outcomeOf(cell: Cell): ExerciseData | undefined {
  const output = cell.outputs?.find(({ data }) => data?.[exerciseMimeType]);
  return output?.data?.[exerciseMimeType] as ExerciseData | undefined;
}

/** Ids of the cells that a test copy adds start so; no other cell's id does. */
export const trialPrefix = 'trial-';

const trials = [
  { summary: 'Worked solution', name: 'solution', expected: 'solved' },
  { summary: 'A common mistake', name: 'mistake', expected: 'wrong' },
] as const;

/**
 * The exercises of a notebook, by their check cells.
 *
 * @returns ids without `-check`
 */
export function exerciseIds(notebook: Notebook): string[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === 'code' && /^\s*(await\s+)?exercise\(/m.test(joined(cell.source)))
    .map((cell) => cell.id.replace(/-check$/, ''));
}

/**
 * Makes the copy that the tests execute: after each exercise's check, the worked solution and the same
 * check, the common mistake and the same check, then the reader's cell again.
 *
 * @param notebook - never changed
 * @returns the copy, and a sentence for each exercise that breaks the convention
 */
export function withTrials(notebook: Notebook): { notebook: Notebook; problems: string[] } {
  const problems: string[] = [];
  const find = (id: string) => notebook.cells.find((cell) => cell.id === id);
  const ids = new Set(exerciseIds(notebook));
  const cells = notebook.cells.flatMap((cell) => {
    const id = cell.id.replace(/-check$/, '');
    if (!ids.has(id) || cell.cell_type !== 'code' || cell.id === `${id}-answer`) return [cell];
    const answer = find(`${id}-answer`);
    const solution = find(`${id}-solution`);
    if (!cell.id.endsWith('-check') || !answer || !solution) {
      problems.push(`Exercise '${id}' needs the cells '${id}-answer', '${id}-check' and '${id}-solution'.`);
      return [cell];
    }
    const added = trials.flatMap(({ summary, name }) => {
      const code = foldedCode(joined(solution.source), summary);
      if (code === undefined) {
        problems.push(`Exercise '${id}' has no \`\`\`ts block under '${summary}' in '${solution.id}'.`);
        return [];
      }
      const start = `${trialPrefix}${name}-${id}`;
      return [codeCell(start, code), codeCell(`${start}-check`, joined(cell.source))];
    });
    return [cell, ...added, codeCell(`${trialPrefix}reader-${id}`, joined(answer.source))];
  });
  return { notebook: { ...notebook, cells }, problems };
}

function codeCell(id: string, source: string): Cell {
  return { cell_type: 'code', id, metadata: {}, source, outputs: [], execution_count: null };
}

/** @returns the first `ts` block inside the `<details>` with that summary */
export function foldedCode(markdown: string, summary: string): string | undefined {
  for (const [, content] of markdown.matchAll(/<details>([\s\S]*?)<\/details>/g)) {
    const title = /<summary>\s*(?:<b>)?([^<]*)/.exec(content)?.[1] ?? '';
    if (!title.trim().toLowerCase().startsWith(summary.toLowerCase())) continue;
    const fence = /```(?:ts|typescript)\n([\s\S]*?)\n```/.exec(content);
    if (fence) return fence[1];
  }
  return undefined;
}

/**
 * Judges the executed test copy.
 *
 * @returns how many exercises were tried, and a sentence for each that did not come out as it must:
 *   unsolved as committed, solved with the worked solution, not yet with the common mistake
 */
export function judgeTrials(notebook: Notebook): { checked: number; problems: string[] } {
  const problems: string[] = [];
  const ids = exerciseIds(notebook).filter((id) => !id.startsWith(trialPrefix));
  const expect = (id: string, cellId: string, expected: ExerciseData['status'], what: string) => {
    const cell = notebook.cells.find((candidate) => candidate.id === cellId);
    const outcome = cell && outcomeOf(cell);
    if (outcome?.status === expected) return;
    const got = outcome ? `'${outcome.status}'. ${outcome.message}` : 'no outcome at all';
    problems.push(`Exercise '${id}': ${what} must come out '${expected}', got ${got}`.trim());
  };
  for (const id of ids) {
    expect(id, `${id}-check`, 'unsolved', 'the notebook as committed');
    for (const { summary, name, expected } of trials) {
      expect(id, `${trialPrefix}${name}-${id}-check`, expected, summary.toLowerCase());
    }
  }
  return { checked: ids.length, problems };
}

/** @returns the id of the committed cell that a cell of an executed copy stands for or stands beside */
export function homeOf(id: string): string {
  const trial = /^trial-(solution|mistake|reader)-(.+?)(-check)?$/.exec(id);
  if (!trial) return id;
  const [, kind, exercise, check] = trial;
  return `${exercise}-${check ? 'check' : kind === 'reader' ? 'answer' : 'solution'}`;
}

/** @returns the notebook without the cells that a test copy or `--set` added */
export function withoutAdded(notebook: Notebook): Notebook {
  const cells = notebook.cells.filter(
    ({ id }) => !id.startsWith(trialPrefix) && id !== 'injected-parameters',
  );
  return { ...notebook, cells };
}
