/**
 * What the course's kernel changes in tslab's TypeScript before tslab uses it: both passes (TypeScript → ES module →
 * CommonJS) write source maps, a cell's top-level `await`s become `yield`s (see `drive` in cell.js), `import()` stays an
 * import, and a few faults are mended. A function of `ts` alone, so that it can also run where there are no files.
 */

/**
 * @typedef {(line: number, column: number) => { line: number, column: number } | undefined} Locate zero-based position in
 *   the JavaScript → the same place in the TypeScript
 * @typedef {'function' | 'function*' | 'async function'} Form what JavaScript is the body of
 * @typedef {{ locate: Locate, form: Form, imports: string[], variables: string[] }} Made how a piece of JavaScript was made
 * @typedef {{ path: string, code: string }} Written
 */

/**
 * What the transforms need of where they run.
 *
 * @typedef {object} Surroundings
 * @property {(json: string) => { findEntry(line: number, column: number): any }} readMap a source map
 * @property {(base64: string) => string} decode
 * @property {string} folder that cells import from, its parts divided by `/`
 * @property {string[]} declarations files that declare what every cell may call
 * @property {(folder: string, id: string) => boolean} canImport whether a module that the compiler does not find is there
 * @property {Kept} [kept] what became of modules before
 */

/**
 * What became of a module, in an earlier kernel: it was checked and compiled. A key is all that this depends on: the
 * versions of the module and of everything that it imports.
 *
 * @typedef {{ key: string, name: string, code: string, outputText: string, sourceMapText: string, form: Form, imports: string[],
 *   variables: string[] }} KeptModule `name` and `code` of the ES module that the compiler wrote; what was made of it
 * @typedef {{ read(path: string): KeptModule | undefined, write(path: string, module: KeptModule): void,
 *   hash(text: string): string }} Kept
 */

const OUTPUT = 'outDir/';
/** What tslab calls the file of a cell. */
const CELL = '/__tslab__.ts';
const CANNOT_FIND = /^Cannot find module '(.+?)' or its corresponding type declarations/;

/** @param {any} ts tslab's own TypeScript @param {Surroundings} surroundings */
function withCourseTransforms(ts, surroundings) {
  /** JavaScript text → how it was made; filled while tslab converts. @type {Map<string, Made>} */
  const made = new Map();
  /** Files outside of the folder, which tslab would refuse. @type {Written[]} */
  let outside = [];
  const root = rootOf(surroundings.folder);
  const modules = surroundings.kept && createModules(surroundings.kept);

  /** @type {any} */
  const typescript = {
    ...ts,
    /** @param {any} files @param {any} options @param {any[]} rest */
    createWatchCompilerHost: (files, options, ...rest) =>
      ts.createWatchCompilerHost(
        [...files, ...surroundings.declarations],
        // Of the packages with types of global names only Node's are there for every cell; others are read when a module
        // that has them is imported.
        { ...options, inlineSourceMap: true, rootDir: root, types: ['node'] },
        ...rest,
      ),
    /** @param {any} host */
    createWatchProgram(host) {
      const { afterProgramCreate, createProgram } = host;
      host.createProgram = (/** @type {any[]} */ ...[names, options, compilerHost, ...more]) => {
        if (compilerHost) nameNamespaces(ts, compilerHost);
        const builder = createProgram(names, options, compilerHost, ...more);
        forgiveUntyped(builder.getProgram(), surroundings.canImport);
        modules?.trust(builder);
        return builder;
      };
      host.afterProgramCreate = (/** @type {any} */ builder) => {
        writeShorthandInFull(ts, builder);
        modules?.emit(builder);
        keepInFolder(builder, surroundings.folder, root, (file) => outside.push(file));
        afterProgramCreate(builder);
      };
      return ts.createWatchProgram(host);
    },
    /** @param {string} code @param {any} options */
    transpileModule(code, options) {
      const [body, map] = splitSourceMap(code, surroundings.decode);
      const transpiled = modules?.transpiled(code) ?? transpile(body, options);
      modules?.keep(code, transpiled);
      const { outputText, sourceMapText, form, imports, variables } = transpiled;
      const locate = locator([sourceMapText, map], surroundings.readMap);
      made.set(outputText, { locate, form, imports, variables });
      return { outputText, sourceMapText };
    },
  };

  /** @param {string} body @param {any} options */
  function transpile(body, options) {
    const { transformer, form } = yieldAtTopLevel(ts);
    const result = ts.transpileModule(body, {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
      transformers: { before: [transformer, keepImports(ts)] },
    });
    const [outputText] = splitSourceMap(result.outputText, surroundings.decode);
    return {
      outputText,
      sourceMapText: /** @type {string} */ (result.sourceMapText),
      form: form(),
      imports: importsOf(ts, body),
      variables: variablesOf(ts, body),
    };
  }

  return {
    typescript,
    /** How tslab made a piece of JavaScript. @param {string} code @returns {Made} */
    about: (code) =>
      made.get(code) ?? {
        locate: () => undefined,
        form: 'function',
        imports: [],
        variables: [],
      },
    /** Forgets what is known of earlier cells. @returns the files outside of the folder that were compiled since */
    begin() {
      made.clear();
      outside = [];
    },
    /** As ES modules, still to be transpiled. */
    writtenOutside: () => outside,
  };
}

/**
 * Local modules that were checked and compiled before are neither checked nor compiled again: most of the time that an
 * import of `./lib/…` takes.
 *
 * @param {Kept} kept
 */
function createModules(kept) {
  /** ES module → what is known of it. @type {Map<string, KeptModule>} */
  const known = new Map();
  /** ES module → of which file the compiler has just written it. @type {Map<string, { path: string, key: string, name: string }>} */
  const written = new Map();

  /** @param {any} file */
  const isModule = (file) =>
    !file.isDeclarationFile && !file.fileName.endsWith(CELL) && !file.fileName.includes('/node_modules/');

  /** @param {any} builder @param {any} file */
  function keyOf(builder, file) {
    const program = builder.getProgram();
    const versions = builder
      .getAllDependencies(file)
      .map((/** @type {string} */ path) => `${path} ${program.getSourceFile(path)?.version}`);
    return kept.hash([file.fileName, file.version, ...versions.sort()].join('\n'));
  }

  /** @type {WeakMap<any, Map<string, KeptModule | undefined>>} */
  const found = new WeakMap();
  /** @param {any} builder @param {any} file @returns {KeptModule | undefined} what became of a module as it stands */
  function find(builder, file) {
    if (!file || !isModule(file)) return undefined;
    const program = builder.getProgram();
    const answers = found.get(program) ?? new Map();
    found.set(program, answers);
    if (!answers.has(file.fileName)) {
      const module = kept.read(file.fileName);
      answers.set(file.fileName, module && module.key === keyOf(builder, file) ? module : undefined);
    }
    return answers.get(file.fileName);
  }

  return {
    /** @param {any} builder */
    trust(builder) {
      const program = builder.getProgram();
      for (const method of ['getSemanticDiagnostics', 'getDeclarationDiagnostics']) {
        const diagnose = program[method];
        program[method] = (/** @type {any[]} */ ...[file, ...rest]) =>
          find(builder, file) ? [] : diagnose(file, ...rest);
      }
    },
    /** @param {any} builder */
    emit(builder) {
      const { emit } = builder;
      builder.emit = (/** @type {any[]} */ ...[file, write, ...rest]) => {
        const module = find(builder, file);
        if (module) {
          known.set(module.code, module);
          return write(module.name, module.code);
        }
        return emit(
          file,
          (/** @type {string} */ name, /** @type {string} */ code, /** @type {any[]} */ ...more) => {
            if (file && isModule(file) && name.endsWith('.js')) {
              written.set(code, { path: file.fileName, key: keyOf(builder, file), name });
            }
            write(name, code, ...more);
          },
          ...rest,
        );
      };
    },
    /** @param {string} code */
    transpiled: (code) => known.get(code),
    /** @param {string} code @param {Omit<KeptModule, 'key' | 'name' | 'code'>} transpiled */
    keep(code, { outputText, sourceMapText, form, imports, variables }) {
      const module = written.get(code);
      written.delete(code);
      known.delete(code);
      if (!module) return;
      const { path, key, name } = module;
      kept.write(path, { key, name, code, outputText, sourceMapText, form, imports, variables });
    },
  };
}

/** The root of the file system that a folder is in: `/` or `C:/`. @param {string} folder */
const rootOf = (folder) => /^(?:[a-z]:)?\//i.exec(folder)?.[0] ?? '/';

/**
 * tslab compiles no file that is not below its folder. The compiler is told that all files are below the root instead,
 * and their outputs are called here as tslab expects it.
 *
 * @param {any} builder @param {string} folder @param {string} root @param {(file: Written) => void} keep takes others
 */
function keepInFolder(builder, folder, root, keep) {
  const below = `${OUTPUT}${folder.slice(root.length)}/`;
  const { emit } = builder;
  builder.emit = (/** @type {any[]} */ ...[file, write, ...more]) =>
    emit(
      file,
      (/** @type {string} */ name, /** @type {string} */ text, /** @type {any[]} */ ...rest) => {
        if (name.startsWith(below)) write(OUTPUT + name.slice(below.length), text, ...rest);
        else if (name.endsWith('.js')) keep({ path: root + name.slice(OUTPUT.length), code: text });
      },
      ...more,
    );
}

/**
 * A variable that holds a whole module has a type that TypeScript cannot write out for the cells after it, unless it
 * is told the module's name: `const fs = await import('fs')` is read as `const fs: typeof import('fs') = …`.
 *
 * @param {any} ts @param {any} compilerHost
 */
function nameNamespaces(ts, compilerHost) {
  if (compilerHost.namesNamespaces) return;
  compilerHost.namesNamespaces = true;
  for (const method of ['getSourceFile', 'getSourceFileByPath']) {
    const read = compilerHost[method];
    if (!read) continue;
    compilerHost[method] = (/** @type {string} */ name, /** @type {any[]} */ ...rest) => {
      const file = read.call(compilerHost, name, ...rest);
      if (file && name.endsWith(CELL)) for (const statement of file.statements) nameNamespace(ts, statement);
      return file;
    };
  }
}

/** @param {any} ts @param {any} statement */
function nameNamespace(ts, statement) {
  if (!ts.isVariableStatement(statement)) return;
  for (const declaration of statement.declarationList.declarations) {
    const { name, type, initializer } = declaration;
    const call = initializer && ts.isAwaitExpression(initializer) ? initializer.expression : undefined;
    const isImport =
      call && ts.isCallExpression(call) && call.expression.kind === ts.SyntaxKind.ImportKeyword;
    const [specifier] = isImport ? call.arguments : [];
    if (type || !ts.isIdentifier(name) || !specifier || !ts.isStringLiteral(specifier)) continue;
    const literal = ts.factory.createStringLiteral(specifier.text);
    const argument = ts.factory.createLiteralTypeNode(literal);
    const named = ts.factory.createImportTypeNode(argument, undefined, undefined, undefined, true);
    for (const node of [literal, argument, named]) ts.setTextRange(node, specifier);
    declaration.type = named;
    ts.setParent(named, declaration);
    ts.setParentRecursive(named, false);
  }
}

/**
 * A module that is there, but without types that the compiler finds, is of type `any`, not an error: an ES module that
 * only its `exports` name, for one.
 *
 * @param {any} program @param {Surroundings['canImport']} canImport
 */
function forgiveUntyped(program, canImport) {
  const { getSemanticDiagnostics } = program;
  program.getSemanticDiagnostics = (/** @type {any[]} */ ...args) =>
    getSemanticDiagnostics(...args).filter((/** @type {any} */ { code, messageText, file }) => {
      const [, id] = (code === 2307 && CANNOT_FIND.exec(String(messageText))) || [];
      const folder = file?.fileName.replace(/\/[^/]*$/, '');
      return !id || !folder || !canImport(folder, id);
    });
}

/**
 * tslab writes `exports.x` for a variable `x` of an earlier cell, but overlooks `{ x }`, which then names nothing. It
 * gets `{ x: x }` to work on, where the second `x` still is the reader's own: tslab asks the checker what it means. Of
 * the first, and of that in `const { x: y } = …`, it must not learn that an earlier cell declared the property.
 *
 * @param {any} ts @param {any} builder
 */
function writeShorthandInFull(ts, builder) {
  const checker = builder.getProgram().getTypeChecker();
  const { getSymbolAtLocation } = checker;
  checker.getSymbolAtLocation = (/** @type {any} */ node) => {
    const { parent } = node;
    if (!parent) return getSymbolAtLocation(node);
    if (ts.isShorthandPropertyAssignment(parent)) return checker.getShorthandAssignmentValueSymbol(parent);
    const isProperty =
      (ts.isBindingElement(parent) && parent.propertyName === node) ||
      (ts.isPropertyAssignment(parent) && parent.name === node);
    return isProperty ? undefined : getSymbolAtLocation(node);
  };

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

/** @param {string} code @param {Surroundings['decode']} decode @returns {[string, string | undefined]} the code and the
 * JSON of its source map */
function splitSourceMap(code, decode) {
  const start = code.lastIndexOf('//# sourceMappingURL=');
  if (start < 0) return [code, undefined];
  const [, base64] = code.slice(start).split('base64,');
  return [code.slice(0, start), base64 && decode(base64)];
}

/** Follows several maps one after the other, parsed only when an error asks. @param {(string | undefined)[]} maps
 * @param {Surroundings['readMap']} readMap @returns {Locate} */
function locator(maps, readMap) {
  /** @type {ReturnType<Surroundings['readMap']>[] | undefined} */
  let parsed;
  return (line, column) => {
    parsed ??= maps.filter((map) => map !== undefined).map(readMap);
    let place = { line, column };
    for (const map of parsed) {
      const entry = map.findEntry(place.line, place.column);
      if (entry.originalLine === undefined) return undefined;
      place = { line: entry.originalLine, column: entry.originalColumn };
    }
    return place;
  };
}

/** A TypeScript transformer, and what it found: the form of function that the code must be the body of. @param {any} ts */
function yieldAtTopLevel(ts) {
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
  /** @returns {Form} */
  const form = () => (loops ? 'async function' : awaits ? 'function*' : 'function');
  return { transformer, form };
}

/** The compiler would make a `require` of `import()`, which loads no ES module. @param {any} ts */
function keepImports(ts) {
  return (/** @type {any} */ context) => (/** @type {any} */ file) => {
    const { factory } = context;
    const kernel = () => factory.createIdentifier('__tslab__');
    const folder = () =>
      factory.createConditionalExpression(
        factory.createStrictEquality(
          factory.createTypeOfExpression(factory.createIdentifier('__dirname')),
          factory.createStringLiteral('string'),
        ),
        undefined,
        factory.createIdentifier('__dirname'),
        undefined,
        factory.createVoidZero(),
      );
    const visit = (/** @type {any} */ node) => {
      const visited = ts.visitEachChild(node, visit, context);
      const isImport =
        ts.isCallExpression(visited) && visited.expression.kind === ts.SyntaxKind.ImportKeyword;
      if (!isImport) return visited;
      const call = factory.createCallExpression(
        factory.createPropertyAccessExpression(kernel(), 'import'),
        undefined,
        [visited.arguments[0] ?? factory.createVoidZero(), folder()],
      );
      // An error in it is one of the reader's line.
      return ts.setTextRange(call, node);
    };
    return ts.visitNode(file, visit);
  };
}

/** What an ES module imports by `import … from`. @param {any} ts @param {string} code @returns {string[]} */
const importsOf = (ts, code) =>
  ts.preProcessFile(code, true, false).importedFiles.map((/** @type {any} */ { fileName }) => fileName);

/** What it declares at its top by `let` or `var`. @param {any} ts @param {string} code @returns {string[]} */
function variablesOf(ts, code) {
  const file = ts.createSourceFile('cell.js', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  /** @type {(name: any) => string[]} */
  const namesIn = (name) =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((/** @type {any} */ element) => (element.name ? namesIn(element.name) : []));
  return file.statements
    .filter((/** @type {any} */ each) => ts.isVariableStatement(each))
    .filter((/** @type {any} */ each) => !(each.declarationList.flags & ts.NodeFlags.Const))
    .flatMap((/** @type {any} */ each) =>
      each.declarationList.declarations.flatMap((/** @type {any} */ { name }) => namesIn(name)),
    );
}

module.exports = { withCourseTransforms };
