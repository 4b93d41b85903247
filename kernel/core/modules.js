/**
 * Loads what cells import. Local TypeScript comes from the compiler; a file that changed is loaded anew together with
 * everything that imports it, all others keep their identity. Packages come from the host and are never reloaded.
 */

/** @typedef {import('./compiler').CompiledFile} CompiledFile */

/**
 * Where modules come from.
 *
 * @typedef {object} Loader
 * @property {{ join(...parts: string[]): string, dirname(file: string): string, normalize(file: string): string, isAbsolute(file: string): boolean }} path
 * @property {(file: string, code: string, require: Function, exports: object) => any} run executes a module of the
 *   compiler's, and gives its exports
 * @property {(folder: string) => NodeJS.Require} requireFrom what loads packages, as seen from a folder
 * @property {(folder: string, id: string) => Promise<any>} importFrom loads what is an ES module, as seen from a folder
 * @property {(folder: string, id: string) => boolean} isEsModule whether `require` may not load it
 */

/** @param {string} root the folder that cells import from @param {Loader} loader */
function createModules(root, loader) {
  const { path } = loader;
  /** @type {Map<string, CompiledFile>} by path of the JavaScript that a file would have */
  const files = new Map();
  /** @type {Map<string, { exports: any }>} */
  const loaded = new Map();
  /** @type {Map<string, Set<string>>} path → the paths that import it */
  const importers = new Map();
  /** What cells have imported from ES modules. @type {Map<string, any>} */
  const esModules = new Map();
  /** What `require` may load: asked once. */
  const ordinary = new Set();

  /** @param {string} file */
  function forget(file) {
    if (!loaded.delete(file)) return;
    for (const importer of importers.get(file) ?? []) forget(importer);
    importers.delete(file);
  }

  /** @param {string} file */
  function load(file) {
    const cached = loaded.get(file);
    if (cached) return cached.exports;
    // Before it runs: modules may import each other in a circle.
    const entry = { exports: {} };
    loaded.set(file, entry);
    try {
      const code = files.get(file)?.code ?? '';
      entry.exports = loader.run(file, code, requireFrom(path.dirname(file), file), entry.exports);
    } catch (error) {
      forget(file);
      throw error;
    }
    return entry.exports;
  }

  /** The compiled file that an import names. @param {string} folder @param {string} id */
  function locate(folder, id) {
    if (!id.startsWith('.') && !path.isAbsolute(id)) return undefined;
    const file = path.isAbsolute(id) ? path.normalize(id) : path.join(folder, id);
    const names = [file, `${file}.js`, path.join(file, 'index.js'), file.replace(/\.tsx?$/, '.js')];
    return names.find((each) => files.has(each));
  }

  /** `require` as seen from a folder. @param {string} folder @param {string} [importer] */
  function requireFrom(folder, importer) {
    const requirePackage = loader.requireFrom(folder);
    const requireLocal = (/** @type {string} */ id) => {
      const file = locate(folder, id);
      if (!file) return esModules.get(id) ?? requirePackage(id);
      if (importer) importers.set(file, (importers.get(file) ?? new Set()).add(importer));
      return load(file);
    };
    return Object.assign(requireLocal, { resolve: requirePackage.resolve, cache: requirePackage.cache });
  }

  const require = requireFrom(root);

  return {
    require,
    /** `import(id)` of a cell or of a module in `folder`. @param {string} id @param {string} [folder] */
    async import(id, folder = root) {
      const file = locate(folder, String(id));
      return file ? load(file) : loader.importFrom(folder, String(id));
    },
    /** Loads the ES modules among what a cell imports: `require`, which the cell is compiled to, cannot wait for them.
     * @param {string[]} ids */
    async prepare(ids) {
      for (const id of ids) {
        if (ordinary.has(id) || locate(root, id)) continue;
        if (loader.isEsModule(root, id)) esModules.set(id, marked(await loader.importFrom(root, id)));
        else ordinary.add(id);
      }
    },
    /** @param {CompiledFile[]} compiled files that are new or have changed */
    update(compiled) {
      for (const file of compiled) {
        files.set(path.normalize(file.path), file);
        forget(path.normalize(file.path));
      }
    },
    /** @param {string} file */
    find: (file) => files.get(file),
  };
}

/** An ES module as `require` would give it: with the mark by which compiled code tells it from CommonJS.
 * @param {object} namespace */
const marked = (namespace) => Object.defineProperty({ ...namespace }, '__esModule', { value: true });

module.exports = { createModules };
