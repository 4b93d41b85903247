/**
 * nodeplotlib inside a notebook: `plot(data, layout, config)` draws the figure as an output of the cell, where the
 * package itself would start a web server and open a browser. Cells get this in the package's place; its types still
 * come from the package, and outside this kernel the package is what it always was.
 */

const { plotlyMimeType, symbols } = require('./contract');

/** @typedef {Record<string, any>} Fields */
/** @typedef {{ subscribe(observer: object): { unsubscribe(): void } }} Stream an Observable of rxjs or of another origin */
/** @typedef {{ data: unknown[], layout: Fields, config: Fields }} Figure */

/** A stream may be faster than any eye: so many milliseconds lie between two figures. */
const BETWEEN_FIGURES = 40;

/** Fields whose contents are the reader's own: nothing in them is a title of Plotly's. */
const own = new Set(['customdata', 'meta', 'ids', 'text', 'hovertext', 'texttemplate']);
/** What older Plotlys wrote beside a title and newer ones look for in it. */
const besideTitle = {
  titlefont: 'font',
  titleside: 'side',
  titleposition: 'position',
  titleoffset: 'offset',
};

const ink = '#222222';
const axis = {
  automargin: true,
  zeroline: false,
  gridcolor: '#E4E4E4',
  linecolor: ink,
  showline: true,
  ticks: 'outside',
  tickcolor: ink,
  exponentformat: 'power',
};

/** Colours evenly spaced from the smallest value to the largest. @param {string[]} colors */
const scale = (...colors) => colors.map((color, index) => [index / (colors.length - 1), color]);
const sequential = scale('#FFFFFF', '#C6DDF0', '#7FB5DB', '#2F83BD', '#00395E');
const diverging = scale('#00456B', '#4C9CCB', '#FFFFFF', '#E99350', '#8F3F00');

/** The look of the course's figures, as `lib/figures` has it: a template gives way to whatever the reader says. */
const theme = {
  layout: {
    font: { family: 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif', size: 14, color: ink },
    title: { font: { size: 18, color: ink }, x: 0, xref: 'container', xanchor: 'left', pad: { l: 16 } },
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    margin: { t: 60, l: 64, r: 24, b: 56 },
    hovermode: 'closest',
    colorway: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#6B6B6B'],
    colorscale: { sequential, diverging },
    xaxis: axis,
    yaxis: axis,
  },
};

/** The course's size of a figure. */
const size = { width: 640, height: 400 };

/** @type {Set<() => void>} what ends the streams that are being drawn */
const streams = new Set();

/**
 * Draws a figure in the cell that calls.
 *
 * @param {unknown[] | Stream} data traces of Plotly, or an Observable of such lists: each that comes replaces the last
 * @param {Fields} [layout] of Plotly; titles may be plain strings
 * @param {Fields} [config] of Plotly
 * @throws {TypeError} if `data`, `layout` or `config` is something else
 */
function plot(data, layout = {}, config = {}) {
  for (const [name, value] of Object.entries({ layout, config })) {
    if (!isFields(value))
      throw new TypeError(`Cannot plot: ${name} must be an object, got ${described(value)}`);
  }
  const frame = {
    layout: withTheme(/** @type {Fields} */ (plain(layout))),
    config: { displaylogo: false, .../** @type {Fields} */ (plain(config, false)) },
  };
  if (isStream(data)) drawStream(data, frame);
  else draw({ data: traces(data), ...frame });
}

/** @param {unknown} value @returns {value is Stream} */
const isStream = (value) => typeof (/** @type {any} */ (value)?.subscribe) === 'function';

/** @param {unknown} value @returns {value is Fields} */
const isFields = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} data */
function traces(data) {
  if (Array.isArray(data) && data.every(isFields)) return /** @type {unknown[]} */ (plain(data));
  const fault = Array.isArray(data) ? data.find((one) => !isFields(one)) : data;
  throw new TypeError(
    `Cannot plot: data must be a list of traces, [{ x, y }, …], or an Observable of such lists; got ${described(fault)}`,
  );
}

/** @param {unknown} value */
function described(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`;
}

/** @param {Figure} figure @param {object} [options] */
function draw(figure, options) {
  const display = Reflect.get(globalThis, symbols.display);
  display({ [plotlyMimeType]: figure, 'text/plain': describe(figure) }, options);
}

/**
 * Draws what a stream brings in one output, which changes in place. The newest list of traces is drawn; of those that
 * come quickly one after the other some are left out, never the last.
 *
 * @param {Stream} stream @param {{ layout: Fields, config: Fields }} frame
 */
function drawStream(stream, frame) {
  const id = /** @type {any} */ (globalThis).crypto.randomUUID();
  let drawn = false;
  /** @type {unknown} */
  let newest;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const drawNewest = () => {
    timer = undefined;
    if (newest === undefined) return;
    const data = traces(newest);
    newest = undefined;
    draw({ data, ...frame }, { id, update: drawn });
    drawn = true;
    timer = setTimeout(drawNewest, BETWEEN_FIGURES);
  };
  // The output is of the cell that plots, also if another brings the first values: what follows on a promise belongs
  // to the code that said so.
  let begin = () => {};
  new Promise((resolve) => {
    begin = () => resolve(undefined);
  }).then(drawNewest);
  let subscribing = true;
  const end = () => {
    clearTimeout(timer);
    streams.delete(stop);
    if (drawn || subscribing) drawNewest();
    else begin();
    clearTimeout(timer);
  };
  /** @type {{ unsubscribe(): void } | undefined} */
  let subscription;
  const stop = () => {
    subscription?.unsubscribe();
    end();
  };
  streams.add(stop);
  subscription = stream.subscribe({
    next(/** @type {unknown} */ data) {
      newest = data;
      if (!drawn && !subscribing) begin();
      else if (timer === undefined) drawNewest();
    },
    error(/** @type {unknown} */ error) {
      end();
      // As rxjs does with an error that nobody looks at: it is the cell's.
      setTimeout(() => {
        throw error;
      });
    },
    complete: end,
  });
  subscribing = false;
}

/** Ends all streams that are being drawn: the reader pressed stop. What came last stays on the page. */
function stopStreams() {
  for (const stop of [...streams]) stop();
}

/** @param {Fields} layout */
function withTheme(layout) {
  // Room that the reader leaves to Plotly, or gives himself, is not ours to fill.
  const sized = layout.autosize === undefined ? { ...size, autosize: false, ...layout } : layout;
  return { template: theme, ...sized };
}

/**
 * A copy that JSON can hold: typed arrays as lists, large integers as numbers. And titles as plotly.js has them since
 * version 3: it overlooks plain strings without a word.
 *
 * @param {unknown} value @param {boolean} [titles] whether a `title` in it may be Plotly's @param {unknown[]} [above]
 *   what it lies in
 * @returns {unknown}
 */
function plain(value, titles = true, above = []) {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (ArrayBuffer.isView(value) && 'length' in value) {
    return Array.from(/** @type {ArrayLike<number | bigint>} */ (/** @type {unknown} */ (value)), Number);
  }
  if (above.includes(value)) throw new TypeError('Cannot plot: an object contains itself');
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((one) => plain(one, titles, inside));
  const fields = Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, plain(field, titles && !own.has(name), inside)]),
  );
  return titles ? withTitleInFull(fields) : fields;
}

/** `title: 'Loss', titlefont: {…}` as `title: { text: 'Loss', font: {…} }`. @param {Fields} fields */
function withTitleInFull({ title, ...fields }) {
  const beside = Object.entries(besideTitle).filter(([old]) => old in fields);
  const named = ['string', 'number'].includes(typeof title) ? { text: String(title) } : title;
  if (beside.length === 0) return title === undefined ? fields : { ...fields, title: named };
  const moved = Object.fromEntries(beside.map(([old, name]) => [name, fields[old]]));
  for (const [old] of beside) delete fields[old];
  return { ...fields, title: { ...moved, ...named } };
}

/** One line for whoever cannot see the figure, in the reader's own words alone. @param {Figure} figure */
function describe({ data, layout }) {
  const title = layout.title?.text;
  const [x, y] = [layout.xaxis?.title?.text, layout.yaxis?.title?.text];
  const axes = x && y ? ` (x: ${x}, y: ${y})` : '';
  return `${title ?? `${data.length} traces`}${axes}`;
}

module.exports = { inline: { plot }, stopStreams };
