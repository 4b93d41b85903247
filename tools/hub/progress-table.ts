/** A class's progress as text: a table to read, or CSV for a spreadsheet. */
import type { Progress } from './progress';

/** @returns a table: a row for each learner and notebook, remarks under it, and a line for all */
export function progressTable(all: readonly Progress[]): string {
  const rows = all.map(({ learner, notebook, exercises, solved, wrong }) =>
    notebook
      ? [learner, notebook, `${solved.length} of ${exercises}`, wrong.join(', ')]
      : [learner, '–', 'nothing yet', ''],
  );
  const table = [['learner', 'notebook', 'solved', 'not yet'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const remarks = all.flatMap(({ learner, notebook, remarks }) =>
    remarks.map((remark) => `! ${[learner, notebook].filter(Boolean).join(', ')}: ${remark}.`),
  );
  const learners = new Set(all.map(({ learner }) => learner)).size;
  const solved = all.reduce((sum, entry) => sum + entry.solved.length, 0);
  return [...lines, ...remarks, `${learners} learners, ${solved} exercises solved.`].join('\n');
}

/** @returns a line for each learner and notebook, the first with the columns' names */
export function progressCsv(all: readonly Progress[]): string {
  const rows = all.map(({ learner, notebook, exercises, solved, wrong, remarks }) => [
    ...[learner, notebook, String(exercises), String(solved.length)],
    ...[solved.join(' '), wrong.join(' '), remarks.join('; ')],
  ]);
  const head = ['learner', 'notebook', 'exercises', 'solved', 'which', 'not yet', 'remarks'];
  return [head, ...rows].map((row) => row.map(quoted).join(',')).join('\n');
}

/** A field; what a spreadsheet would take for a formula begins with an apostrophe. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
