/** Whether the browser has ended the page while a cell ran: it does so where a cell takes all the memory that there is. */

const place = `descent-runs:${location.pathname}`;

/** @param cell - that runs; `undefined` where none does any more */
export function remember(cell: string | undefined): void {
  try {
    if (cell === undefined) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, cell);
  } catch {
    // Where nothing can be kept, nothing is told.
  }
}

/** @returns the cell that ran when the browser ended this page; once */
export function cellThatEndedIt(): string | undefined {
  try {
    return sessionStorage.getItem(place) ?? undefined;
  } catch {
    return undefined;
  } finally {
    remember(undefined);
  }
}
