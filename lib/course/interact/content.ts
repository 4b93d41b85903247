/** What a callback prints, shows and returns: collected, and put where the last one's stood. */
import { type Comms, displayMethod, movedMimeType, plotlyMimeType } from '../../base/contract';
import type { Figure } from '../../figures/theme';
import { type Bundle, display } from '../display';
import { figureBundle } from '../show';

/** An output in several forms, MIME type → content: `{ 'text/html': '<b>3</b>' }`. */
export type Forms = { [type: `${string}/${string}`]: unknown };

/** What a callback may return: a figure, a text, an output in several forms, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that only shows returns nothing
export type Shown = Figure | Forms | string | number | undefined | void;

/** What came of a callback. */
export interface Content {
  /** what it printed */
  text: string;
  /** what it showed, and last what it returned */
  outputs: Bundle[];
}

/** Goes on with a value, at once or when it has come. */
export function after<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next,
): Next | Promise<Awaited<Next>> {
  return value instanceof Promise ? (value.then(next) as Promise<Awaited<Next>>) : next(value);
}

/** Runs code, and keeps what it prints, shows and returns from the page. */
export function collect(comms: Comms, code: () => Shown | Promise<Shown>): Content | Promise<Content> {
  const content: Content = { text: '', outputs: [] };
  /** the outputs that code may update, by their name */
  const named = new Map<string, number>();
  const restore = comms.divert((type, { text = '', data, transient }) => {
    if (type === 'stream') content.text += text;
    if (!data) return;
    const name = transient?.display_id;
    const place = (name !== undefined && named.get(name)) || content.outputs.length;
    if (name !== undefined) named.set(name, place);
    content.outputs[place] = data;
  });
  const finish = (returned: Shown) => {
    restore();
    const bundle = bundleOf(returned);
    if (bundle) content.outputs.push(bundle);
    return content;
  };
  try {
    const returned = code();
    if (!(returned instanceof Promise)) return finish(returned);
    return returned.then(finish).finally(restore);
  } catch (error) {
    restore();
    throw error;
  }
}

/**
 * @returns the forms of what a callback returned; `undefined` if it is nothing
 * @throws TypeError if it cannot be shown
 */
export function bundleOf(returned: unknown): Bundle | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (typeof returned === 'string' || typeof returned === 'number') return { 'text/plain': String(returned) };
  if (isFigure(returned)) return figureBundle(returned);
  const own = (returned as Record<symbol, unknown>)[displayMethod];
  const forms = typeof own === 'function' ? own.call(returned) : returned;
  const types = typeof forms === 'object' && forms !== null ? Object.keys(forms) : [];
  if (types.length > 0 && types.every((type) => /^[\w.+-]+\/[\w.+-]+$/.test(type))) return forms as Bundle;
  const got = Array.isArray(returned)
    ? `an array of ${returned.length}`
    : `a value of type ${typeof returned}`;
  throw new TypeError(
    `Cannot interact: the callback returned ${got}; let it return a figure, a text, { 'text/html': … } or nothing`,
  );
}

/** @returns whether it is a figure as the builders of `figures` make them */
export function isFigure(value: unknown): value is Figure {
  return typeof value === 'object' && value !== null && 'data' in value && 'layout' in value;
}

/** The places under a group of controls where the content of the latest values stands. */
export class Slots {
  private filled = 0;

  /** @param name - the group's, which no other has */
  constructor(private readonly name: string) {}

  /** Puts outputs where those before them stood; a place that is left over becomes empty. */
  fill(outputs: readonly Bundle[]): void {
    const count = Math.max(this.filled, outputs.length);
    for (let place = 0; place < count; place++) {
      const bundle = this.marked(outputs[place] ?? { 'text/plain': '' }, place);
      display(bundle, { id: `${this.name}-${place}`, update: place < this.filled });
    }
    this.filled = count;
  }

  /** The outputs for a page that does not know these places: figures find theirs by the mark in them. */
  forLatePage(outputs: readonly Bundle[]): object[] {
    return outputs.map((output, place) => {
      const { [plotlyMimeType]: figure, ...rest } = this.marked(output, place);
      const data = figure ? { [movedMimeType]: figure } : rest;
      return { output_type: 'display_data', data, metadata: {} };
    });
  }

  /** A figure keeps the reader's zoom from one value to the next, and its place is written in it. */
  private marked(bundle: Bundle, place: number): Bundle {
    const figure = bundle[plotlyMimeType] as Figure | undefined;
    if (!figure) return bundle;
    const layout = { uirevision: this.name, ...figure.layout, meta: { slot: `${this.name}-${place}` } };
    return { ...bundle, [plotlyMimeType]: { ...figure, layout } };
  }
}
