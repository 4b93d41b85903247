/** Compiles and runs cells, and knows at any moment which cell the running code belongs to. */

const { drive, Execution } = require('./cell');
const { reportDiagnostics, reportThrown } = require('./errors');
const { bundleOf } = require('./results');
const { bodyOf, createVariables } = require('./variables');

/** Cells whose source is kept for errors that come late. */
const REMEMBERED = 500;

/**
 * @typedef {import('./cell').Cell} Cell
 * @typedef {import('./errors').Report} Report
 * @typedef {import('./results').Bundle} Bundle
 * @typedef {{ report?: Report, result?: Bundle }} Outcome what went wrong, if anything did; what the cell ended in
 */

/**
 * What the cells need of where they run.
 *
 * @typedef {object} Host
 * @property {ReturnType<typeof import('./modules').createModules>} modules
 * @property {import('./compiler').Compiler} compiler
 * @property {(code: string, name: string) => (exports: object, require: Function, link: Function) => any} evaluate JavaScript → what it
 *   is, a function; `name` stands in its errors
 * @property {<T>(code: () => T) => T} runStep runs so that an interrupt can end it
 * @property {() => Promise<unknown>} nextTurn resolves after everything else that is due now
 * @property {<T>(cell: Cell, code: () => T) => T} runAs runs code that belongs to a cell, with what it starts
 * @property {() => Cell | undefined} current the cell that the running code was started by
 * @property {(value: unknown, options?: object) => string} inspect
 * @property {import('./errors').Files} files
 * @property {(error: any) => unknown} stackOf an error's stack, with places in the JavaScript
 * @property {(error: unknown) => void} log
 */

/** @param {Host} host @param {(cell: Cell, report: Report) => void} onLateError an error of a cell that has ended */
function createCells(host, onLateError) {
  const { compiler, modules, files, inspect } = host;
  const variables = createVariables();
  const { exports } = variables;
  /** @type {Map<string, Cell>} by name, the oldest first */
  const remembered = new Map();
  /** @type {Cell | undefined} */
  let latest;
  let declarations = '';

  /** The cell that the running code belongs to, else the latest. */
  const cellOfCode = () => host.current() ?? latest;

  /** @type {import('./errors').Find} */
  function findSource(file, line, column) {
    const cell = remembered.get(file);
    if (cell) {
      // The compiler puts one line before the cell's first, so its zero-based number is ours.
      const place = cell.locate(line - 1, column - 1);
      const text = place && cell.source.split('\n')[place.line - 1];
      return place && text !== undefined
        ? { name: cell.name, line: place.line, column: place.column + 1, text }
        : undefined;
    }
    const place = modules.find(file)?.locate(line - 1, column - 1);
    const name = files.nameOf(file).replace(/\.js$/, '.ts');
    return place && { name, line: place.line + 1, column: place.column + 1 };
  }

  /** @param {unknown} thrown @returns {Report} */
  function report(thrown) {
    const context = { find: findSource, files, inspect, stackOf: host.stackOf };
    try {
      // A getter of the reader's own may never end.
      return host.runStep(() => reportThrown(thrown, context));
    } catch (interruption) {
      return reportThrown(interruption, context);
    }
  }

  /** The function that a cell's code is the body of. @param {import('./compiler').CompiledCell} compiled @param {string} name */
  function build(compiled, name) {
    const { text, names } = bodyOf(compiled);
    return { body: host.evaluate(text, name), names };
  }

  /** Runs a cell whose code is ready to. What it declares later cells know, however it ends: it may have been interrupted
   * after an hour. @param {Cell} cell @param {import('./compiler').CompiledCell} compiled @param {boolean} keeps */
  async function runCompiled(cell, compiled, keeps) {
    const { body, names } = compiled.built ?? build(compiled, cell.name);
    const own = names.filter((name) => name !== compiled.lastExpression);
    const { link, end } = variables.begin(own);
    if (keeps) {
      declarations = compiled.declarations;
      compiler.definitions.add(cell.source);
    }
    let whole = false;
    try {
      const begun = host.runStep(() => body(exports, modules.require, link));
      await cell.orEnd(compiled.form === 'function*' ? drive(begun, cell, host) : begun);
      // A rejection that nobody handles is known one turn later; it is still this cell's.
      await cell.orEnd(host.nextTurn());
      whole = true;
    } finally {
      end(cell.name, whole);
    }
  }

  /**
   * @param {Cell} cell @param {boolean} keeps whether its variables are there for later cells
   * @returns {Promise<Outcome>}
   */
  async function runCell(cell, keeps) {
    const compiled = compiler.compile(cell.source, declarations);
    cell.locate = compiled.locate;
    modules.update(compiled.files);
    if (compiled.diagnostics.length > 0)
      return { report: reportDiagnostics(compiled.diagnostics, cell.name, cell.source, files) };

    // An interrupt that came while the compiler was busy is heard in the second turn: the first may begin after the
    // event loop has asked for signals.
    await host.nextTurn();
    await host.nextTurn();
    cell.signal.throwIfAborted();
    await cell.orEnd(modules.prepare(compiled.imports));
    await runCompiled(cell, compiled, keeps);

    const { lastExpression } = compiled;
    if (!lastExpression) return {};
    const value = exports[lastExpression];
    delete exports[lastExpression];
    if (value === undefined || value === null) return {};
    unname(value, lastExpression);
    return { result: await cell.orEnd(host.runStep(() => bundleOf(value, inspect, host.runStep))) };
  }

  /** Runs code for a cell, whose outputs it shall be. @param {Cell} cell @param {() => unknown} code */
  async function runFor(cell, code) {
    latest = cell;
    try {
      return /** @type {Outcome} */ (await host.runAs(cell, code));
    } catch (error) {
      return { report: report(error) };
    } finally {
      cell.running = false;
    }
  }

  return {
    cellOfCode,
    findSource,
    /** @param {string} name @param {string} source @param {any} request @returns {Promise<Outcome>} */
    run(name, source, request) {
      const cell = new Execution(name, source, request);
      remembered.delete(name);
      remembered.set(name, cell);
      for (const each of remembered.keys()) {
        if (remembered.size <= REMEMBERED) break;
        remembered.delete(each);
      }
      return runFor(cell, () => runCell(cell, true));
    },
    /** Runs code of which no later cell knows. @param {string} name @param {string} source @param {any} request */
    evaluate(name, source, request) {
      const cell = new Execution(name, source, request);
      return runFor(cell, () => runCell(cell, false));
    },
    /**
     * Runs code that a reader's move in an output calls for, as a piece of the cell that made the output: what it
     * prints and shows goes there, and an interrupt ends it.
     *
     * @param {Cell} origin @param {() => unknown} code
     * @returns {Promise<Report | undefined>} what went wrong, if anything did
     */
    async runPiece(origin, code) {
      const piece = new Execution(origin.name, origin.source, origin.request);
      piece.locate = origin.locate;
      const outcome = await runFor(piece, async () => {
        await piece.orEnd(host.runStep(code));
        await piece.orEnd(host.nextTurn());
        return {};
      });
      return outcome.report;
    },
    definitionsUsedBy: (/** @type {string} */ code) => compiler.definitions.usedBy(code),
    interrupt() {
      if (latest?.running) latest.interrupt();
    },
    /** An error that no code caught. Never throws: that would end the kernel. @param {unknown} error */
    failLate(error) {
      try {
        const cell = host.current() ?? remembered.get(cellNamedIn(error) ?? '') ?? latest;
        if (cell?.running) cell.end(error);
        else if (cell) onLateError(cell, report(error));
        else host.log(error);
      } catch (fault) {
        host.log(fault);
      }
    },
    /** @param {string} source @param {number} offset */
    complete: (source, offset) => compiler.complete(source, offset, declarations),
    /** @param {string} source @param {number} offset */
    inspect: (source, offset) => compiler.inspect(source, offset, declarations),
    prepare: () => compiler.prepare(),
    close: () => compiler.close(),
  };
}

/** The cell that an error's stack names. @param {any} error */
function cellNamedIn(error) {
  try {
    return /Cell \[\d+(\+\d+)?\]/.exec(String(error?.stack))?.[0];
  } catch {
    return undefined;
  }
}

/** A function without a name has got that of the variable it was put in. @param {unknown} value @param {string} name */
function unname(value, name) {
  if (typeof value !== 'function') return;
  try {
    const own = Object.getOwnPropertyDescriptor(value, 'name');
    if (own?.configurable && own.value === name) Object.defineProperty(value, 'name', { ...own, value: '' });
  } catch {
    // A proxy that allows neither: the compiler's name is not its own.
  }
}

module.exports = { createCells };
