/** What became of local modules in earlier kernels, kept in `out/compiled/`. It can be deleted at any time. */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What the compiler and its answers depend on besides the modules. */
const sources = [
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
  const all = path.join(root, 'out', 'compiled');
  const versions = sources.map((source) => hash(textOf(path.join(root, source))));
  const folder = path.join(all, hash([process.version, root, ...versions].join()));
  const fileOf = (/** @type {string} */ module) => path.join(folder, `${hash(module)}.json`);
  let cleared = false;

  return {
    hash,
    read(module) {
      try {
        return JSON.parse(fs.readFileSync(fileOf(module), 'utf8'));
      } catch {
        return undefined;
      }
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
