/**
 * The one file that touches tslab's insides: its converter (TypeScript cell → JavaScript plus diagnostics) and the
 * variable behind its `display`. tslab 1.0.22 offers neither as public API; its version is pinned for that reason.
 */

const fs = require('node:fs');
const { createRequire, SourceMap } = require('node:module');
const path = require('node:path');
const { createCompilerOf } = require('./core/compiler');
const { completenessOf } = require('./core/completeness');
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
 * @typedef {import('./core/compiler').Diagnostic} Diagnostic
 * @typedef {import('./core/compiler').CompiledFile} CompiledFile
 * @typedef {import('./core/compiler').CompiledCell} CompiledCell
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

/** @typedef {import('./core/compiler').Compiler} Compiler */

/** Compiles cells one after the other; each sees the declarations of those before it. @returns {Compiler} */
const createCompiler = () =>
  createCompilerOf({
    ts,
    converter,
    transforms,
    printQuickInfo,
    completeSpecifier: (source, offset) => completeSpecifier(source, offset, process.cwd()),
    notifyOfEdits,
  });

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
