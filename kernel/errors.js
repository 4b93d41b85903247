/** Errors as a reader wants them: where in which cell, with the line, without the frames of the kernel. */

const fs = require('node:fs');
const path = require('node:path');
const { inspect } = require('node:util');

/**
 * @typedef {import('./tslab').Diagnostic} Diagnostic
 * @typedef {{ ename: string, evalue: string, traceback: string[] }} Report the fields of Jupyter's `error` message
 * @typedef {{ name: string, line: number, column: number, text?: string }} Place 1-based; `text` is the line of source
 * @typedef {(file: string, line: number, column: number) => Place | undefined} Find place in the JavaScript → the reader's
 */

const red = (/** @type {string} */ text) => `\u001b[31m${text}\u001b[39m`;
const cyan = (/** @type {string} */ text) => `\u001b[36m${text}\u001b[39m`;
const grey = (/** @type {string} */ text) => `\u001b[90m${text}\u001b[39m`;

const FRAME = /^\s+at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

/** Callers that a reader did not name. */
const nameless = /^(|async|eval|(Object\.)?<anonymous>|(Generator\.)?next)$/;

/** A line of source, numbered, with what is wrong underlined.
 * @param {Place} place @param {number} [length] */
function excerpt({ line, column, text }, length = 1) {
  if (text === undefined || text.trim() === '') return [];
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
 * What was thrown, as an `error` message.
 *
 * @param {unknown} thrown
 * @param {Find} find
 * @returns {Report}
 */
function reportThrown(thrown, find) {
  if (!isError(thrown)) {
    const evalue = inspect(thrown);
    return { ename: 'Thrown', evalue, traceback: [`${red('Thrown')}: ${evalue}`] };
  }
  const ename = String(thrown.name || 'Error');
  const evalue = String(thrown.message ?? '');
  const frames = framesOf(thrown, find);
  const own = frames.find((frame) => frame.place);
  const traceback = [
    `${red(ename)}${evalue && `: ${evalue}`}`,
    ...(own?.place ? excerpt(own.place) : []),
    ...frames.map(({ text }) => text),
  ];
  if (thrown.cause !== undefined) {
    const cause = reportThrown(thrown.cause, find);
    traceback.push(grey('caused by'), ...cause.traceback);
  }
  if (Array.isArray(thrown.errors)) {
    for (const error of thrown.errors) traceback.push(...reportThrown(error, find).traceback);
  }
  return { ename, evalue, traceback };
}

/** Errors of other realms, too. @param {any} value
 * @returns {value is Error & { errors?: unknown[] }} */
function isError(value) {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

/** @param {Error} error @param {Find} find */
function framesOf(error, find) {
  /** @type {{ text: string, place?: Place }[]} */
  const frames = [];
  for (const line of String(error.stack ?? '').split('\n')) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, caller = '', file, row, column] = match;
    if (file.startsWith('node:') || file.startsWith(`${__dirname}${path.sep}`)) continue;
    const place = find(file, Number(row), Number(column));
    const within = nameless.test(caller) ? '' : `${caller.replace(/^Proxy\./, '')} `;
    if (place) frames.push({ text: `    at ${within}(${nameOf(place)})`, place });
    else frames.push({ text: grey(`    at ${within}(${path.relative('.', file)}:${row})`) });
  }
  return frames;
}

/**
 * What the compiler found, as one `error` message: a syntax error if there is one, else type errors.
 *
 * @param {Diagnostic[]} diagnostics at least one
 * @param {string} cell the cell's name
 * @param {string} source the cell's text
 * @returns {Report}
 */
function reportDiagnostics(diagnostics, cell, source) {
  const isSyntax = diagnostics.some(({ code }) => code >= 1000 && code < 2000);
  const ename = isSyntax ? 'SyntaxError' : 'TypeScriptError';
  const groups = groupByPlace(diagnostics);
  const traceback = groups.flatMap(([first, ...details]) => {
    const name = first.fileName ?? cell;
    const text = (first.fileName ? fs.readFileSync(first.fileName, 'utf8') : source).split('\n')[
      first.start.line
    ];
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

module.exports = { reportThrown, reportDiagnostics };
