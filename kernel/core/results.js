/** The value of a cell's last expression, in the forms that a notebook can show. */

const { displayMethod, plotlyMimeType } = require('../contract');
const { counted, cut, cutLines, read, textOf } = require('./text');

/** @typedef {Record<string, unknown>} Bundle MIME type → content */
/** @typedef {import('./text').Inspect} Inspect */
/** @typedef {(string | number)[][]} Rows */

/** How much of a value is shown. */
const TEXT_CHARACTERS = 20_000;
const TEXT_LINES = 200;
const TABLE_ROWS = 20;
const TABLE_COLUMNS = 20;
/** UTF-16 units of one cell of a table. */
const CELL_CHARACTERS = 200;
/** Of more rows nobody asks whether they make a table: a list may be as good as endless, and empty. */
const MOST_ROWS = 1e6;
/** Above this many numbers only the corner of a tensor that is shown is read. */
const TENSOR_NUMBERS = 1000;

/** Methods that give one form, by their usual names. @type {[type: string, names: string[]][]} */
const METHODS = [
  ['text/html', ['toHtml', 'toHTML', '_toHtml']],
  ['text/markdown', ['toMarkdown', '_toMarkdown']],
  ['image/svg+xml', ['toSvg', 'toSVG', '_toSvg']],
  ['image/png', ['toPng', '_toPng']],
  ['text/latex', ['toLatex', 'toTex', '_toLatex']],
];

/**
 * A value's forms; one of them is always text. Bad methods of the value's own are passed over.
 *
 * @param {any} value not `undefined` and not `null`
 * @param {Inspect} inspect
 * @param {<T>(code: () => T) => T} run runs code of the value's own so that it can be interrupted
 * @returns {Bundle | Promise<Bundle>} a promise if the value needs time to say how it looks
 */
function bundleOf(value, inspect, run) {
  const text = { 'text/plain': plainText(value, inspect) };
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject) return text;
  const own = read(value, displayMethod);
  if (typeof own === 'function') return displayed(value, own, text, run);
  try {
    return { ...text, ...knownForms(value) };
  } catch {
    return text;
  }
}

/**
 * What a value's own display method gives.
 *
 * @param {any} value @param {Function} method @param {{ 'text/plain': string }} text what there is without it
 * @param {<T>(code: () => T) => T} run
 * @returns {Bundle | Promise<Bundle>}
 */
function displayed(value, method, text, run) {
  const fail = (/** @type {unknown} */ error) => {
    if (read(error, 'name') === 'KeyboardInterrupt') throw error;
    const reason = `[its Jupyter.display method failed: ${textOf(error, String)}]`;
    return { 'text/plain': `${text['text/plain']}\n${reason}` };
  };
  const add = (/** @type {any} */ forms) => ({ ...text, ...(isBundle(forms) ? sendable(forms) : {}) });
  try {
    const shown = method.call(value);
    if (typeof shown?.then !== 'function') return add(shown);
    return Promise.resolve(shown)
      .then((forms) => run(() => add(forms)))
      .catch(fail);
  } catch (error) {
    return fail(error);
  }
}

/** @param {any} forms */
const isBundle = (forms) =>
  typeof forms === 'object' && forms !== null && Object.keys(forms).every((type) => type.includes('/'));

/** Forms as a message can carry them and a notebook can store them. @param {Bundle} forms @returns {Bundle}
 * @throws if there is no such form: a circle, a method that throws, a text that is none */
function sendable(forms) {
  const entries = Object.entries(forms).map(([type, content]) => [type, sendableContent(type, content)]);
  return Object.fromEntries(entries.filter(([, content]) => content !== undefined));
}

/** @param {string} type @param {any} content */
function sendableContent(type, content) {
  if (typeof content === 'string' || content instanceof Uint8Array || content === undefined) return content;
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  if (/[/+]json$/.test(type)) return JSON.parse(JSON.stringify(content) ?? 'null');
  if (['number', 'bigint', 'boolean'].includes(typeof content)) return String(content);
  if (Array.isArray(content) && content.every((line) => typeof line === 'string')) return content.join('');
  throw new TypeError(`what it gives for ${type} is not a string`);
}

/** @param {any} value @param {Inspect} inspect */
function plainText(value, inspect) {
  let text;
  try {
    text = wholeText(value, inspect);
  } catch {
    // It is not what it looks like.
    text = textOf(value, inspect);
  }
  return cut(cutLines(text, TEXT_LINES), TEXT_CHARACTERS);
}

/** @param {any} value @param {Inspect} inspect */
function wholeText(value, inspect) {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return textOf(value, inspect);
  if (isTensor(value)) return tensorText(value, inspect);
  if (isOfMathjs(value)) return textOf(value, String);
  if (isFigure(value)) return `Figure: ${titleOf(value.layout) || 'without a title'}`;
  return textOf(value, inspect);
}

/** @param {any} layout of Plotly's */
const titleOf = ({ title }) => String((typeof title === 'string' ? title : read(title, 'text')) ?? '');

/** Its values say their type, and that they are of it. @param {any} value */
function isOfMathjs(value) {
  const type = read(value, 'type');
  return typeof type === 'string' && read(value, `is${type}`) === true;
}

/** The forms of what is known by its shape, not by its class. @param {any} value @returns {Bundle} */
function knownForms(value) {
  if (isFigure(value)) return { [plotlyMimeType]: plainFigure(value) };
  if (isTensor(value)) return value.rank === 2 && !value.isDisposed ? tensorTable(value) : {};
  if (isMathMatrix(value)) return latexOf(value.toArray());
  if (Array.isArray(value) && value.length > MOST_ROWS) return {};
  if (Array.isArray(value)) return isRows(value) ? rowsTable(value) : isGrid(value) ? gridTable(value) : {};
  return ownForms(value);
}

/** @param {any} value @returns {Bundle} */
function ownForms(value) {
  /** @type {Bundle} */
  const forms = {};
  for (const [type, names] of METHODS) {
    const name = names.find((each) => typeof read(value, each) === 'function');
    if (!name) continue;
    const content = value[name]();
    const isImage = type === 'image/png';
    if (typeof content === 'string') forms[type] = type === 'text/latex' ? inDollars(content) : content;
    else if (isImage && content instanceof Uint8Array) forms[type] = content;
  }
  // mathjs writes formulas as HTML, too, but only with a style sheet of its own.
  if (forms['text/latex']) delete forms['text/html'];
  return forms;
}

/** @param {string} formula */
const inDollars = (formula) => (/^\s*(\$|\\\[|\\begin)/.test(formula) ? formula : `$$${formula}$$`);

/** @param {any} value a figure of Plotly's: traces and a layout, at most with frames and settings beside them */
function isFigure(value) {
  const known = ['data', 'layout', 'frames', 'config'];
  return (
    Array.isArray(read(value, 'data')) &&
    value.data.every((/** @type {unknown} */ trace) => typeof trace === 'object' && trace !== null) &&
    typeof read(value, 'layout') === 'object' &&
    value.layout !== null &&
    Object.keys(value).every((key) => known.includes(key))
  );
}

/** Typed arrays and large integers have no JSON of their own. @param {any} figure */
const plainFigure = (figure) =>
  JSON.parse(
    JSON.stringify(figure, (_key, value) => {
      if (typeof value === 'bigint') return Number(value);
      return ArrayBuffer.isView(value) && 'length' in value ? Array.from(/** @type {any} */ (value)) : value;
    }),
  );

/** @param {any} value of TensorFlow.js */
function isTensor(value) {
  return (
    typeof read(value, 'dataSync') === 'function' &&
    Array.isArray(read(value, 'shape')) &&
    typeof read(value, 'dtype') === 'string' &&
    typeof read(value, 'rank') === 'number'
  );
}

/** @param {any} tensor @param {Inspect} inspect */
function tensorText(tensor, inspect) {
  const shape = `Tensor [${tensor.shape.join(', ')}] ${tensor.dtype}`;
  if (tensor.isDisposed) return `${shape}, disposed`;
  if (tensor.size > TENSOR_NUMBERS && tensor.rank > 2) return `${shape}, ${counted(tensor.size, 'number')}`;
  try {
    const { values, rest } = cornerOf(tensor);
    const numbers = inspect(values, { depth: Number.POSITIVE_INFINITY, compact: 3 });
    return `${shape}\n${tensor.dtype === 'complex64' ? numbers.replaceAll("'", '') : numbers}${rest && `\n${rest}`}`;
  } catch {
    return shape;
  }
}

/** The values of a tensor, at most the first rows and columns, and a sentence on the rest. @param {any} tensor */
function cornerOf(tensor) {
  if (tensor.size <= TENSOR_NUMBERS && (tensor.rank !== 2 || tensor.shape[1] <= TABLE_COLUMNS))
    return { values: valuesOf(tensor), rest: '' };
  const limits = tensor.rank === 1 ? [TABLE_ROWS * 5] : [TABLE_ROWS, TABLE_COLUMNS];
  const size = tensor.shape.map((/** @type {number} */ length, /** @type {number} */ axis) =>
    Math.min(length, limits[axis]),
  );
  const corner = tensor.slice(
    size.map(() => 0),
    size,
  );
  const values = valuesOf(corner);
  corner.dispose();
  return {
    values,
    rest: `… of ${tensor.shape.map((/** @type {number} */ each) => each.toLocaleString('en')).join(' × ')}`,
  };
}

/** Nested as its axes say; complex numbers, which it gives as two numbers each, as text. @param {any} tensor @returns {any} */
function valuesOf(tensor) {
  if (tensor.dtype !== 'complex64') return tensor.arraySync();
  const parts = Array.from(/** @type {ArrayLike<number>} */ (tensor.dataSync()), shortNumber);
  const values = Array.from({ length: tensor.size }, (_, index) =>
    `${parts[2 * index]} + ${parts[2 * index + 1]}i`.replace('+ -', '- '),
  );
  return nested(values, tensor.shape);
}

/** @param {unknown[]} values @param {number[]} shape @returns {unknown} */
function nested(values, [length, ...rest]) {
  if (length === undefined) return values[0];
  const each = values.length / length;
  return Array.from({ length }, (_, index) => nested(values.slice(index * each, (index + 1) * each), rest));
}

/** @param {any} tensor of two axes @returns {Bundle} */
function tensorTable(tensor) {
  const { values, rest } = cornerOf(tensor);
  return table({
    rows: values,
    note: `${tensor.dtype}, ${tensor.shape.join(' × ')}${rest && `; the first ${values.length} rows`}`,
  });
}

/** @param {any} value a matrix of mathjs */
const isMathMatrix = (value) =>
  read(value, 'isMatrix') === true && typeof read(value, 'toArray') === 'function';

/** @param {any} array numbers, at most two levels deep @returns {Bundle} */
function latexOf(array) {
  const rows = array.every(Array.isArray) ? array : [array];
  const [height, width] = [rows.length, rows[0]?.length ?? 0];
  const fits = height <= TABLE_ROWS && width > 0 && width <= TABLE_COLUMNS && isGrid(rows, 1);
  if (!fits) return isGrid(rows) ? gridTable(rows) : {};
  const lines = rows.map((/** @type {number[]} */ row) => row.map(latexNumber).join(' & '));
  return { 'text/latex': `$$\\begin{bmatrix}${lines.join(' \\\\ ')}\\end{bmatrix}$$` };
}

/** A number in six figures; whole ones as they are. @param {number} value */
const shortNumber = (value) =>
  Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(6)));

/** @param {number} value */
const latexNumber = (value) =>
  Number.isFinite(value)
    ? shortNumber(value).replace(/e([+-]\d+)$/, (_all, power) => `\\cdot 10^{${Number(power)}}`)
    : `\\text{${value}}`;

/** Numbers in rows of equal length. @param {any[]} value @param {number} [least] rows */
function isGrid(value, least = 2) {
  const width = value[0]?.length;
  return (
    value.length >= least &&
    width > 0 &&
    value.every(
      (row) =>
        (Array.isArray(row) || row instanceof Float32Array || row instanceof Float64Array) &&
        row.length === width &&
        Array.prototype.every.call(row, (each) => typeof each === 'number'),
    )
  );
}

/** Records whose fields are plain values. @param {any[]} value */
function isRows(value) {
  const isPlain = (/** @type {unknown} */ each) =>
    each === null || !['object', 'function'].includes(typeof each);
  const isRecord = (/** @type {any} */ row) =>
    typeof row === 'object' && row !== null && [Object.prototype, null].includes(Object.getPrototypeOf(row));
  return (
    value.length > 0 &&
    value.every((row) => isRecord(row) && Object.values(row).every(isPlain)) &&
    Object.keys(value[0]).length > 0
  );
}

/** @param {Record<string, unknown>[]} records @returns {Bundle} */
function rowsTable(records) {
  const names = [...new Set(records.slice(0, TABLE_ROWS).flatMap((record) => Object.keys(record)))];
  const head = names.slice(0, TABLE_COLUMNS);
  const rows = records.map((record) => head.map((name) => record[name] ?? ''));
  return table({ head, rows, columns: names.length });
}

/** @param {ArrayLike<number>[]} grid @returns {Bundle} */
const gridTable = (grid) => table({ rows: grid });

/** @param {{ head?: string[], rows: any[], columns?: number, note?: string }} content @returns {Bundle} */
function table({ head, rows, columns = rows[0].length, note }) {
  const cells = (/** @type {ArrayLike<unknown>} */ row, /** @type {string} */ tag) =>
    Array.from(row)
      .slice(0, TABLE_COLUMNS)
      .map((value) => (typeof value === 'number' ? shortNumber(value) : cut(String(value), CELL_CHARACTERS)))
      .map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`)
      .join('');
  const shown = rows.slice(0, TABLE_ROWS).map((row) => `<tr>${cells(row, 'td')}</tr>`);
  const left = [
    rows.length > TABLE_ROWS && counted(rows.length - TABLE_ROWS, 'more row'),
    columns > TABLE_COLUMNS && counted(columns - TABLE_COLUMNS, 'more column'),
  ].filter(Boolean);
  const foot = [note, left.length > 0 && `… ${left.join(', ')}`].filter(Boolean).join('; ');
  const html = [
    '<table>',
    head ? `<thead><tr>${cells(head, 'th')}</tr></thead>` : '',
    `<tbody>${shown.join('')}</tbody></table>`,
    foot && `<div>${escapeHtml(foot)}</div>`,
  ];
  return { 'text/html': html.join('') };
}

/** @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

module.exports = { bundleOf };
