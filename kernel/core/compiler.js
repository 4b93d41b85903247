/**
 * The compiler of cells: tslab's converter, as the course's transforms have changed its TypeScript. What they are given says
 * where files are, so that the same compiler runs in Node and in a page.
 */

const { createDefinitions } = require('./definitions');
const { withoutExports } = require('./exported');

/**
 * @typedef {{ line: number, character: number, offset: number }} Position zero-based
 * @typedef {{ start: Position, end: Position, messageText: string, code: number, fileName?: string }} Diagnostic
 * @typedef {import('./transforms').Locate} Locate
 * @typedef {{ path: string, code: string, locate: Locate }} CompiledFile
 * @typedef {{ start: number, end: number, candidates: string[] }} Completion what may stand between two places
 *
 * @typedef {object} CompiledCell
 * @property {Diagnostic[]} diagnostics
 * @property {string} code CommonJS
 * @property {import('./transforms').Form} form what `code` is the body of
 * @property {string[]} imports what `code` requires
 * @property {string[]} variables what it declares that may be assigned to
 * @property {string} declarations what later cells may refer to
 * @property {string} [lastExpression] the export that holds the value of the cell's last expression
 * @property {CompiledFile[]} files local modules that are new or have changed
 * @property {{ body: Function, names: string[] }} [built] the function that was made of `code` beforehand, as a page brings it, and
 *   the names that it declares; where it is, nothing needs `code`
 * @property {Locate} locate
 *
 * @typedef {object} Parts what the compiler is made of
 * @property {any} ts tslab's own TypeScript
 * @property {any} converter tslab's, which knows the TypeScript of `transforms`
 * @property {Pick<ReturnType<typeof import('./transforms').withCourseTransforms>, 'about' | 'begin' | 'writtenOutside'>} transforms
 * @property {(info: any) => string} printQuickInfo
 * @property {(source: string, offset: number) => Completion | undefined} completeSpecifier completes what an import names; nothing
 *   where no import is being written
 * @property {() => void} notifyOfEdits tells the converter which files have changed
 */

/** @param {string} source @param {number} offset */
const nameAt = (source, offset) =>
  /[\w$]*$/.exec(source.slice(0, offset))?.[0] + (/^[\w$]*/.exec(source.slice(offset))?.[0] ?? '');

/** Where the name of what is called stands, for the innermost call around a place. @param {any} ts @param {string} source
 * @param {number} offset @returns {number | undefined} */
function calledAt(ts, source, offset) {
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

/**
 * tslab's converter, made when it is first needed. A fault inside TypeScript, say on code that is nested too deeply, leaves
 * it in a state in which it refuses everything; then the next piece of code gets a new one.
 *
 * @param {() => any} make
 */
function createConverter(make) {
  /** @type {any} */
  let tslab;

  /** @param {'convert' | 'complete' | 'inspect'} method @param {unknown[]} args */
  function call(method, ...args) {
    tslab ??= make();
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
      tslab ??= make();
    },
    convert: (/** @type {unknown[]} */ ...args) => call('convert', ...args),
    complete: (/** @type {unknown[]} */ ...args) => call('complete', ...args),
    inspect: (/** @type {unknown[]} */ ...args) => call('inspect', ...args),
  };
}

/** @typedef {ReturnType<typeof createCompilerOf>} Compiler */

/** Compiles cells one after the other; each sees the declarations of those before it. @param {Parts} parts */
function createCompilerOf({ ts, converter, transforms, printQuickInfo, completeSpecifier, notifyOfEdits }) {
  const tslab = createConverter(() => converter.createConverter());

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
        // tslab also tells of one in a local module that it has compiled on the way.
        lastExpression: code.includes(`exports.${result.lastExpressionVar} = `)
          ? result.lastExpressionVar
          : undefined,
        files: [...inside, ...outside].map((file) => ({ ...file, ...transforms.about(file.code) })),
      };
    },
    /** @param {string} source @param {number} offset @param {string} declarations */
    complete: (source, offset, declarations) =>
      completeSpecifier(source, offset) ?? tslab.complete(declarations, source, offset),
    /**
     * What is known of the name at a place; inside a call's brackets, where no name is, of what is called.
     *
     * @param {string} source @param {number} offset @param {string} declarations @returns {string | undefined}
     */
    inspect(source, offset, declarations) {
      const called = calledAt(ts, source, offset);
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

module.exports = { createCompilerOf };
