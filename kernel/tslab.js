/**
 * The one file that touches tslab's insides: its converter (TypeScript cell → JavaScript plus diagnostics) and the
 * variable behind its `display`. tslab 1.0.22 offers neither as public API; its version is pinned for that reason.
 */

const fs = require('node:fs');
const { createRequire, SourceMap } = require('node:module');
const path = require('node:path');
const { completenessOf } = require('./core/completeness');
const { createDefinitions } = require('./core/definitions');
const { withoutExports } = require('./core/exported');
const { withCourseTransforms } = require('./core/transforms');
const { keptModules } = require('./kept-modules');
const { completeSpecifier } = require('./specifiers');
/** @type {any} tslab's own TypeScript, 5.0.4 */
const ts = require('@tslab/typescript-for-tslab');

/** Path → what to call when that file changes. */
const watched = /** @type {Map<string, { changed: Function, stamp: string }>} */ (new Map());

// Replacements must be in place before tslab loads: it copies what it finds, and what it finds cannot be assigned to.
replaceWatchers();
const transforms = withCourseTransforms(ts, {
  readMap: (json) => new SourceMap(JSON.parse(json)),
  decode: (base64) => Buffer.from(base64, 'base64').toString(),
  folder: process.cwd().replaceAll('\\', '/'),
  declarations: [path.join(__dirname, 'globals.d.ts').replaceAll('\\', '/')],
  canImport,
  kept: keptModules(path.dirname(__dirname)),
});
const loaded = require.cache[require.resolve('@tslab/typescript-for-tslab')];
if (loaded) loaded.exports = transforms.typescript;
const converter = require('tslab/dist/converter');
const jupyter = require('tslab/dist/jupyter');
const { printQuickInfo } = require('tslab/dist/inspect');

/**
 * @typedef {{ line: number, character: number, offset: number }} Position zero-based
 * @typedef {{ start: Position, end: Position, messageText: string, code: number, fileName?: string }} Diagnostic
 * @typedef {import('./core/transforms').Locate} Locate
 * @typedef {{ path: string, code: string, locate: Locate }} CompiledFile
 * @typedef {object} CompiledCell
 * @property {Diagnostic[]} diagnostics
 * @property {string} code CommonJS
 * @property {import('./core/transforms').Form} form what `code` is the body of
 * @property {string[]} imports what `code` requires
 * @property {string[]} variables what it declares that may be assigned to
 * @property {string} declarations what later cells may refer to
 * @property {string} [lastExpression] the export that holds the value of the cell's last expression
 * @property {CompiledFile[]} files local modules that are new or have changed
 * @property {{ body: Function, names: string[] }} [built] the function that was made of `code` beforehand, as a page brings it, and
 *   the names that it declares; where it is, nothing needs `code`
 * @property {Locate} locate
 */

/** The state of a file on disk, or 'absent'. @param {string} path */
function stampOf(path) {
  const stats = fs.statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : 'absent';
}

/**
 * tslab watches hundreds of files and learns of an edit some time later. Asking for each local file just before a cell
 * is compiled is cheaper and never late. Directories are not watched at all: their notices arrive between two cells,
 * when tslab takes them for a fault (after the import of a missing file it refused every later cell).
 */
function replaceWatchers() {
  ts.sys.watchFile = (/** @type {string} */ path, /** @type {Function} */ changed) => {
    if (path.includes('/node_modules/')) return { close() {} };
    watched.set(path, { changed, stamp: stampOf(path) });
    return { close: () => watched.delete(path) };
  };
  ts.sys.watchDirectory = () => ({ close() {} });
}

function notifyOfEdits() {
  for (const [path, file] of [...watched]) {
    const stamp = stampOf(path);
    if (stamp === file.stamp) continue;
    const { Created, Deleted, Changed } = ts.FileWatcherEventKind;
    file.changed(path, stamp === 'absent' ? Deleted : file.stamp === 'absent' ? Created : Changed);
    file.stamp = stamp;
  }
}

/** Whether Node finds a module that TypeScript does not. @param {string} folder @param {string} id */
function canImport(folder, id) {
  if (/^(data|file):/.test(id)) return true;
  const { resolve } = createRequire(path.join(folder, 'cell.js'));
  try {
    // Only what JavaScript can load: a missing type is never a reason to run TypeScript as it stands.
    return !/\.[cm]?tsx?$/.test(resolve(id));
  } catch (error) {
    // The package is there, but for `import` alone.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** @param {string} source @param {number} offset */
const nameAt = (source, offset) =>
  /[\w$]*$/.exec(source.slice(0, offset))?.[0] + (/^[\w$]*/.exec(source.slice(offset))?.[0] ?? '');

/** Where the name of what is called stands, for the innermost call around a place. @param {string} source @param {number} offset
 * @returns {number | undefined} */
function calledAt(source, offset) {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
  // An open call ends where its last token does.
  const end = source.slice(0, offset).trimEnd().length;
  /** @type {number | undefined} */
  let found;
  const visit = (/** @type {any} */ node) => {
    if (node.pos > offset || node.end < end) return;
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isCall && node.expression.end < offset) found = node.expression.end - 1;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** @typedef {ReturnType<typeof createCompiler>} Compiler */

/**
 * tslab's converter, made when it is first needed. A fault inside TypeScript, say on code that is nested too deeply, leaves
 * it in a state in which it refuses everything; then the next piece of code gets a new one.
 */
function createConverter() {
  /** @type {any} */
  let tslab;

  /** @param {'convert' | 'complete' | 'inspect'} method @param {unknown[]} args */
  function call(method, ...args) {
    tslab ??= converter.createConverter();
    try {
      return tslab[method](...args);
    } catch (fault) {
      close();
      if (!(fault instanceof RangeError)) throw fault;
      throw new RangeError('Cannot compile the code: it is nested too deeply', { cause: fault });
    }
  }

  function close() {
    const broken = tslab;
    tslab = undefined;
    try {
      broken?.close();
    } catch {
      // It is given up in any case.
    }
  }

  return {
    close,
    prepare() {
      tslab ??= converter.createConverter();
    },
    convert: (/** @type {unknown[]} */ ...args) => call('convert', ...args),
    complete: (/** @type {unknown[]} */ ...args) => call('complete', ...args),
    inspect: (/** @type {unknown[]} */ ...args) => call('inspect', ...args),
  };
}

/** Compiles cells one after the other; each sees the declarations of those before it. */
function createCompiler() {
  const tslab = createConverter();

  return {
    definitions: createDefinitions(ts),
    /** Reads what every cell knows, most of all the types of Node: most of a second, which the first cell need not wait for. */
    prepare: () => tslab.prepare(),
    /** @param {string} source @param {string} declarations of the cells before @returns {CompiledCell} */
    compile(source, declarations) {
      notifyOfEdits();
      transforms.begin();
      const result = tslab.convert(declarations, withoutExports(ts, source));
      const code = result.output ?? '';
      const inside = (result.sideOutputs ?? []).map((/** @type {any} */ { path, data }) => ({
        path,
        code: data,
      }));
      const outside = transforms.writtenOutside().map(({ path, code }) => ({
        path,
        code: converter.esModuleToCommonJSModule(code, ts.ScriptTarget.ES2022),
      }));
      return {
        diagnostics: /** @type {Diagnostic[]} */ (result.diagnostics),
        code,
        ...transforms.about(code),
        declarations: result.declOutput ?? '',
        lastExpression: result.lastExpressionVar,
        files: [...inside, ...outside].map((file) => ({ ...file, ...transforms.about(file.code) })),
      };
    },
    /** @param {string} source @param {number} offset @param {string} declarations */
    complete: (source, offset, declarations) =>
      completeSpecifier(source, offset, process.cwd()) ?? tslab.complete(declarations, source, offset),
    /**
     * What is known of the name at a place; inside a call's brackets, where no name is, of what is called.
     *
     * @param {string} source @param {number} offset @param {string} declarations @returns {string | undefined}
     */
    inspect(source, offset, declarations) {
      const called = calledAt(source, offset);
      for (const place of [offset, offset - 1, called]) {
        if (place === undefined || place < 0) continue;
        const info = tslab.inspect(declarations, source, place);
        const text = info && printQuickInfo(info);
        // Of a name that nobody knows the compiler says that it may be anything.
        if (text && text !== 'any') return text;
      }
      const name = nameAt(source, offset);
      const info = name && tslab.inspect(declarations, `let _: ${name}`, 'let _: '.length);
      const type = info && printQuickInfo(info);
      return type && type !== 'any' && !type.includes('/*unresolved*/') ? type : undefined;
    },
    close: () => tslab.close(),
  };
}

/**
 * Whether code can run as it stands; if it goes on, the spaces that its next line begins with.
 *
 * @param {string} code
 * @returns {{ status: 'complete' | 'incomplete' | 'invalid', indent?: string }}
 */
function completeness(code) {
  const { completed, indent } = converter.isCompleteCode(code);
  const status = completenessOf(ts, code);
  if (status !== 'incomplete') return { status };
  // Two empty lines end the question, whatever is open: tslab's own rule.
  return completed && /\n\s*\n\s*$/.test(code) ? { status: 'complete' } : { status, indent: indent ?? '' };
}

/** tslab's `display` will call `write`. @param {(content: any, update: boolean) => void} write */
function onDisplay(write) {
  jupyter.lastWriteDisplayData = write;
}

module.exports = {
  createCompiler,
  completeness,
  onDisplay,
  typescriptVersion: /** @type {string} */ (ts.version),
};
