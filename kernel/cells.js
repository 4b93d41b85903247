/** Compiles and runs cells, and knows at any moment which cell the running code belongs to. */

const { AsyncLocalStorage } = require('node:async_hooks');
const path = require('node:path');
const { setImmediate: nextTurn } = require('node:timers/promises');
const vm = require('node:vm');
const { reportDiagnostics, reportThrown } = require('./errors');
const { interruption, runInterruptibly, shared } = require('./interruptible');
const { log } = require('./messages');
const { createModules } = require('./modules');
const { stopTrainingOnInterrupt } = require('./training');
const { createCompiler } = require('./tslab');

/** Cells whose source is kept for errors that come late. */
const REMEMBERED = 500;
/** How long code that listens for the interrupt may take to come to its end. */
const GRACE_MILLISECONDS = 10_000;

/** @typedef {import('./errors').Report} Report */

/** One execution of one cell. */
class Cell {
  /** @param {number} count @param {string} source @param {import('./messages').Message} request */
  constructor(count, source, request) {
    this.name = `Cell [${count}]`;
    this.source = source;
    this.request = request;
    this.running = true;
    /** Whether its code asked for the interrupt signal. */
    this.listens = false;
    /** @type {import('./tslab').Locate} */
    this.locate = () => undefined;
    const controller = new AbortController();
    this.signal = controller.signal;
    /** What waits for something that may not come. @type {Set<(reason: unknown) => void>} */
    this.waiting = new Set();
    this.interrupt = () => {
      if (this.signal.aborted) return this.end(this.signal.reason);
      const reason = interruption();
      controller.abort(reason);
      // Code that does not listen cannot stop by itself: the cell leaves it behind.
      setTimeout(() => this.end(reason), this.listens ? GRACE_MILLISECONDS : 0).unref();
    };
  }

  /** Ends the cell though its code has not come to its end. @param {unknown} reason */
  end(reason) {
    for (const reject of this.waiting) reject(reason);
  }

  /** What a promise gives, or the reason why the cell ended first. @template T @param {T} value @returns {Promise<Awaited<T>>} */
  orEnd(value) {
    // Not Promise.race with one promise for the whole cell: that would keep every value until the cell ends.
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      Promise.resolve(value)
        .then(resolve, reject)
        .finally(() => this.waiting.delete(reject));
    });
  }
}

/** A module's exports that cells may redefine: TypeScript defines imported names as getters, which could not be. */
function createExports() {
  return new Proxy(/** @type {Record<string, any>} */ ({}), {
    defineProperty(target, name, { get, value }) {
      if (name !== '__esModule') target[/** @type {string} */ (name)] = get ? get() : value;
      return true;
    },
  });
}

/**
 * Runs a cell with top-level `await`s. They were compiled to `yield`s so that each stretch between two of them can run
 * interruptibly, not only the first; and so that an `await` which is given up throws, and `finally` runs.
 *
 * @param {Generator<unknown, void, unknown>} steps
 * @param {Cell} cell
 */
async function drive(steps, cell) {
  let result = runInterruptibly(() => steps.next());
  while (!result.done) {
    /** @type {() => typeof result} */
    let resume;
    try {
      const value = await cell.orEnd(result.value);
      resume = () => steps.next(value);
    } catch (error) {
      resume = () => steps.throw(error);
    }
    result = runInterruptibly(resume);
  }
}

/** @param {(cell: Cell, report: Report) => void} onLateError an error of a cell that has ended */
function createCells(onLateError) {
  const root = process.cwd();
  const compiler = createCompiler();
  const modules = createModules(root);
  const exports = createExports();
  const current = /** @type {AsyncLocalStorage<Cell>} */ (new AsyncLocalStorage());
  /** @type {Map<string, Cell>} by name, the oldest first */
  const remembered = new Map();
  /** @type {Cell | undefined} */
  let latest;
  let declarations = '';
  let watchesTraining = false;

  /** The cell that the running code belongs to, else the latest. */
  const cellOfCode = () => current.getStore() ?? latest;

  const requireForCells = Object.assign((/** @type {string} */ id) => {
    const result = modules.require(id);
    if (
      !watchesTraining &&
      Object.keys(require.cache).some((file) => file.includes('@tensorflow/tfjs-layers'))
    ) {
      watchesTraining = true;
      stopTrainingOnInterrupt(modules.require, cellOfCode);
    }
    return result;
  }, modules.require);

  shared.require = requireForCells;

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
    const compiled = modules.find(file);
    const place = compiled?.locate(line - 1, column - 1);
    const name = path.relative(root, file).replace(/\.js$/, '.ts');
    return place && { name, line: place.line + 1, column: place.column + 1 };
  }

  /** @param {unknown} thrown */
  const report = (thrown) => reportThrown(thrown, findSource);

  /** @param {Cell} cell @returns {Promise<Report | undefined>} */
  async function runCell(cell) {
    const compiled = compiler.compile(cell.source, declarations);
    cell.locate = compiled.locate;
    modules.update(compiled.files);
    if (compiled.diagnostics.length > 0)
      return reportDiagnostics(compiled.diagnostics, cell.name, cell.source);

    // An interrupt that came while the compiler was busy is heard in the second turn: the first may begin after the
    // event loop has asked for signals.
    await nextTurn();
    await nextTurn();
    cell.signal.throwIfAborted();
    const wrapped = `(${compiled.form} (exports, require) {\n${compiled.code}\n})`;
    const body = new vm.Script(wrapped, { filename: cell.name, lineOffset: -1 }).runInThisContext();
    const begun = runInterruptibly(() => body(exports, requireForCells));
    await cell.orEnd(compiled.form === 'function*' ? drive(begun, cell) : begun);
    // A rejection that nobody handles is known one turn later; it is still this cell's.
    await cell.orEnd(nextTurn());

    declarations = compiled.declarations;
    const { lastExpression } = compiled;
    if (lastExpression && exports[lastExpression] != null) console.log(exports[lastExpression]);
    if (lastExpression) delete exports[lastExpression];
    return undefined;
  }

  /** An error that no code caught. @param {unknown} error */
  function failLate(error) {
    const stack = String(/** @type {any} */ (error)?.stack ?? '');
    const named = /Cell \[\d+\]/.exec(stack)?.[0];
    const cell = current.getStore() ?? remembered.get(named ?? '') ?? latest;
    if (cell?.running) cell.end(error);
    else if (cell) onLateError(cell, report(error));
    else log(error);
  }
  process.on('uncaughtException', failLate);
  process.on('unhandledRejection', failLate);

  return {
    cellOfCode,
    /** @param {number} count @param {string} source @param {import('./messages').Message} request
     * @returns {Promise<Report | undefined>} what went wrong, if anything did */
    async run(count, source, request) {
      const cell = new Cell(count, source, request);
      latest = cell;
      remembered.set(cell.name, cell);
      for (const name of remembered.keys()) {
        if (remembered.size <= REMEMBERED) break;
        remembered.delete(name);
      }
      try {
        return await current.run(cell, () => runCell(cell));
      } catch (error) {
        return report(error);
      } finally {
        cell.running = false;
      }
    },
    /**
     * Runs code that a reader's move in an output calls for, as a piece of the cell that made the output: what it
     * prints and shows goes there, and an interrupt ends it.
     *
     * @param {Cell} origin @param {() => unknown} code
     * @returns {Promise<Report | undefined>} what went wrong, if anything did
     */
    async runPiece(origin, code) {
      const piece = new Cell(0, origin.source, origin.request);
      piece.name = origin.name;
      piece.locate = origin.locate;
      latest = piece;
      try {
        await current.run(piece, () => piece.orEnd(runInterruptibly(code)));
        await piece.orEnd(nextTurn());
        return undefined;
      } catch (error) {
        return report(error);
      } finally {
        piece.running = false;
      }
    },
    interrupt() {
      if (latest?.running) latest.interrupt();
    },
    /** @param {string} source @param {number} offset */
    complete: (source, offset) => compiler.complete(source, offset, declarations),
    /** @param {string} source @param {number} offset */
    inspect: (source, offset) => compiler.inspect(source, offset, declarations),
    close: () => compiler.close(),
  };
}

module.exports = { createCells };
