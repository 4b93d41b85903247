/** What every control is, whatever it looks like. */

/** What a control may stand for. */
export type ControlValue = number | string | boolean;

/** A control, before it is on the page: made by `slider` and its like. */
export interface Control<Value extends ControlValue = ControlValue> {
  /** its value before the reader moves it */
  readonly value: Value;
  /** what stands before it; default its name in the specification */
  readonly label?: string;
  /** what it does, shown when the mouse rests on it */
  readonly tooltip?: string;
  /** in words, what it can be set to: `slider 0.01 … 0.3` */
  readonly range: string;
  /** its kind among Jupyter's widgets: `FloatSlider` */
  readonly widget: string;
  /** what Jupyter's widget begins with */
  readonly state: Readonly<Record<string, unknown>>;
  /** @returns the value after the page said what is new; `undefined` if nothing that matters */
  read(change: Record<string, unknown>, current: Value): Value | undefined;
  /** @returns whether it can be set to this value */
  accepts(value: ControlValue): boolean;
}

/** What every control takes. */
export interface ControlOptions<Value> {
  /** its value before the reader moves it, that of the stored page */
  value?: Value;
  /** what stands before it; default its name in the specification */
  label?: string;
}
