/** Tables, as text and as HTML. */
import { type Bundle, displayOrPrint, escapeHtml, type TextForm } from './display';

/** Columns that a text takes in type of one width: Chinese characters and their signs take two. */
const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (sum, letter) =>
      sum + (/[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]/.test(letter) ? 2 : 1),
    0,
  );

/**
 * Writes a table as text, its columns aligned, and as HTML.
 *
 * @param rows - the cells, row by row
 * @param head - the columns' names; none if left out, and then the first cell of each row is a heading
 * @returns both forms
 */
export function tableOf(rows: readonly string[][], head: readonly string[] = []): Bundle & TextForm {
  const all = head.length > 0 ? [[...head], ...rows] : rows;
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...all.map((row) => widthOf(row[column] ?? ''))),
  );
  const text = all
    .map((row) => row.map((cell, column) => cell + ' '.repeat(widths[column] - widthOf(cell))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
  const style = 'style="text-align:left;padding:2px 16px 2px 0"';
  const heading = (cell: string, scope: string) => `<th scope="${scope}" ${style}>${escapeHtml(cell)}</th>`;
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        column === 0 && head.length === 0 ? heading(cell, 'row') : `<td ${style}>${escapeHtml(cell)}</td>`,
      )
      .join('');
  const top = head.length > 0 ? `<tr>${head.map((cell) => heading(cell, 'col')).join('')}</tr>` : '';
  const html = `<table>${top}${rows.map((row) => `<tr>${line(row)}</tr>`).join('')}</table>`;
  return { 'text/plain': text, 'text/html': html };
}

/**
 * Shows a table; outside a notebook as text.
 *
 * @param head - the columns' names
 * @param rows - the cells, row by row
 */
export function showTable(head: readonly string[], rows: readonly string[][]): void {
  const table = tableOf(rows, head);
  displayOrPrint(table);
}
