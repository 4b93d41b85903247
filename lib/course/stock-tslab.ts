/**
 * Lets a stock tslab kernel find earlier cells' variables in `{ x }`.
 *
 * tslab 1.0.22 turns `x` of an earlier cell into `exports.x`, but overlooks the shorthand `{ x }`, which then names
 * nothing: `ReferenceError: x is not defined`. So a name that is defined nowhere else is looked up in `exports`: the
 * object that names are inherited from gets a proxy in front of it. This project's own kernel needs nothing of this.
 *
 * @param exports - where tslab keeps the variables of the cells that have run
 */
export function findVariablesOfEarlierCells(exports: Record<string, unknown>): void {
  const inherited = Object.getPrototypeOf(globalThis);
  const isVariable = (name: PropertyKey): name is string =>
    typeof name === 'string' && Object.hasOwn(exports, name);
  const proxy = new Proxy(inherited, {
    has: (target, name) => isVariable(name) || Reflect.has(target, name),
    get: (target, name) => (isVariable(name) ? exports[name] : Reflect.get(target, name)),
  });
  Object.setPrototypeOf(globalThis, proxy);
}
