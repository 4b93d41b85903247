/** The Node side of the kernel's core: what `core/` needs of files, threads, modules and the event loop. */

const { AsyncLocalStorage } = require('node:async_hooks');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { inspect } = require('node:util');
const vm = require('node:vm');
const { createCells } = require('./core/cells');
const { readableLines } = require('./core/errors');
const { createModules } = require('./core/modules');
const { read } = require('./core/text');
const { stopTrainingOnInterrupt } = require('./core/training');
const { runInterruptibly, shared } = require('./interruptible');
const { lazyMathjs } = require('./mathjs');
const { log } = require('./messages');
const nodeplotlib = require('./nodeplotlib');
const { createCompiler } = require('./tslab');

/** An `import()` that the compiler does not see, in `eval` say, is Node's own. Older versions of Node have no such thing. */
const importsInEval = {
  importModuleDynamically: /** @type {any} */ (vm).constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
};

/**
 * The cells of a notebook, run by this process.
 *
 * @param {(cell: import('./core/cell').Cell, report: import('./core/errors').Report) => void} onLateError
 */
function createNodeCells(onLateError) {
  const root = process.cwd();
  const storage = /** @type {AsyncLocalStorage<import('./core/cell').Cell>} */ (new AsyncLocalStorage());
  hideInsidesOfPromises();
  const modules = createModules(
    root,
    createLoader(() => cells.cellOfCode()),
  );
  const files = createFiles(root);
  const stackOf = tellReadersPlaces((lines) => readableLines(lines, { find: cells.findSource, files }));
  const cells = createCells(
    {
      modules,
      compiler: createCompiler(),
      evaluate: (code, name) =>
        new vm.Script(code, { filename: name, lineOffset: -1, ...importsInEval }).runInThisContext(),
      runStep: runInterruptibly,
      nextTurn,
      runAs: (cell, code) => storage.run(cell, code),
      current: () => storage.getStore(),
      inspect,
      files,
      stackOf,
      log,
    },
    onLateError,
  );
  // What the compiler makes of `import()`, and what stock tslab offers to cells.
  Object.assign(shared, { import: modules.import, require: modules.require });
  catchWhatNobodyCatches(cells.failLate);
  return cells;
}

/**
 * No error ends the kernel, not even after a cell has taken all listeners off the process. A cell's own listeners are
 * heard as in any program.
 *
 * @param {(error: unknown) => void} fail
 */
function catchWhatNobodyCatches(fail) {
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (process.listenerCount('uncaughtException') === 0) return fail(error);
    try {
      /** @type {NodeJS.EventEmitter} */ (process).emit('uncaughtException', error, 'uncaughtException');
    } catch (fault) {
      fail(fault);
    }
  });
  process.on('unhandledRejection', fail);
  process.on('removeListener', (event, listener) => {
    if (event === 'unhandledRejection' && listener === fail) process.on(event, listener);
  });
}

/**
 * Has an error that is printed, `console.log(error)` say, tell the reader's own lines.
 *
 * @param {(lines: string[]) => string[]} readable
 * @returns {(error: any) => unknown} the stack as it is, with places in the JavaScript
 */
function tellReadersPlaces(readable) {
  /** @type {WeakMap<object, string>} */
  const stacks = new WeakMap();
  Error.prepareStackTrace = (error, sites) => {
    const title = titleOf(error);
    const lines = sites.map((site) => `    at ${site}`);
    const stack = [title, ...lines].join('\n');
    try {
      stacks.set(error, stack);
      return [title, ...readable(lines)].join('\n');
    } catch {
      return stack;
    }
  };
  return (error) => {
    // V8 makes it when it is first asked for.
    const shown = read(error, 'stack');
    return stacks.get(error) ?? shown;
  };
}

/** As Node begins a stack. @param {any} error */
function titleOf(error) {
  try {
    const { name, code, message } = error;
    const isNodes = typeof code === 'string' && code.startsWith('ERR_');
    return isNodes ? `${name} [${code}]: ${message}` : Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** @param {string} root @returns {import('./core/errors').Files} */
function createFiles(root) {
  return {
    isKernel: (file) => file.startsWith(`${__dirname}${path.sep}`),
    packageOf: (file) => /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1],
    nameOf(file) {
      const absolute = file.startsWith('file://') ? fileURLToPath(file) : file;
      const relative = path.relative(root, absolute);
      return relative.startsWith('..') ? absolute : relative;
    },
    read(file) {
      try {
        return fs.readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    },
  };
}

/**
 * @param {Parameters<typeof stopTrainingOnInterrupt>[1]} currentCell
 * @returns {import('./core/modules').Loader}
 */
function createLoader(currentCell) {
  let watchesTraining = false;
  /** @param {NodeJS.Require} require */
  function watchTraining(require) {
    if (watchesTraining) return;
    if (!Object.keys(require.cache).some((file) => file.includes('@tensorflow/tfjs-layers'))) return;
    watchesTraining = true;
    stopTrainingOnInterrupt(require, currentCell);
  }

  /** What has been imported from files that may change: its state when it was. @type {Map<string, string>} */
  const stamps = new Map();

  return {
    path,
    run(file, code, require, exports) {
      const module = /** @type {any} */ (new Module(file));
      Object.assign(module, { filename: file, exports, require });
      module.paths = /** @type {any} */ (Module)._nodeModulePaths(path.dirname(file));
      module._compile(code, file);
      return module.exports;
    },
    requireFrom(folder) {
      const require = Module.createRequire(path.join(folder, 'cell.js'));
      return Object.assign((/** @type {string} */ id) => {
        if (id === 'nodeplotlib') return nodeplotlib.inline;
        if (id === 'mathjs') return lazyMathjs(require);
        forgetChanged(require, id, stamps);
        const exports = require(id);
        watchTraining(require);
        return exports;
      }, require);
    },
    async importFrom(folder, id) {
      if (/^(data|file|node):/.test(id) || Module.isBuiltin(id)) return import(id);
      if (id === 'nodeplotlib') return namespaceOf(nodeplotlib.inline);
      const require = Module.createRequire(path.join(folder, 'cell.js'));
      if (id === 'mathjs') return lazyMathjs(require);
      const file = path.isAbsolute(id) || id.startsWith('.') ? path.resolve(folder, id) : undefined;
      if (file && fs.existsSync(file) && isEsFile(file)) return import(freshUrl(file, stamps));
      if (this.isEsModule(folder, id)) return import(urlOfPackage(require, id));
      forgetChanged(require, id, stamps);
      const exports = require(id);
      watchTraining(require);
      return namespaceOf(exports);
    },
    isEsModule(folder, id) {
      if (Module.isBuiltin(id)) return false;
      if (/^(data|file):/.test(id)) return true;
      try {
        return isEsFile(Module.createRequire(path.join(folder, 'cell.js')).resolve(id));
      } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
      }
    },
  };
}

/** What changes from one edit to the next. @param {string} file */
function stampOf(file) {
  const { mtimeMs, size } = fs.statSync(file);
  return `${mtimeMs}-${size}`;
}

/**
 * Has a file of the reader's own, of data or of JavaScript, read anew once it has changed.
 *
 * @param {NodeJS.Require} require @param {string} id @param {Map<string, string>} stamps
 */
function forgetChanged(require, id, stamps) {
  if (!id.startsWith('.') && !path.isAbsolute(id)) return;
  let file;
  try {
    file = require.resolve(id);
  } catch {
    // Told by whoever loads it.
    return;
  }
  if (file.includes(`${path.sep}node_modules${path.sep}`)) return;
  const stamp = stampOf(file);
  if ((stamps.get(file) ?? stamp) !== stamp) delete require.cache[file];
  stamps.set(file, stamp);
}

/** The address of a file: another one once it has changed, so that it is loaded anew. @param {string} file
 * @param {Map<string, string>} stamps */
function freshUrl(file, stamps) {
  const url = pathToFileURL(file);
  const stamp = stampOf(file);
  const first = stamps.get(file) ?? stamp;
  stamps.set(file, first);
  if (stamp !== first) url.searchParams.set('changed', stamp);
  return url.href;
}

/** Where a package's ES module lies. @param {NodeJS.Require} require @param {string} id */
function urlOfPackage(require, id) {
  try {
    return pathToFileURL(require.resolve(id)).href;
  } catch {
    // It can be had by `import` alone, which looks for it from here.
    return id;
  }
}

/** A CommonJS module as `import()` gives it, with all its names. @param {any} exports */
function namespaceOf(exports) {
  if (exports?.__esModule) return exports;
  const named = typeof exports === 'object' || typeof exports === 'function' ? exports : {};
  return { ...named, default: exports };
}

/** @param {string} file */
const isEsFile = (file) => file.endsWith('.mjs') || (file.endsWith('.js') && isInModulePackage(file));

/** @param {string} file */
function isInModulePackage(file) {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const description = path.join(folder, 'package.json');
    if (fs.existsSync(description)) return JSON.parse(fs.readFileSync(description, 'utf8')).type === 'module';
  }
  return false;
}

/**
 * Node hangs on each promise which cell it belongs to, under symbols, and would print that with the promise. Asked how
 * it looks, a promise makes them invisible, then is printed as ever.
 */
function hideInsidesOfPromises() {
  Object.defineProperty(Promise.prototype, inspect.custom, {
    configurable: true,
    writable: true,
    /** @this {Promise<unknown>} */
    value() {
      for (const symbol of Object.getOwnPropertySymbols(this)) {
        if (!/^(async_id_symbol|trigger_async_id_symbol|kResourceStore)$/.test(symbol.description ?? ''))
          continue;
        try {
          Object.defineProperty(this, symbol, { enumerable: false });
        } catch {
          // Frozen: it is printed as it is.
        }
      }
      return this;
    },
  });
}

module.exports = { createNodeCells };
