/** What a knob may hold, and how it is written. */

/** What a knob may hold. */
export type KnobValue = number | string | boolean | number[];

/** @returns `number`, `text`, `true or false` or `list of numbers` */
export function typeOf(value: KnobValue): string {
  if (Array.isArray(value)) return 'list of numbers';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'string' ? 'text' : 'number';
}

/** @returns the value as TypeScript writes it */
export function writeValue(value: KnobValue): string {
  if (Array.isArray(value)) return `[${value.map(String).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  const literal = value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `'${literal}'`;
}
