/** What the worker offers `lib/` in the kernel's place, see kernel/README.md: outputs, channels, what is printed. */
import { createComms } from '../../../kernel/core/comms';
import { claimMimeType, noteMimeType, share, shared, symbols } from '../../../lib/page';
import type { ClaimingCell, FewDigits } from './few-digits';
import { format } from './inspect';
import type { Bundle, News } from './messages';
import { asInPage } from './not-here';
import type { StoredResults } from './stored';
import { nextTurn } from './turns';

type Cell = import('../../../kernel/core/cell').Cell;
type Cells = ReturnType<typeof import('../../../kernel/core/cells').createCells>;

/** Whom a cell's outputs answer: the cell's id, in the form that the kernel's core knows from Jupyter. */
export interface Request {
  id: string;
  content: { allow_stdin: true };
  metadata: { cellId: string };
}

export const requestOf = (id: string): Request => ({
  id,
  content: { allow_stdin: true },
  metadata: { cellId: id },
});

export const idOf = (cell: Cell | undefined): string => (cell?.request as Request | undefined)?.id ?? '';

/** What the offers need of the worker. */
export interface Teller {
  post(news: News): void;
  cellOfCode(): Cell | undefined;
  runPiece: Cells['runPiece'];
  stored(): StoredResults | undefined;
  /** what the reader's choice of fewer digits changes; nothing where there are all */
  fewDigits(): FewDigits | undefined;
  /** the cell as far as its claims depend on it, and whether the reader has changed it or a cell above it */
  claiming(cell: string): { cell: ClaimingCell | undefined; isEdited: boolean };
}

/** Channels between code and page. @returns the kernel's, and how the page's messages come in */
export function makeComms({ post, cellOfCode, runPiece }: Teller): ReturnType<typeof createComms> {
  let count = 0;
  return createComms({
    publish(type, content) {
      const { comm_id: id, data } = content as { comm_id: string; data: Record<string, unknown> };
      if (type === 'comm_open') post({ type: 'comm', action: 'open', id, data });
      else if (type === 'comm_msg') post({ type: 'comm', action: 'message', id, data });
      else if (type === 'comm_close') post({ type: 'comm', action: 'close', id, data: {} });
    },
    runPiece,
    cellOfCode,
    nextTurn,
    newId: () => `${++count}`,
  });
}

/** Offers all of it. */
export function offerToLibraries(teller: Teller, comms: ReturnType<typeof createComms>): void {
  const { cellOfCode } = teller;
  const display = (bundle: Bundle, { id, update = false }: { id?: string; update?: boolean } = {}) =>
    show(teller, bundle, id, update);
  display.clear = ({ wait = false } = {}) => teller.post({ type: 'clear', cell: idOf(cellOfCode()), wait });
  share('display', display);
  share('comms', comms.offered);
  Object.defineProperties(globalThis, {
    [symbols.interrupt]: {
      get() {
        const cell = cellOfCode();
        if (cell) cell.listens = true;
        return cell?.signal;
      },
    },
    [symbols.cell]: { get: () => cellOfCode()?.source },
  });
  printToPage(teller);
}

function show(teller: Teller, bundle: Bundle, id: string | undefined, update: boolean) {
  const { post, cellOfCode } = teller;
  const cell = cellOfCode();
  const few = teller.fewDigits();
  const note = teller.stored()?.noteOf(bundle, few !== undefined);
  if (note) few?.noteRead(note.stored);
  const shown = note
    ? { 'text/plain': `↺ ${note.sentence}`, [noteMimeType]: note }
    : sendable(inScope(teller, asInPage(bundle, idOf(cell), placeOfClaim(bundle, cell)), idOf(cell)));
  if (cell?.divert) {
    const transient = id === undefined ? {} : { display_id: id };
    cell.divert(update ? 'update_display_data' : 'display_data', { data: shown, metadata: {}, transient });
  } else post({ type: 'show', cell: idOf(cell), bundle: shown, id, update });
}

/** Of claims that speak of all digits, where the reader has chosen fewer, that they do not apply. */
function inScope({ fewDigits, claiming }: Teller, bundle: Bundle, id: string): Bundle {
  const { cell, isEdited } = claiming(id);
  return fewDigits()?.inScope(bundle, cell, isEdited) ?? bundle;
}

/** How many claims each cell has made in its run. */
const made = new WeakMap<object, number>();

/** @returns how many claims a cell has made before this output, if that is one */
function placeOfClaim(bundle: Bundle, cell: object | undefined): number {
  const place = (cell && made.get(cell)) ?? 0;
  if (cell && claimMimeType in bundle) made.set(cell, place + 1);
  return place;
}

/** Texts and bytes as they are, all else as JSON holds it: so Jupyter sends it, and Plotly takes no `undefined`. */
export function sendable(bundle: Bundle): Bundle {
  const plain = (content: unknown) =>
    typeof content === 'string' || content instanceof Uint8Array
      ? content
      : JSON.parse(JSON.stringify(content) ?? 'null');
  return Object.fromEntries(Object.entries(bundle).map(([type, content]) => [type, plain(content)]));
}

function printToPage({ post, cellOfCode }: Teller): void {
  const print =
    (name: 'stdout' | 'stderr') =>
    (...values: unknown[]) => {
      const cell = cellOfCode();
      const text = `${format(values)}\n`;
      if (cell?.divert) cell.divert('stream', { name, text });
      else post({ type: 'stream', cell: idOf(cell), name, text });
    };
  const [out, complain] = [print('stdout'), print('stderr')];
  Object.assign(console, {
    log: out,
    info: out,
    debug: out,
    warn: complain,
    error: complain,
    trace: complain,
  });
}

/**
 * Tells the page what computes, when that has changed.
 *
 * @param post - tells it
 * @param card - the graphics card, which may be a `problem`
 * @returns what to call after each cell
 */
export function backendTeller(post: (news: News) => void, card: { problem: string }): () => void {
  let told = '';
  return () => {
    const report = shared('tensorflow')?.report;
    if (!report || report.reason === told) return;
    told = report.reason;
    const name = `${report.backend} ${report.version}`;
    const { problem } = card;
    post({ type: 'backend', name: problem ? `${name}: ${problem}` : name, reason: report.reason });
  };
}
