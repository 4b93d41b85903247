/** Values as text, much as Node's `util.inspect` writes them, which a page does not have. */

const lineWidth = 72;
const mostItems = 100;
const deepest = 2;

/**
 * A value as text.
 *
 * @param value - any value
 * @returns one line, or several where one would be longer than 72 characters
 */
export function inspect(value: unknown): string {
  return write(value, 0, []);
}

/**
 * What `console.log` prints: texts as they are, other values inspected, `%s`, `%d`, `%i`, `%f`, `%o`, `%O`, `%j` filled in.
 *
 * @param values - its arguments
 */
export function format(values: readonly unknown[]): string {
  const rest = [...values];
  const parts: string[] = [];
  if (typeof rest[0] === 'string' && rest.length > 1) parts.push(filled(String(rest.shift()), rest));
  return [...parts, ...rest.map(shown)].join(' ');
}

const shown = (value: unknown) => (typeof value === 'string' ? value : inspect(value));

function filled(pattern: string, rest: unknown[]): string {
  return pattern.replace(/%[sdifoOj%]/g, (mark) => {
    if (mark === '%%') return '%';
    if (rest.length === 0) return mark;
    const value = rest.shift();
    if (mark === '%s') return shown(value);
    if (mark === '%i') return String(Number.parseInt(String(value), 10));
    if (mark === '%d' || mark === '%f') return String(Number(value));
    return mark === '%j' ? JSON.stringify(value) : inspect(value);
  });
}

function write(value: unknown, depth: number, above: readonly unknown[]): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return functionName(value as () => unknown);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (above.includes(value)) return '[Circular *1]';
  if (value instanceof Error) return value.stack || String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  return writeParts(value, depth, above);
}

function quoted(text: string): string {
  const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + (quote === '"' ? escaped.replaceAll('"', '\\"') : escaped) + quote;
}

function functionName(value: (...values: never[]) => unknown): string {
  if (/^class\b/.test(Function.prototype.toString.call(value))) return `[class ${value.name}]`;
  return value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]';
}

/** What a value is made of: each part as text, within brackets, behind the name of its class. */
function writeParts(value: object, depth: number, above: readonly unknown[]): string {
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? '[Object: null prototype]';
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (depth > deepest) return isList && Array.isArray(value) ? '[Array]' : `[${name}]`;
  const inner = (part: unknown) => write(part, depth + 1, [...above, value]);
  if (isList) {
    const items = Array.from(value as ArrayLike<unknown>);
    const title = Array.isArray(value) && name === 'Array' ? '' : `${name}(${items.length}) `;
    return bracketed(title, '[', cut(items, inner), ']', depth);
  }
  if (value instanceof Map) {
    const entries = cut([...value], ([key, one]) => `${inner(key)} => ${inner(one)}`);
    return bracketed(`${name}(${value.size}) `, '{', entries, '}', depth);
  }
  if (value instanceof Set)
    return bracketed(`${name}(${value.size}) `, '{', cut([...value], inner), '}', depth);
  if (value instanceof Promise) return 'Promise { … }';
  const title = name === 'Object' ? '' : `${name} `;
  return bracketed(
    title,
    '{',
    cut(propertiesOf(value), ([key, one]) => `${key}: ${inner(one)}`),
    '}',
    depth,
  );
}

function propertiesOf(value: object): [string, unknown][] {
  return Object.entries(value).map(([key, one]) => [/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key), one]);
}

function cut<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const texts = items.slice(0, mostItems).map(text);
  const more = items.length - texts.length;
  if (more > 0) texts.push(`... ${more} more item${more === 1 ? '' : 's'}`);
  return texts;
}

/** On one line if it fits, many short parts in columns, else a line for each part. */
function bracketed(title: string, open: string, parts: string[], close: string, depth: number): string {
  if (parts.length === 0) return `${title}${open}${close}`;
  const indent = '  '.repeat(depth);
  const length = parts.reduce((sum, part) => sum + part.length + 2, 0);
  const isPlain = !parts.some((part) => part.includes('\n'));
  if (isPlain && length + title.length <= lineWidth && (open === '{' || parts.length <= 6))
    return `${title}${open} ${parts.join(', ')} ${close}`;
  const lines = isPlain && open === '[' && parts.length > 6 ? inColumns(parts) : parts;
  return `${title}${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`;
}

function inColumns(parts: readonly string[]): string[] {
  const width = Math.max(...parts.map((part) => part.length)) + 2;
  const across = Math.max(1, Math.min(16, Math.floor(lineWidth / width)));
  const isNumbers = parts.every((part) => /^-?[\d.]/.test(part) || part === 'NaN');
  const lines: string[] = [];
  for (let start = 0; start < parts.length; start += across) {
    const row = parts.slice(start, start + across);
    lines.push(row.map((part) => (isNumbers ? part.padStart(width - 2) : part)).join(', '));
  }
  return lines;
}
