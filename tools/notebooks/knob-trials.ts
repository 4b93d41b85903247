/** A notebook's knobs at the ends of their ranges: which trials there are, and what of an execution counts against it. */
import { claimMimeType, type Knob, type KnobValue, plotlyMimeType, writeValue } from '../../lib/surroundings';
import type { Failure } from './execute';
import { type Cell, joined, knobsOf, type Notebook, type NotebookFile, type Output } from './notebook-file';
import { claimsOf } from './outcome';

/** One knob at one value, all others as committed. */
export interface Trial {
  /** as `--set` takes it; of a trial that is skipped the knob's name alone */
  setting: string;
  /** why it is not made */
  skipped?: string;
}

/**
 * Lists the trials of a notebook: each knob at the least and the most of its stated range, or at each of its choices; a
 * list of numbers with all entries at the least, and all at the most. The committed value itself is no trial.
 */
export function trialsOf(file: NotebookFile): Trial[] {
  return knobsOf(file).flatMap(trialsOfKnob);
}

function trialsOfKnob(knob: Knob): Trial[] {
  const { name, value, choices, limits, description } = knob;
  const at = (values: KnobValue[]) =>
    [...new Set(values.filter((one) => writeValue(one) !== writeValue(value)).map(settingText))].map(
      (text) => ({ setting: `${name}=${text}` }),
    );
  if (choices) return at(choices);
  if (!limits) return [{ setting: name, skipped: 'its comment states no range and no choices' }];
  const ends = [limits.least, limits.most];
  if (!Array.isArray(value)) return at(ends);
  if (value.length > 1 && /\bdifferent\b/.test(description)) {
    return [
      { setting: name, skipped: 'its entries must be different, and at an end of the range all are equal' },
    ];
  }
  return at(ends.map((end) => value.map(() => end)));
}

const settingText = (value: KnobValue): string => (typeof value === 'string' ? value : writeValue(value));

/** What an executed notebook shows of errors and of what is not a number. */
export interface Observation {
  /** where it stopped, and the error's own line */
  failure?: { cell: string; name: string; message: string };
  /** claims that measured NaN, also those that do not apply: the reader sees the NaN all the same */
  claims: { cell: string; sentence: string }[];
  /** ids of cells whose text holds NaN */
  texts: string[];
  /** the figures that have a gap in a trace: the cell's id, and which of its figures, from 1 */
  figures: { cell: string; figure: number }[];
}

/** @returns what the outputs of a notebook show, and the error that it stopped at */
export function observe(notebook: Notebook, failure?: Failure): Observation {
  const claims = claimsOf(notebook).filter(({ measured }) => measured === 'NaN');
  return {
    ...(failure && { failure: { cell: failure.id, name: failure.name, message: errorLine(failure) } }),
    claims: claims.map(({ cell, sentence }) => ({ cell, sentence })),
    texts: notebook.cells.filter(showsNaN).map(({ id }) => id),
    figures: notebook.cells.flatMap((cell) =>
      figuresOf(cell).flatMap((figure, place) =>
        hasGap(figure) ? [{ cell: cell.id, figure: place + 1 }] : [],
      ),
    ),
  };
}

function errorLine({ name, traceback }: Failure): string {
  const lines = traceback.split('\n').map((line) => line.trim());
  return lines.find((line) => line.includes(`${name}:`)) ?? lines.find(Boolean) ?? name;
}

/** A claim has its own place among the observations. */
function showsNaN({ outputs = [] }: Cell): boolean {
  return outputs.some((output) => !output.data?.[claimMimeType] && /\bNaN\b/.test(textOf(output)));
}

function textOf({ text, data = {} }: Output): string {
  const shown = Object.entries(data).filter(([type]) => type.startsWith('text/'));
  const words = JSON.stringify((data[plotlyMimeType] as PlotlyFigure | undefined)?.layout ?? '');
  return [joined(text), ...shown.map(([, content]) => joined(content as string | string[])), words].join(
    '\n',
  );
}

interface PlotlyFigure {
  data?: unknown[];
  layout?: unknown;
  frames?: { data?: unknown[] }[];
}

function figuresOf({ outputs = [] }: Cell): PlotlyFigure[] {
  return outputs.flatMap(({ data }) => (data?.[plotlyMimeType] as PlotlyFigure | undefined) ?? []);
}

/** JSON has no NaN: in a list of a trace `null` stands for it, or its name; typed numbers are in base64. */
function hasGap({ data = [], frames = [] }: PlotlyFigure): boolean {
  return [...data, ...frames.flatMap((frame) => frame.data ?? [])].some((trace) => gapIn(trace));
}

function gapIn(value: unknown, inList = false): boolean {
  if (value === null) return inList;
  if (value === 'NaN') return true;
  if (Array.isArray(value)) return value.some((entry) => gapIn(entry, true));
  if (typeof value !== 'object') return false;
  const { bdata, dtype } = value as { bdata?: unknown; dtype?: unknown };
  if (typeof bdata === 'string') return floats(bdata, dtype).some(Number.isNaN);
  return Object.values(value as object).some((entry) => gapIn(entry));
}

function floats(base64: string, dtype: unknown): number[] {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64')).buffer;
  if (dtype === 'f4') return [...new Float32Array(bytes)];
  return dtype === 'f8' ? [...new Float64Array(bytes)] : [];
}

/**
 * Says what of an execution counts against the notebook.
 *
 * @param seen - at the trial's value
 * @param committed - what the committed outputs show: a NaN that is meant is there, too
 * @returns a sentence for each fault
 */
export function faultsOf(seen: Observation, committed: Observation): string[] {
  const faults: string[] = [];
  if (seen.failure) faults.push(`${seen.failure.cell}: ${seen.failure.message}`);
  for (const { cell, sentence } of seen.claims) {
    const meant = committed.claims.some((one) => one.cell === cell && one.sentence === sentence);
    if (!meant) faults.push(`${cell}: a claim measures NaN: ${sentence}`);
  }
  for (const cell of seen.texts) {
    if (!committed.texts.includes(cell)) faults.push(`${cell}: NaN in its text`);
  }
  for (const { cell, figure } of seen.figures) {
    const meant = committed.figures.some((one) => one.cell === cell && one.figure === figure);
    if (!meant) faults.push(`${cell}: gaps (NaN or null) in a trace of its figure ${figure}`);
  }
  return faults;
}
