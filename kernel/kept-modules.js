/**
 * What became of local modules in earlier kernels, kept in `out/compiled/`. It can be deleted at any time. Where the course
 * can only be read, what lies there is read all the same, and the rest is kept in a folder of the user's own.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { outFolder } = require('./out-folder');

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What the compiler and its answers depend on besides the modules. */
const sources = [
  path.join('kernel', 'core', 'compiler.js'),
  path.join('kernel', 'core', 'transforms.js'),
  path.join('kernel', 'tslab.js'),
  path.join('kernel', 'globals.d.ts'),
  'package-lock.json',
];

/**
 * @param {string} root the project's folder
 * @returns {import('./core/transforms').Kept} one file for each module; what cannot be read or written is not kept
 */
function keptModules(root) {
  const all = path.join(outFolder(root), 'compiled');
  const versions = sources.map((source) => hash(textOf(path.join(root, source))));
  const version = hash([process.version, root, ...versions].join());
  const folder = path.join(all, version);
  const places = [...new Set([folder, path.join(root, 'out', 'compiled', version)])];
  const fileOf = (/** @type {string} */ module, place = folder) => path.join(place, `${hash(module)}.json`);
  let cleared = false;

  return {
    hash,
    read(module) {
      for (const place of places) {
        try {
          return JSON.parse(fs.readFileSync(fileOf(module, place), 'utf8'));
        } catch {
          // It is not there, or not whole.
        }
      }
      return undefined;
    },
    write(module, content) {
      const file = fileOf(module);
      const half = `${file}.${process.pid}`;
      try {
        if (!cleared) clear();
        cleared = true;
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(half, JSON.stringify(content));
        fs.renameSync(half, file);
      } catch {
        // Then it is compiled again the next time.
      }
    },
  };

  /** Removes what an older compiler left. */
  function clear() {
    if (!fs.existsSync(all)) return;
    for (const name of fs.readdirSync(all)) {
      if (path.join(all, name) !== folder) fs.rmSync(path.join(all, name), { recursive: true, force: true });
    }
  }
}

/** @param {string} file */
function textOf(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { keptModules };
