/** Cells whose code is folded away: the code of claims, which a reader need not see to follow the notebook. */
import { claimMimeType } from '../../lib/surroundings';
import { type Cell, joined } from './notebook-file';

/** @returns whether JupyterLab and the pages fold the cell's code away; its outputs stay in sight */
export function isHidden(cell: Cell): boolean {
  const { jupyter } = cell.metadata as { jupyter?: { source_hidden?: boolean } };
  return cell.cell_type === 'code' && jupyter?.source_hidden === true;
}

/**
 * What is wrong with a cell whose code is hidden: it must claim something, show nothing but claims, and
 * define nothing that the notebook goes on with.
 *
 * @param cell - a hidden one
 * @param used - names that it defines and another cell uses
 * @returns a sentence for each fault
 */
export function faultsOfHidden(cell: Cell, used: ReadonlySet<string>): string[] {
  const faults = [...used].map((name) => `another cell uses '${name}'`);
  if (!/(?<![\w$.])claim\(/.test(withoutComments(joined(cell.source)))) faults.push('it makes no claim');
  const more = (cell.outputs ?? []).some(({ data }) => !data || !(claimMimeType in data));
  if (more) faults.push('it shows more than claims');
  return faults.map((fault) => `${cell.id}: its code is hidden, but ${fault}`);
}

const withoutComments = (code: string) =>
  code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
