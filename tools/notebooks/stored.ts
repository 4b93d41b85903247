/** Stored outputs: what is kept of them, and which are no longer true. */
import { noteMimeType, plotlyMimeType } from '../../lib/surroundings';
import { type Cell, hasTag, inLines, joined, type Notebook, type Output } from './notebook-file';

/** How far numbers may differ before an output counts as stale, as a share. */
export const defaultTolerance = 1e-3;

const numbers = /[-−+]?(?:\d{1,3}(?:[,_]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/**
 * Brings an executed notebook into the form in which it is committed: execution counts in order, no
 * times, streams joined and as a terminal would leave them, passing notes dropped.
 *
 * @param executed - never changed
 */
export function normalise(executed: Notebook): Notebook {
  let count = 0;
  const cells = executed.cells.map((cell): Cell => {
    const { execution, ExecuteTime, ...metadata } = cell.metadata as Record<string, unknown>;
    const plain = { ...cell, metadata, source: inLines(joined(cell.source)) };
    if (cell.cell_type !== 'code') return plain;
    const execution_count = joined(cell.source).trim() ? ++count : null;
    return { ...plain, execution_count, outputs: tidy(cell.outputs ?? [], execution_count) };
  });
  const metadata = {
    kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
    language_info: {
      codemirror_mode: 'typescript',
      file_extension: '.ts',
      mimetype: 'text/typescript',
      name: 'typescript',
    },
  };
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

function tidy(outputs: readonly Output[], count: number | null): Output[] {
  const tidied: Output[] = [];
  for (const output of outputs) {
    if (output.data && noteMimeType in output.data) continue;
    if (output.output_type !== 'stream') {
      const { metadata = {}, ...rest } = output;
      // The value of the cell's last expression bears the cell's count.
      const counted = output.output_type === 'execute_result' ? { execution_count: count } : {};
      tidied.push({ ...rest, metadata, ...counted });
      continue;
    }
    const last = tidied.at(-1);
    if (last?.output_type === 'stream' && last.name === output.name) {
      last.text = inLines(joined(last.text) + joined(output.text));
    } else {
      tidied.push({ name: output.name, output_type: 'stream', text: inLines(joined(output.text)) });
    }
  }
  for (const output of tidied) {
    if (output.output_type === 'stream') output.text = inLines(afterReturns(joined(output.text)));
  }
  return tidied;
}

/** What a terminal shows in the end: after a carriage return the line is written over. */
function afterReturns(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => line.replace(/\r$/, '').split('\r').at(-1))
    .join('\n');
}

/**
 * Lists the cells whose committed outputs no longer say what a fresh execution says. Pictures are not
 * compared (the figure's data are), nor the outputs of cells tagged `volatile`; of cells tagged
 * `approximate` the words are, the numbers are not, and claims only by whether they are met.
 *
 * @param committed - as on disk
 * @param fresh - executed and normalised
 * @param tolerance - how far numbers may differ, as a share
 * @returns a sentence for each stale cell
 */
export function staleCells(committed: Notebook, fresh: Notebook, tolerance: number): string[] {
  const found: string[] = [];
  const current = new Map(fresh.cells.map((cell) => [cell.id, cell]));
  for (const cell of normalise(committed).cells) {
    if (cell.cell_type !== 'code') continue;
    const other = current.get(cell.id);
    const why = other ? difference(cell, other, tolerance) : 'the cell was not executed';
    if (why) found.push(`${cell.id}: ${why}`);
  }
  return found;
}

function difference(committed: Cell, fresh: Cell, tolerance: number): string | undefined {
  const [old, now] = [committed.outputs ?? [], fresh.outputs ?? []];
  if (hasTag(fresh, 'volatile')) {
    return old.length === 0 && now.length > 0 ? 'no outputs are committed' : undefined;
  }
  if (old.length !== now.length) return `${old.length} outputs are committed, ${now.length} come out`;
  const allowed = hasTag(fresh, 'approximate') ? Number.POSITIVE_INFINITY : tolerance;
  for (let index = 0; index < now.length; index++) {
    const why = unlike(comparable(old[index]), comparable(now[index]), allowed);
    if (why) return why;
  }
  return undefined;
}

/**
 * An output without what is not compared: pictures, and the HTML that repeats the text. A cell's value is not the same
 * as the same thing shown: Jupyter writes `Out[3]` beside the one.
 */
function comparable(output: Output): unknown {
  const kind = { output: output.output_type };
  if (output.output_type === 'stream') return { ...kind, name: output.name, text: joined(output.text) };
  if (output.output_type === 'error') return { ...kind, error: output.ename, value: output.evalue };
  const compared = Object.fromEntries(
    Object.entries(output.data ?? {})
      .filter(([type]) => !type.startsWith('image/'))
      .filter(([type]) => type !== 'text/html' || !('text/plain' in (output.data ?? {})))
      .map(([type, value]) => [type, type.startsWith('text/') ? joined(value as string) : value]),
  );
  return { ...kind, ...compared };
}

function unlike(old: unknown, now: unknown, tolerance: number, place = ''): string | undefined {
  const say = (before: string, after: string) =>
    `${place && `${place}: `}${before} is committed, ${after} comes out`;
  if (typeof old === 'number' && typeof now === 'number') {
    return near(old, now, tolerance) ? undefined : say(String(old), String(now));
  }
  if (typeof old === 'string' && typeof now === 'string') {
    return sameText(old, now, tolerance) ? undefined : say(...whereTheyDiffer(old, now));
  }
  if (typeof old !== 'object' || typeof now !== 'object' || !old || !now) {
    return old === now ? undefined : say(clip(written(old)), clip(written(now)));
  }
  // A list of approximate numbers may come out longer (a training that stopped later).
  const anyNumbers = tolerance === Number.POSITIVE_INFINITY && Array.isArray(old);
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  for (const key of keys) {
    const [before, after] = [(old as never)[key], (now as never)[key]];
    if (anyNumbers && typeof (before ?? after) === 'number') continue;
    const why = unlike(before, after, tolerance, place ? `${place}.${key}` : key);
    if (why) return why;
  }
  return undefined;
}

function written(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function near(old: number, now: number, tolerance: number): boolean {
  return old === now || Math.abs(old - now) <= tolerance * Math.max(Math.abs(old), Math.abs(now), 1e-9);
}

function sameText(old: string, now: string, tolerance: number): boolean {
  if (old === now) return true;
  const words = (text: string) => text.replace(numbers, '#').replace(/[ \t]+/g, ' ');
  if (words(old) !== words(now)) return false;
  const after = now.match(numbers) ?? [];
  return (old.match(numbers) ?? []).every((number, index) => sameNumber(number, after[index], tolerance));
}

/** The same value in another way of writing is another text, as is a value nearby with its digits grouped otherwise. */
function sameNumber(old: string, now: string, tolerance: number): boolean {
  const [before, after] = [old, now].map((text) => Number(text.replace(/[,_]/g, '').replace('−', '-')));
  // Which side of zero a rounded number comes from is noise.
  if (before === 0 && after === 0) return old.replace(/^[-−]/, '') === now.replace(/^[-−]/, '');
  if (before === after) return old === now;
  const [one, other] = [groupingOf(old), groupingOf(now)];
  return near(before, after, tolerance) && (one === other || one === undefined || other === undefined);
}

/** What stands between thousands: a sign, or nothing; undefined of a number that has no thousands to part. */
function groupingOf(number: string): string | undefined {
  return /[,_]/.exec(number)?.[0] ?? (/\d{4}/.test(number.replace(/[.e].*/i, '')) ? '' : undefined);
}

/** Both texts on one line, from a little before the place where they part. */
function whereTheyDiffer(old: string, now: string): [string, string] {
  let same = 0;
  while (same < old.length && old[same] === now[same]) same++;
  const from = Math.max(0, same - 40);
  const piece = (text: string) =>
    `'${from > 0 ? '…' : ''}${clip(text.slice(from).trimEnd().replace(/\n/g, '⏎'))}'`;
  return [piece(old), piece(now)];
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/**
 * What is written when outputs are saved: the fresh outputs, but the committed ones of a cell whose
 * source is the same and whose outputs say the same to the ninth digit (or are volatile), and the
 * committed picture of a figure that has not changed. So a run without change gives no diff.
 *
 * @param committed - as on disk
 * @param fresh - executed and normalised
 * @param refresh - whether volatile outputs are written anew
 */
export function merge(committed: Notebook, fresh: Notebook, refresh = false): Notebook {
  const before = new Map(normalise(committed).cells.map((cell) => [cell.id, cell]));
  const cells = fresh.cells.map((cell) => {
    const old = before.get(cell.id);
    if (!old?.outputs || joined(old.source) !== joined(cell.source)) return cell;
    const steady = { ...cell, metadata: { ...cell.metadata, tags: volatileOnly(cell, refresh) } };
    if (!difference(old, steady, 1e-9)) return { ...cell, outputs: old.outputs };
    return {
      ...cell,
      outputs: cell.outputs?.map((output) => withPicture(output, old.outputs ?? [])),
    };
  });
  return { ...fresh, cells };
}

function volatileOnly(cell: Cell, refresh: boolean): string[] {
  return hasTag(cell, 'volatile') && !refresh ? ['volatile'] : [];
}

function withPicture(output: Output, old: readonly Output[]): Output {
  const figure = output.data?.[plotlyMimeType];
  if (!figure) return output;
  const text = JSON.stringify(figure);
  const same = old.find((candidate) => JSON.stringify(candidate.data?.[plotlyMimeType]) === text);
  const picture = same?.data?.['image/png'];
  if (!picture) return output;
  // The picture alone: what the output says in words may have changed.
  return { ...output, data: { ...output.data, 'image/png': picture }, metadata: same.metadata };
}
