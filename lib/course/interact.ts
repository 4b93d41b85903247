/** Controls that a reader moves, and what a callback makes of them: computed anew while they move. */
import { requireKnownOptions } from '../base/checks';
import { type Comms, shared, widgetMimeType } from '../base/contract';
import { display, escapeHtml } from './display';
import { after, bundleOf, type Content, collect, isFigure, type Shown, Slots } from './interact/content';
import type { Control, ControlValue } from './interact/control';
import { type Filmstrip, filmFigure, requireFilmstrip } from './interact/filmstrip';
import { type ControlSpec, controlOf, type ValuesOf } from './interact/spec';
import { makeWidget, type Widget } from './interact/widgets';
import { show } from './show';

/** Options of {@link interact}. */
export interface InteractOptions {
  /** values of one control, for pages where nothing moves: their figure gets a slider over these */
  filmstrip?: Filmstrip;
}

/**
 * Shows controls and under them what the callback makes of their values; when one is moved, computes anew and puts the
 * new figure in the old one's place. One computation runs at a time, always for the newest values. An error stands
 * under the controls until the next move; what the callback prints stands there, too. Where nobody can move anything (a
 * stored page, a stock tslab, a terminal) the figure at the first values stands alone.
 *
 * @param spec - the controls by name
 * @param callback - value by name → a figure, a text, `{ 'text/html': … }` or nothing; it may be async
 * @returns nothing; of an async callback a promise, to be awaited in the cell
 * @throws TypeError or RangeError if a control, an option or what the callback returns is none
 * @throws whatever the callback throws at the first values
 * @example
 * interact({ learningRate: slider(0.01, 0.3), schedule: ['constant', 'cosine'] }, ({ learningRate, schedule }) =>
 *   descentFigure(learningRate, schedule),
 * );
 */
export function interact<const Spec extends ControlSpec, Result extends Shown | Promise<Shown>>(
  spec: Spec,
  callback: (values: ValuesOf<Spec>) => Result,
  options: InteractOptions = {},
): Done<Result> {
  requireKnownOptions(options, ['filmstrip'], 'interact');
  if (typeof callback !== 'function') {
    throw new TypeError(`Cannot interact: the second argument must be a function, got ${typeof callback}`);
  }
  const controls = Object.entries(spec).map(([name, given]): [string, Control] => [
    name,
    controlOf(name, given),
  ]);
  if (controls.length === 0) throw new RangeError('Cannot interact: there is no control; give at least one');
  if (options.filmstrip) requireFilmstrip(options.filmstrip, Object.fromEntries(controls));
  const code = callback as unknown as Callback;
  const comms = shared('comms');
  const done = comms?.live ? move(comms, controls, code) : still(comms, controls, code, options.filmstrip);
  return done as Done<Result>;
}

/** What {@link interact} returns: a promise if its callback does. */
// biome-ignore lint/suspicious/noConfusingVoidType: nothing to use
export type Done<Result> = Result extends Promise<unknown> ? Promise<void> : void;

type Values = Record<string, ControlValue>;
type Callback = (values: Values) => Shown | Promise<Shown>;

const firstValues = (controls: [string, Control][]): Values =>
  Object.fromEntries(controls.map(([name, { value }]) => [name, value]));

/** For pages where nothing moves. */
function still(
  comms: Comms | undefined,
  controls: [string, Control][],
  callback: Callback,
  filmstrip?: Filmstrip,
): void | Promise<void> {
  const values = firstValues(controls);
  return after(callback(values), (returned) => {
    if (!filmstrip) return showContent(returned);
    const at = (changed: Values) => {
      const code = () => callback({ ...values, ...changed });
      if (!comms) return code();
      // What the other values print and show would only repeat that of the first.
      let returned: Shown | Promise<Shown>;
      const collected = collect(comms, () => {
        returned = code();
        return after(returned, () => undefined);
      });
      return after(collected, () => returned);
    };
    return after(filmFigure(filmstrip, Object.fromEntries(controls), returned, at), showContent);
  });
}

function showContent(returned: Shown): void {
  if (isFigure(returned)) {
    show(returned);
    return;
  }
  const bundle = bundleOf(returned);
  if (!bundle || display(bundle)) return;
  console.log(bundle['text/plain'] ?? `An output as ${Object.keys(bundle).join(', ')}: it needs a notebook.`);
}

/** For a page whose reader can move the controls. */
function move(comms: Comms, controls: [string, Control][], callback: Callback): void | Promise<void> {
  const values = firstValues(controls);
  const compute = () => collect(comms, () => callback({ ...values }));
  return after(compute(), (content) => {
    const panel = makePanel(comms, controls, values, compute);
    const words = controls.map(([name, { value, range }]) => `${name}: ${value} (${range})`);
    const view = { version_major: 2, version_minor: 0, model_id: panel.id };
    display({ [widgetMimeType]: view, 'text/plain': words.join('\n') });
    panel.put(content);
  });
}

/** The controls on the page, and what answers them. */
function makePanel(
  comms: Comms,
  controls: [string, Control][],
  values: Values,
  compute: () => Content | Promise<Content>,
) {
  let stale = false;
  let late = false;
  const message = makeWidget(comms, 'HTML', { value: '' });
  const elsewhere = makeWidget(comms, 'Output', {});
  const style = makeWidget(comms, 'DescriptionStyle', { description_width: `${labelWidth(controls)}ch` });
  const layout = makeWidget(comms, 'Layout', { width: '520px', max_width: '100%' });

  const put = ({ text, outputs }: Content) => {
    message.set({ value: text && inLines(text, 'inherit') });
    slots.fill(outputs);
    if (late) elsewhere.set({ outputs: slots.forLatePage(outputs) });
  };
  const failed = (report: string) => message.set({ value: inLines(report, '#D55E00') });

  const widgets = controls.map(([name, control]): Widget => {
    const moved = (change: Record<string, unknown>, more: boolean) => {
      const value = control.read(change, values[name]);
      if (value !== undefined && value !== values[name]) {
        values[name] = value;
        stale = true;
      }
      if (!stale || more) return undefined;
      stale = false;
      return after(compute(), put);
    };
    const { widget, state, label = name, tooltip = null } = control;
    const look = { description: label, tooltip, layout: layout.reference };
    const describing = widget === 'Button' ? look : { ...look, style: style.reference };
    return makeWidget(comms, widget, { ...describing, ...state }, { moved, failed });
  });
  const children = [...widgets, message, elsewhere].map(({ reference }) => reference);
  const arrived = () => {
    late = true;
  };
  const { id } = makeWidget(comms, 'VBox', { children }, { moved: () => undefined, failed, arrived });
  const slots = new Slots(id);
  return { id, put };
}

const labelWidth = (controls: [string, Control][]): number =>
  Math.max(...controls.map(([name, { widget, label = name }]) => (widget === 'Button' ? 0 : label.length))) +
  1;

const inLines = (text: string, color: string): string =>
  `<pre style="margin:0;line-height:1.3;white-space:pre-wrap;color:${color}">${escapeHtml(text)}</pre>`;
