/** How far a notebook is, in a sentence. */
import type { PageCell } from './page-cell';

/** @param seconds - since it began; left out while it runs */
export function summary(cells: readonly PageCell[], restsOn: RestsOn, seconds?: number): string {
  const count = (state: PageCell['state']) => cells.filter((cell) => cell.state === state).length;
  const failed = count('failed');
  const parts = [`${count('done') + failed} of ${cells.length} cells have run`];
  if (failed > 0) parts.push(`${failed} with an error`);
  const stored = new Set(cells.flatMap((cell) => [...cell.stored]));
  const isStored = (cell: PageCell) =>
    restsOn(cell.id).some((name) => (name === '*' ? stored.size > 0 : stored.has(name)));
  const claims = cells.flatMap((cell) => cell.claims.map((claim) => ({ ...claim, stored: isStored(cell) })));
  const valid = claims.filter(({ applies }) => applies !== false);
  const tell = (some: typeof claims, where: string) => {
    const met = some.filter((claim) => claim.met).length;
    if (some.length > 0) parts.push(`${met} of ${some.length} claims hold ${where}`);
  };
  tell(
    valid.filter((claim) => !claim.stored),
    'in your browser',
  );
  tell(
    valid.filter((claim) => claim.stored),
    'by stored results',
  );
  const others = claims.length - valid.length;
  if (others > 0) parts.push(`${others} do not apply`);
  if (seconds !== undefined) parts.push(`${seconds.toFixed(1)} s`);
  return `${parts.join(' · ')}.`;
}

/** @returns the experiments that a cell's code rests on */
export type RestsOn = (cell: string) => readonly string[];
