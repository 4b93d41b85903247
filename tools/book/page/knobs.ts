/** The knobs of a notebook as controls on its page, and their values in the page's address. */
import { type Knob, type KnobValue, misfit, parseKnobs, rangeWarning, readLiteral } from '../../../lib/page';
import { element } from './dom';
import { say } from './say';

/** The cell that declares the knobs says so at its end. */
const sign = /^\s*knobs\(\s*\{/m;

/** The controls under the cell that declares the knobs. */
export class KnobPanel {
  private readonly values = new Map<string, KnobValue>();
  private readonly message = element('span', { class: 'run-knob-message', role: 'status' });
  private controls: HTMLFieldSetElement | undefined;

  private constructor(
    private readonly knobs: readonly Knob[],
    private readonly cell: HTMLElement,
    private readonly turned: () => void,
  ) {}

  /**
   * @param cells - the page's cells of code
   * @param turned - called when the reader has given a knob another value
   * @returns the controls; `undefined` if no cell declares a knob
   */
  static under(cells: Iterable<HTMLElement>, turned: () => void): KnobPanel | undefined {
    for (const cell of cells) {
      const source = cell.querySelector('pre')?.textContent ?? '';
      const knobs = sign.test(source) ? parseKnobs(source) : [];
      if (knobs.length === 0) continue;
      const panel = new KnobPanel(knobs, cell, turned);
      panel.readAddress();
      cell.querySelector('pre')?.after(panel.draw());
      return panel;
    }
    return undefined;
  }

  /** @returns the knobs that are turned, their values as JSON */
  get settings(): Record<string, string> {
    if (this.controls?.disabled) return {};
    return Object.fromEntries([...this.values].map(([name, value]) => [name, JSON.stringify(value)]));
  }

  /** Where the reader has edited the cell that declares the knobs, its own values count. */
  update(): void {
    if (!this.controls) return;
    const edited = this.cell.hasAttribute('data-edited');
    if (edited !== this.controls.disabled)
      this.message.textContent = edited ? say('You have edited this cell: its own values count.') : '';
    this.controls.disabled = edited;
  }

  /** What the address asks for: `?learningRate=0.21`. */
  private readAddress(): void {
    for (const [name, text] of new URLSearchParams(location.search)) {
      const knob = this.knobs.find((one) => one.name === name);
      if (knob) this.set(knob, readAs(knob, text));
    }
  }

  /** Gives a knob a value that fits it; of another one it tells why not. */
  private set(knob: Knob, value: KnobValue | undefined): boolean {
    const broken = value === undefined ? say('cannot be read') : misfit(knob, value);
    this.message.textContent = broken
      ? say('{name} {broken}.', { name: knob.name, broken })
      : (rangeWarning(knob, value as KnobValue) ?? '');
    if (broken || value === undefined) return false;
    if (JSON.stringify(value) === JSON.stringify(knob.value)) this.values.delete(knob.name);
    else this.values.set(knob.name, value);
    return true;
  }

  private writeAddress(): void {
    const address = new URL(location.href);
    for (const { name } of this.knobs) {
      const value = this.values.get(name);
      if (value === undefined) address.searchParams.delete(name);
      else address.searchParams.set(name, textOf(value));
    }
    history.replaceState(history.state, '', address);
  }

  private draw(): HTMLElement {
    const rows = this.knobs.map((knob) => {
      const control = controlFor(knob, this.values.get(knob.name) ?? knob.value);
      control.addEventListener('change', () => {
        const text =
          control instanceof HTMLInputElement && control.type === 'checkbox'
            ? String(control.checked)
            : control.value;
        if (!this.set(knob, readAs(knob, text))) return;
        this.writeAddress();
        this.turned();
      });
      const about = [knob.range, knob.description].filter(Boolean).join(say(': '));
      return element('label', { title: about }, element('code', { text: knob.name }), control);
    });
    this.controls = element(
      'fieldset',
      { class: 'run-knobs' },
      element('legend', { text: say('Knobs') }),
      ...rows,
      this.message,
    );
    return this.controls;
  }
}

function readAs(knob: Knob, text: string): KnobValue | undefined {
  if (typeof knob.value === 'string') return text;
  return readLiteral(Array.isArray(knob.value) && !text.trim().startsWith('[') ? `[${text}]` : text);
}

const textOf = (value: KnobValue) => (Array.isArray(value) ? value.join(', ') : String(value));

function controlFor(knob: Knob, value: KnobValue): HTMLInputElement | HTMLSelectElement {
  const choices = typeof knob.value === 'boolean' ? undefined : knob.choices;
  if (choices) {
    const list = element('select', {}, ...choices.map((one) => element('option', { text: String(one) })));
    list.value = String(value);
    return list;
  }
  if (typeof knob.value === 'boolean') {
    const box = element('input', { type: 'checkbox' });
    box.checked = value === true;
    return box;
  }
  // Text, not a number's field: that would refuse `1e-5` in some languages, and a list in all.
  const size = String(Math.max(6, textOf(value).length + 2));
  return element('input', { type: 'text', inputmode: 'decimal', size, value: textOf(value) });
}
