/**
 * The one file that touches tslab's insides: its converter (TypeScript cell → JavaScript plus diagnostics) and the
 * variable behind its `display`. tslab 1.0.22 offers neither as public API; its version is pinned for that reason.
 */

const fs = require('node:fs');
const { SourceMap } = require('node:module');
/** @type {any} tslab's own TypeScript, 5.0.4 */
const ts = require('@tslab/typescript-for-tslab');

/** Path → what to call when that file changes. */
const watched = /** @type {Map<string, { changed: Function, stamp: string }>} */ (new Map());

/** JavaScript text → how it was made; filled while tslab converts, emptied by `compile`. */
const emitted = /** @type {Map<string, { locate: Locate, form: CompiledCell['form'] }>} */ (new Map());

// Replacements must be in place before tslab loads: it copies what it finds, and what it finds cannot be assigned to.
replaceWatchers();
provideSourceMaps();
const converter = require('tslab/dist/converter');
const jupyter = require('tslab/dist/jupyter');
const { printQuickInfo } = require('tslab/dist/inspect');

/**
 * @typedef {{ line: number, character: number, offset: number }} Position zero-based
 * @typedef {{ start: Position, end: Position, messageText: string, code: number, fileName?: string }} Diagnostic
 * @typedef {(line: number, column: number) => { line: number, column: number } | undefined} Locate zero-based position in
 *   the JavaScript → the same place in the TypeScript
 * @typedef {{ path: string, code: string, locate: Locate }} CompiledFile
 * @typedef {object} CompiledCell
 * @property {Diagnostic[]} diagnostics
 * @property {string} code CommonJS
 * @property {'function' | 'function*' | 'async function'} form what `code` is the body of
 * @property {string} declarations what later cells may refer to
 * @property {string} [lastExpression] the export that holds the value of the cell's last expression
 * @property {CompiledFile[]} files local modules that are new or have changed
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

/**
 * tslab emits twice (TypeScript → ES module → CommonJS) and forgets where the lines came from. Both passes are made to
 * write source maps; and in the second the top-level `await`s of a cell become `yield`s, see `cells.js` for the reason.
 */
function provideSourceMaps() {
  const loaded = require.cache[require.resolve('@tslab/typescript-for-tslab')];
  if (!loaded) return;
  loaded.exports = {
    ...ts,
    /** @param {any} files @param {any} options @param {any[]} rest */
    createWatchCompilerHost: (files, options, ...rest) =>
      ts.createWatchCompilerHost(files, { ...options, inlineSourceMap: true }, ...rest),
    /** @param {any} host */
    createWatchProgram(host) {
      const { afterProgramCreate } = host;
      host.afterProgramCreate = (/** @type {any} */ builder) => {
        writeShorthandInFull(builder);
        afterProgramCreate(builder);
      };
      return ts.createWatchProgram(host);
    },
    /** @param {string} code @param {any} options */
    transpileModule(code, options) {
      const [body, map] = splitSourceMap(code);
      const { transformer, form } = yieldAtTopLevel();
      const result = ts.transpileModule(body, {
        ...options,
        compilerOptions: { ...options.compilerOptions, sourceMap: true },
        transformers: { before: [transformer] },
      });
      const [outputText] = splitSourceMap(result.outputText);
      emitted.set(outputText, { locate: locator([result.sourceMapText, map]), form: form() });
      return { ...result, outputText };
    },
  };
}

/**
 * tslab writes `exports.x` for a variable `x` of an earlier cell, but overlooks `{ x }`, which then names nothing. It
 * gets `{ x: x }` to work on, where the second `x` still is the reader's own: tslab asks the checker what it means.
 *
 * @param {any} builder
 */
function writeShorthandInFull(builder) {
  const checker = builder.getProgram().getTypeChecker();
  const { getSymbolAtLocation } = checker;
  checker.getSymbolAtLocation = (/** @type {any} */ node) =>
    node.parent && ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : getSymbolAtLocation(node);

  const transformer = (/** @type {any} */ context) => (/** @type {any} */ file) => {
    const { factory } = context;
    const visit = (/** @type {any} */ node) =>
      ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer
        ? factory.createPropertyAssignment(factory.createIdentifier(node.name.text), node.name)
        : ts.visitEachChild(node, visit, context);
    return ts.visitNode(file, visit);
  };
  const { emit } = builder;
  builder.emit = (/** @type {any[]} */ ...[file, write, token, onlyTypes, transformers]) =>
    emit(
      file,
      write,
      token,
      onlyTypes,
      transformers && { ...transformers, before: [transformer, ...(transformers.before ?? [])] },
    );
}

/** @param {string} code @returns {[string, string | undefined]} the code and the JSON of its source map */
function splitSourceMap(code) {
  const start = code.lastIndexOf('//# sourceMappingURL=');
  if (start < 0) return [code, undefined];
  const [, base64] = code.slice(start).split('base64,');
  return [code.slice(0, start), base64 && Buffer.from(base64, 'base64').toString()];
}

/** Follows several maps one after the other, parsed only when an error asks. @param {(string | undefined)[]} maps
 * @returns {Locate} */
function locator(maps) {
  /** @type {SourceMap[] | undefined} */
  let parsed;
  return (line, column) => {
    parsed ??= maps.filter((map) => map !== undefined).map((map) => new SourceMap(JSON.parse(map)));
    let place = { line, column };
    for (const map of parsed) {
      const entry = /** @type {any} */ (map.findEntry(place.line, place.column));
      if (entry.originalLine === undefined) return undefined;
      place = { line: entry.originalLine, column: entry.originalColumn };
    }
    return place;
  };
}

/** A TypeScript transformer, and what it found: the form of function that the code must be the body of. */
function yieldAtTopLevel() {
  let awaits = false;
  let loops = false;
  const transformer = (/** @type {any} */ context) => (/** @type {any} */ file) => {
    const { factory } = context;
    const scan = (/** @type {any} */ node) => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
      if (ts.isForOfStatement(node) && node.awaitModifier) loops = true;
      if (ts.isAwaitExpression(node)) awaits = true;
      ts.forEachChild(node, scan);
    };
    scan(file);
    if (!awaits || loops) return file;
    const visit = (/** @type {any} */ node) => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return node;
      const visited = ts.visitEachChild(node, visit, context);
      return ts.isAwaitExpression(visited)
        ? factory.createParenthesizedExpression(factory.createYieldExpression(undefined, visited.expression))
        : visited;
    };
    return ts.visitNode(file, visit);
  };
  /** @returns {CompiledCell['form']} */
  const form = () => (loops ? 'async function' : awaits ? 'function*' : 'function');
  return { transformer, form };
}

/** Compiles cells one after the other; each sees the declarations of those before it. */
function createCompiler() {
  const tslab = converter.createConverter();

  return {
    /** @param {string} source @param {string} declarations of the cells before @returns {CompiledCell} */
    compile(source, declarations) {
      notifyOfEdits();
      emitted.clear();
      const result = tslab.convert(declarations, source);
      const made = (/** @type {string} */ code) =>
        emitted.get(code) ?? { locate: () => undefined, form: /** @type {const} */ ('function') };
      const code = result.output ?? '';
      return {
        diagnostics: /** @type {Diagnostic[]} */ (result.diagnostics),
        code,
        ...made(code),
        declarations: result.declOutput ?? '',
        lastExpression: result.lastExpressionVar,
        files: (result.sideOutputs ?? []).map(({ path, data }) => ({
          path,
          code: data,
          ...made(data),
        })),
      };
    },
    /** @param {string} source @param {number} offset @param {string} declarations */
    complete: (source, offset, declarations) => tslab.complete(declarations, source, offset),
    /** @param {string} source @param {number} offset @param {string} declarations */
    inspect(source, offset, declarations) {
      const info = tslab.inspect(declarations, source, offset);
      return info && printQuickInfo(info);
    },
    close: () => tslab.close(),
  };
}

/** tslab's `display` will call `write`. @param {(content: any, update: boolean) => void} write */
function onDisplay(write) {
  jupyter.lastWriteDisplayData = write;
}

module.exports = {
  createCompiler,
  isCompleteCode: converter.isCompleteCode,
  onDisplay,
  typescriptVersion: /** @type {string} */ (ts.version),
};
