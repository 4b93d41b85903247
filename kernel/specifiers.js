/** Completes what stands between the quotes of an import: files by their path, packages by their name. */

const fs = require('node:fs');
const { builtinModules } = require('node:module');
const path = require('node:path');

/** The text from an import's opening quote to the cursor. */
const OPEN_SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]*)$/;
const MODULE_FILE = /^(?!.*\.d\.[cm]?ts$)(.+?)(\.tsx?|\.[cm]?js|\.json)$/;

/** @typedef {{ start: number, end: number, candidates: string[] }} Completion */

/**
 * @param {string} source
 * @param {number} offset
 * @param {string} root the folder that cells import from
 * @returns {Completion | undefined} nothing where no import is being written
 */
function completeSpecifier(source, offset, root) {
  const match = OPEN_SPECIFIER.exec(source.slice(0, offset));
  if (!match) return undefined;
  const [, , written] = match;
  const rest = /^[^'"\n]*/.exec(source.slice(offset))?.[0].length ?? 0;
  const isPath = written.startsWith('.') || path.isAbsolute(written);
  const begun = isPath ? written.slice(written.lastIndexOf('/') + 1) : written;
  const names = isPath
    ? modulesIn(path.resolve(root, written.slice(0, written.length - begun.length)))
    : packagesOf(root);
  const candidates = names.filter((name) => name.startsWith(begun)).sort();
  return { start: offset - begun.length, end: offset + rest, candidates };
}

/** @param {string} folder */
function modulesIn(folder) {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (!entry.isFile()) return [`${entry.name}/`];
    const [, name, ending] = MODULE_FILE.exec(entry.name) ?? [];
    return name ? [ending === '.ts' ? name : entry.name] : [];
  });
  return [...new Set(names)];
}

/** What the project depends on, and what Node brings. @param {string} root */
function packagesOf(root) {
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const own = builtinModules.filter((name) => !name.startsWith('_') && !name.includes('/'));
  return [...Object.keys(dependencies), ...own.map((name) => `node:${name}`)];
}

module.exports = { completeSpecifier };
