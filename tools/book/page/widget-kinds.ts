/** How each kind of control looks in a page. */
import { element } from './dom';
import type { Move, State, View } from './widgets';

type Make = (state: State, move: Move, child: (reference: unknown) => HTMLElement) => View;

const textIn = (state: State, name: string) => String(state[name] ?? '');

/** A control with what stands before it and, of a slider, its value behind it. */
function labelled(state: State, control: HTMLElement, behind?: HTMLElement): HTMLElement {
  const label = element('span', { text: textIn(state, 'description') });
  return element(
    'label',
    { class: 'run-control', title: textIn(state, 'tooltip') },
    label,
    control,
    ...(behind ? [behind] : []),
  );
}

/** @param power - of a log slider: its ends are exponents */
function slider(state: State, move: Move, power: boolean): View {
  const least = Number(state.min);
  const step = Number(state.step);
  // The range counts steps: a browser rounds a fraction to its own.
  const steps = Math.round((Number(state.max) - least) / step);
  const place = (value: number) => ((power ? Math.log10(value) : value) - least) / step;
  const valueAt = (at: number) => (power ? 10 ** (least + at * step) : least + at * step);
  const range = element('input', { type: 'range', min: '0', max: String(steps), step: '1' });
  const shown = element('output');
  const show = (value: number) => {
    shown.textContent = power ? String(Number(value.toPrecision(3))) : value.toFixed(decimalsOf(state));
    range.setAttribute('aria-valuetext', shown.textContent);
  };
  const update = ({ value }: State) => {
    range.value = String(Math.round(place(Number(value))));
    show(Number(value));
  };
  range.addEventListener('input', () => {
    const value = valueAt(Number(range.value));
    show(value);
    move({ value });
  });
  update(state);
  return { element: labelled(state, range, shown), update };
}

const decimalsOf = ({ readout_format }: State) => Number(/\.(\d+)f/.exec(String(readout_format))?.[1] ?? 2);

function dropdown(state: State, move: Move): View {
  const labels = (state._options_labels ?? []) as string[];
  const list = element('select', {}, ...labels.map((text) => element('option', { text })));
  const update = ({ index }: State) => {
    list.selectedIndex = Number(index);
  };
  list.addEventListener('change', () => move({ index: list.selectedIndex }));
  update(state);
  return { element: labelled(state, list), update };
}

function checkbox(state: State, move: Move): View {
  const box = element('input', { type: 'checkbox' });
  const update = ({ value }: State) => {
    box.checked = value === true;
  };
  box.addEventListener('change', () => move({ value: box.checked }));
  update(state);
  return { element: labelled(state, box), update };
}

function button(state: State, move: Move): View {
  const made = element('button', {
    type: 'button',
    text: textIn(state, 'description'),
    class: 'run-control',
  });
  made.addEventListener('click', () => move({ event: 'click' }));
  return { element: made, update() {} };
}

function html(state: State): View {
  const made = element('div');
  const update = ({ value }: State) => {
    made.innerHTML = String(value ?? '');
  };
  update(state);
  return { element: made, update };
}

function box(state: State, _move: Move, child: (reference: unknown) => HTMLElement): View {
  const children = ((state.children ?? []) as unknown[]).map(child);
  return { element: element('div', { class: 'run-controls' }, ...children), update() {} };
}

/** By the model's name. */
export const kinds: Readonly<Record<string, Make>> = {
  FloatSliderModel: (state, move) => slider(state, move, false),
  FloatLogSliderModel: (state, move) => slider(state, move, true),
  DropdownModel: dropdown,
  CheckboxModel: checkbox,
  ButtonModel: button,
  HTMLModel: html,
  VBoxModel: box,
  // What a page that is loaded later would show; here the outputs stand in their own places.
  OutputModel: () => ({ element: element('div'), update() {} }),
};
