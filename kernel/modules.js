/**
 * Loads what cells import. Local TypeScript comes from the compiler; a file that changed is loaded anew together with
 * everything that imports it, all others keep their identity. Packages come from Node and are never reloaded.
 */

const Module = require('node:module');
const path = require('node:path');

/** @typedef {import('./tslab').CompiledFile} CompiledFile */

/** @param {string} root the folder that cells import from */
function createModules(root) {
  /** @type {Map<string, CompiledFile>} by path of the JavaScript that a file would have */
  const files = new Map();
  /** @type {Map<string, Module>} */
  const loaded = new Map();
  /** @type {Map<string, Set<string>>} path → the paths that import it */
  const importers = new Map();

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
    const module = /** @type {any} */ (new Module(file));
    module.filename = file;
    module.paths = /** @type {any} */ (Module)._nodeModulePaths(path.dirname(file));
    module.require = requireFrom(path.dirname(file), file);
    // Before it runs: modules may import each other in a circle.
    loaded.set(file, module);
    try {
      module._compile(files.get(file)?.code, file);
    } catch (error) {
      forget(file);
      throw error;
    }
    return module.exports;
  }

  /** @param {string} file */
  const locate = (file) => [file, `${file}.js`, path.join(file, 'index.js')].find((each) => files.has(each));

  /** `require` as seen from a folder. @param {string} folder @param {string} [importer] */
  function requireFrom(folder, importer) {
    const requirePackage = Module.createRequire(path.join(folder, 'cell.js'));
    const requireLocal = (/** @type {string} */ id) => {
      const file = id.startsWith('.') ? locate(path.join(folder, id)) : undefined;
      if (!file) return requirePackage(id);
      if (importer) importers.set(file, (importers.get(file) ?? new Set()).add(importer));
      return load(file);
    };
    return Object.assign(requireLocal, {
      resolve: requirePackage.resolve,
      cache: requirePackage.cache,
    });
  }

  return {
    require: requireFrom(root),
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

module.exports = { createModules };
