/** Errors as a reader wants them: where in which cell, with the line, without the frames of the kernel. */

const { counted, cut, read, textOf } = require('./text');

/** How much of an error is told. */
const TEXT_CHARACTERS = 10_000;
const NAME_CHARACTERS = 200;
const STACK_CHARACTERS = 200_000;
const LINE_CHARACTERS = 500;
const FRAMES = 30;
/** Of those that cause each other, or that one gathers. */
const ERRORS = 12;

/**
 * @typedef {import('./compiler').Diagnostic} Diagnostic
 * @typedef {{ ename: string, evalue: string, traceback: string[] }} Report the fields of Jupyter's `error` message
 * @typedef {{ name: string, line: number, column: number, text?: string }} Place 1-based; `text` is the line of source
 * @typedef {(file: string, line: number, column: number) => Place | undefined} Find place in the JavaScript → the reader's
 * @typedef {{ find: Find, files: Files, stackOf(error: unknown): unknown, inspect: (value: unknown, options?: object) => string }} Context
 *   `stackOf`: with places in the JavaScript, also where `error.stack` has the reader's
 */

/**
 * What is known of files.
 *
 * @typedef {object} Files
 * @property {(file: string) => boolean} isKernel
 * @property {(file: string) => string | undefined} packageOf the package that a file is part of
 * @property {(file: string) => string} nameOf as a reader knows it: from the project's root
 * @property {(file: string) => string} read its text; empty if there is none
 */

const red = (/** @type {string} */ text) => `\u001b[31m${text}\u001b[39m`;
const cyan = (/** @type {string} */ text) => `\u001b[36m${text}\u001b[39m`;
const grey = (/** @type {string} */ text) => `\u001b[90m${text}\u001b[39m`;

const FRAME = /^\s+at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

/** What Node writes above the stack of a file that is no JavaScript: where, the line and marks under it. */
const BROKEN_FILE = /^(.+):(\d+)\n.*\n( *)\^+\n/;

/** Callers that a reader did not name. */
const nameless = /^(|async|eval|(Object\.)?<anonymous>|(Generator\.)?next|exports\.tsLastExpr)$/;

/** A line of source, numbered, with what is wrong underlined.
 * @param {Place} place @param {number} [length] */
function excerpt({ line, column, text }, length = 1) {
  if (text === undefined || text.trim() === '' || text.length > LINE_CHARACTERS) return [];
  const number = String(line);
  const marks = '~'.repeat(Math.max(1, Math.min(length, text.length - column + 1)));
  return [
    `${grey(`${number} |`)} ${text}`,
    `${grey(`${' '.repeat(number.length)} |`)} ${' '.repeat(column - 1)}${red(marks)}`,
  ];
}

/** @param {Place} place */
const nameOf = ({ name, line }) => `${cyan(name)}, line ${line}`;

/**
 * What was thrown, as an `error` message. Never throws, whatever it is given.
 *
 * @param {unknown} thrown
 * @param {Context} context
 * @returns {Report}
 */
function reportThrown(thrown, context) {
  try {
    return tell(thrown, context, new Set());
  } catch {
    const evalue = 'an error that cannot be shown: its own properties throw';
    return { ename: 'Thrown', evalue, traceback: [`${red('Thrown')}: ${evalue}`] };
  }
}

/** @param {unknown} thrown @param {Context} context @param {Set<unknown>} told errors on the way here @returns {Report} */
function tell(thrown, context, told) {
  if (!isError(thrown)) {
    const evalue = cut(textOf(thrown, context.inspect), TEXT_CHARACTERS);
    return { ename: 'Thrown', evalue, traceback: [`${red('Thrown')}: ${evalue}`] };
  }
  const ename = cut(plain(read(thrown, 'name'), context) || 'Error', NAME_CHARACTERS);
  const evalue = cut(plain(read(thrown, 'message'), context), TEXT_CHARACTERS);
  const title = `${red(ename)}${evalue && `: ${evalue}`}`;
  if (told.has(thrown)) return { ename, evalue, traceback: [`${title} ${grey('(told above)')}`] };
  told.add(thrown);
  const frames = framesOf(thrown, context);
  const own = frames.find((frame) => frame.place);
  const traceback = [
    title,
    ...(own?.place ? excerpt(own.place) : []),
    ...frames.map(({ text }) => text),
    ...tellParts(thrown, context, told),
  ];
  return { ename, evalue, traceback };
}

/** The errors that an error names as its cause, or gathers. @param {Error} error @param {Context} context @param {Set<unknown>} told */
function tellParts(error, context, told) {
  if (told.size > ERRORS) return [];
  const traceback = [];
  const cause = read(error, 'cause');
  if (cause !== undefined) traceback.push(grey('caused by'), ...tell(cause, context, told).traceback);
  const errors = read(error, 'errors');
  if (!Array.isArray(errors)) return traceback;
  for (let index = 0; index < errors.length; index++) {
    if (told.size > ERRORS) {
      traceback.push(grey(`… ${counted(errors.length - index, 'more error')}`));
      break;
    }
    traceback.push(...tell(read(errors, index), context, told).traceback);
  }
  return traceback;
}

/** What an error's name or message says. @param {unknown} value @param {{ inspect: Context['inspect'] }} context */
function plain(value, { inspect }) {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : textOf(value, inspect);
}

/** Errors of other realms, too. @param {any} value
 * @returns {value is Error} */
function isError(value) {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}

/**
 * The reader's own frames, and one line for each stretch of a package's.
 *
 * @param {Error} error @param {Context} context
 */
function framesOf(error, { find, files, stackOf }) {
  /** @type {{ text: string, place?: Place }[]} */
  const frames = [];
  /** @type {{ name: string, count: number } | undefined} */
  let stretch;
  const endStretch = () => {
    if (stretch) frames.push({ text: grey(`    … ${counted(stretch.count, 'frame')} in ${stretch.name}`) });
    stretch = undefined;
  };
  const [, broken, brokenRow, space = ''] =
    BROKEN_FILE.exec(plain(read(error, 'stack'), { inspect: String })) ?? [];
  const stack = plain(stackOf(error), { inspect: String }).slice(0, STACK_CHARACTERS);
  if (broken && !files.isKernel(broken)) {
    const place = find(broken, Number(brokenRow), space.length + 1);
    frames.push({
      text: place ? `    at (${nameOf(place)})` : grey(`    at (${files.nameOf(broken)}:${brokenRow})`),
    });
  }
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, caller = '', file, row, column] = match;
    if (file.startsWith('node:') || files.isKernel(file)) continue;
    const place = find(file, Number(row), Number(column));
    // What the compiler has added to a cell, its reader did not write.
    if (!place && /^Cell \[/.test(file)) continue;
    const name = place ? undefined : files.packageOf(file);
    if (name) {
      if (stretch?.name !== name) endStretch();
      stretch = { name, count: (stretch?.count ?? 0) + 1 };
      continue;
    }
    endStretch();
    const within = nameless.test(caller) ? '' : `${caller.replace(/^Proxy\./, '')} `;
    if (place) frames.push({ text: `    at ${within}(${nameOf(place)})`, place });
    else frames.push({ text: grey(`    at ${within}(${files.nameOf(file)}:${row})`) });
  }
  endStretch();
  if (frames.length <= FRAMES) return frames;
  const more = grey(`    … ${counted(frames.length - FRAMES, 'more frame')}`);
  return [...frames.slice(0, FRAMES), { text: more }];
}

/**
 * What the compiler found, as one `error` message: a syntax error if there is one, else type errors.
 *
 * @param {Diagnostic[]} diagnostics at least one
 * @param {string} cell the cell's name
 * @param {string} source the cell's text
 * @param {Files} files
 * @returns {Report}
 */
function reportDiagnostics(diagnostics, cell, source, files) {
  const isSyntax = diagnostics.some(({ code }) => code >= 1000 && code < 2000);
  const ename = isSyntax ? 'SyntaxError' : 'TypeScriptError';
  const groups = groupByPlace(diagnostics);
  const traceback = groups.flatMap(([first, ...details]) => {
    const name = first.fileName ?? cell;
    const text = (first.fileName ? files.read(first.fileName) : source).split('\n')[first.start.line];
    const place = { name, line: first.start.line + 1, column: first.start.character + 1, text };
    return [
      `${red(ename)}: ${first.messageText} ${grey(`TS${first.code}`)}`,
      ...details.map((detail, depth) => `${'  '.repeat(depth + 1)}${detail.messageText}`),
      ...excerpt(place, first.end.offset - first.start.offset),
      `    at ${nameOf(place)}`,
    ];
  });
  return { ename, evalue: `${groups[0][0].messageText} (TS${groups[0][0].code})`, traceback };
}

/** One complaint may come in several sentences, each a diagnostic at the same place. @param {Diagnostic[]} diagnostics */
function groupByPlace(diagnostics) {
  /** @type {Diagnostic[][]} */
  const groups = [];
  for (const diagnostic of diagnostics) {
    const last = groups.at(-1)?.[0];
    const same =
      last && last.start.offset === diagnostic.start.offset && last.end.offset === diagnostic.end.offset;
    if (same) groups.at(-1)?.push(diagnostic);
    else groups.push([diagnostic]);
  }
  return groups;
}

/**
 * The lines of a stack as they are printed: with the reader's places, without the kernel's. A stack that has nothing of
 * the reader's stays as it is.
 *
 * @param {string[]} lines @param {{ find: Find, files: Files }} context
 */
function readableLines(lines, { find, files }) {
  let hasPlace = false;
  const readable = lines.flatMap((line) => {
    const [, caller, file = '', row, column] = FRAME.exec(line) ?? [];
    const place = file && find(file, Number(row), Number(column));
    if (place) {
      hasPlace = true;
      const name = `${place.name}:${place.line}:${place.column}`;
      return [!caller || nameless.test(caller) ? `    at ${name}` : `    at ${caller} (${name})`];
    }
    return files.isKernel(file) || file === 'node:vm' || /^Cell \[/.test(file) ? [] : [line];
  });
  return hasPlace ? readable : lines;
}

module.exports = { readableLines, reportThrown, reportDiagnostics };
