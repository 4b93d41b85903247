/** How far a notebook is, in a sentence. */
import type { PageCell } from './page-cell';
import { say } from './say';

/** @param seconds - since it began; left out while it runs */
export function summary(cells: readonly PageCell[], restsOn: RestsOn, seconds?: number): string {
  const count = (state: PageCell['state']) => cells.filter((cell) => cell.state === state).length;
  const failed = count('failed');
  const parts = [say('{done} of {all} cells have run', { done: count('done') + failed, all: cells.length })];
  if (failed > 0) parts.push(say('{count} with an error', { count: failed }));
  const stored = new Set(cells.flatMap((cell) => [...cell.stored]));
  const isStored = (cell: PageCell) =>
    restsOn(cell.id).some((name) => (name === '*' ? stored.size > 0 : stored.has(name)));
  const claims = cells.flatMap((cell) => cell.claims.map((claim) => ({ ...claim, stored: isStored(cell) })));
  const valid = claims.filter(({ applies }) => applies !== false);
  const tell = (some: typeof claims, sentence: string) => {
    const met = some.filter((claim) => claim.met).length;
    if (some.length > 0) parts.push(say(sentence, { met, of: some.length }));
  };
  tell(
    valid.filter((claim) => !claim.stored),
    '{met} of {of} claims hold in your browser',
  );
  tell(
    valid.filter((claim) => claim.stored),
    '{met} of {of} claims hold by stored results',
  );
  const others = claims.length - valid.length;
  if (others > 0) parts.push(say('{count} do not apply', { count: others }));
  if (seconds !== undefined) parts.push(say('{count} s', { count: seconds.toFixed(1) }));
  return say('{parts}.', { parts: parts.join(' · ') });
}

/** @returns the experiments that a cell's code rests on */
export type RestsOn = (cell: string) => readonly string[];
