/**
 * What the cells of a notebook share: their variables are properties of one object, as if each cell were a module that
 * exports all its names to those after it.
 *
 * A cell's own code keeps its variables to itself and writes each value to that object, too. So that an assignment in a
 * later cell reaches the functions of the earlier one, the earlier hands over a setter for each of its variables.
 */

/** Makes all names of a cell `undefined` before it runs, as the compiler writes it. */
const RESET = /^(?:(?:exports\.[^\s=]+ = )+void 0;\n)+/m;

/** @typedef {Record<string, (value: any) => void>} Setters by the name of a variable */

function createVariables() {
  /** @type {Record<string, any>} */
  const values = {};
  /** @type {Map<string, (value: any) => void>} */
  const setters = new Map();
  /** Names that later cells may use, though their own cell ended before it gave them a value. @type {Set<string>} */
  const unset = new Set();
  /** Names of the running cell that it has given no value yet. @type {Set<string>} */
  let expected = new Set();

  /** @param {string} name @param {any} value */
  function assign(name, value) {
    expected.delete(name);
    if (unset.delete(name)) delete values[name];
    values[name] = value;
    try {
      setters.get(name)?.(value);
    } catch {
      // Its cell ended before the variable was there.
      setters.delete(name);
    }
  }

  /** @param {string} name @param {string} cell */
  function leaveUnset(name, cell) {
    unset.add(name);
    Object.defineProperty(values, name, {
      configurable: true,
      enumerable: true,
      get() {
        throw new ReferenceError(`${name} has no value: ${cell} ended before it set one; run it again`);
      },
    });
  }

  return {
    /** It takes any definition as a plain value, for TypeScript defines imported names as getters, and those could not be
     * redefined. */
    exports: new Proxy(values, {
      set(_target, name, value) {
        assign(/** @type {string} */ (name), value);
        return true;
      },
      defineProperty(_target, name, { get, value }) {
        if (name !== '__esModule') assign(/** @type {string} */ (name), get ? get() : value);
        return true;
      },
    }),
    /**
     * A cell begins. @param {string[]} names that it declares
     * @returns {{ link(setters: Setters): void, end(cell: string, whole: boolean): void }} `link` takes the setters of its
     *   variables; `end` says whether it came to its end
     */
    begin(names) {
      const own = new Set(names);
      expected = own;
      for (const name of names) setters.delete(name);
      return {
        link(linked) {
          for (const [name, setter] of Object.entries(linked)) setters.set(name, setter);
        },
        end(cell, whole) {
          for (const name of own) {
            if (whole) assign(name, undefined);
            else if (!(name in values)) leaveUnset(name, cell);
          }
          own.clear();
        },
      };
    },
  };
}

/**
 * A cell as it is run: without the reset of its names, by which a cell that fails would take their values from those that
 * had one, and with the setters of its variables.
 *
 * @param {{ code: string, form: string, variables: string[] }} compiled
 * @returns {{ text: string, names: string[] }} a function, in one line more than the code; the names that it declares
 */
function bodyOf({ code, form, variables }) {
  const [reset = ''] = RESET.exec(code) ?? [];
  const names = [...reset.matchAll(/exports\.([^\s=]+) = /g)].map(([, name]) => name);
  const setters = variables
    .filter((name) => names.includes(name))
    .map((name) => `${name}: (__value__) => { ${name} = __value__ }`);
  const link = setters.length > 0 ? `arguments[2]({ ${setters.join(', ')} });` : '';
  const rest = code.replace(RESET, (lines) => lines.replace(/[^\n]+/g, ''));
  return { text: `(${form} (exports, require) {${link}\n${rest}\n})`, names };
}

module.exports = { bodyOf, createVariables };
