/**
 * mathjs as cells import it: nothing is loaded before it is used, and then a function is made when it is first asked for.
 * The package's own front makes all functions, constants and units at once, which takes longer than to compile a cell.
 */

const fs = require('node:fs');
const path = require('node:path');
const { inspect } = require('node:util');

/** What mathjs's instance has and the front has not, and the configuration, which the front does not let anyone change. */
const notShared = new Set(
  'config import on off once emit expression Infinity NaN E PI null true false'.split(' '),
);

/** By the file of the front. @type {Map<string, any>} */
const modules = new Map();

/**
 * @param {NodeJS.Require} require of the module that imports it
 * @returns {any} mathjs, made when it is used
 * @throws if it is not installed
 */
function lazyMathjs(require) {
  const file = require.resolve('mathjs');
  const instanceFile = path.join(path.dirname(file), 'defaultInstance.js');
  // Another version may be laid out otherwise.
  if (!modules.has(file)) {
    modules.set(
      file,
      fs.existsSync(instanceFile) ? createModule(require, file, instanceFile) : require(file),
    );
  }
  return modules.get(file);
}

/** @param {NodeJS.Require} require @param {string} file @param {string} instanceFile */
function createModule(require, file, instanceFile) {
  const front = () => require(file);
  const instance = () => require(instanceFile).default;
  /** @type {Map<string, any>} */
  const made = new Map();
  const get = (/** @type {string | symbol} */ name) => {
    if (name === '__esModule') return true;
    // An `await` asks for `then`.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    // Cells ask anew at each call, in their innermost loops too.
    if (!made.has(name)) {
      made.set(name, !notShared.has(name) && name in instance() ? instance()[name] : front()[name]);
    }
    return made.get(name);
  };
  return new Proxy(Object.defineProperty({}, inspect.custom, { value: front, configurable: true }), {
    get: (_, name) => get(name),
    has: (_, name) => name in front(),
    ownKeys: () => Reflect.ownKeys(front()),
    getOwnPropertyDescriptor(_, name) {
      const known = Reflect.getOwnPropertyDescriptor(front(), name);
      return known && { value: get(name), enumerable: known.enumerable, configurable: true };
    },
  });
}

module.exports = { lazyMathjs };
