/**
 * Checks of arguments, one sentence of complaint each: what could not be done, why, and the value.
 *
 * @example
 * requirePositive('learningRate', -1, 'descend');
 * // RangeError: Cannot descend: learningRate must be > 0, got -1
 */

function complain(name: string, rule: string, value: unknown, action?: string): RangeError {
  const sentence = `${name} must be ${rule}, got ${describe(value)}`;
  return new RangeError(action ? `Cannot ${action}: ${sentence}` : sentence);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return String(value);
}

/** @throws RangeError unless `value` is a finite number greater than 0. */
export function requirePositive(name: string, value: number, action?: string): void {
  if (!(Number.isFinite(value) && value > 0)) throw complain(name, '> 0', value, action);
}

/** @throws RangeError unless `value` is a finite number of at least 0. */
export function requireNonNegative(name: string, value: number, action?: string): void {
  if (!(Number.isFinite(value) && value >= 0)) throw complain(name, '>= 0', value, action);
}

/** @throws RangeError unless `value` is a finite number. */
export function requireFinite(name: string, value: number, action?: string): void {
  if (!Number.isFinite(value)) throw complain(name, 'a finite number', value, action);
}

/** @throws RangeError unless `value` is a whole number of at least `least`. */
export function requireCount(name: string, value: number, action?: string, least = 1): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw complain(name, `a whole number >= ${least}`, value, action);
  }
}

/** @throws RangeError unless `least <= value <= most`. */
export function requireBetween(
  name: string,
  value: number,
  least: number,
  most: number,
  action?: string,
): void {
  if (!(value >= least && value <= most)) {
    throw complain(name, `between ${least} and ${most}`, value, action);
  }
}

/** @throws RangeError unless `value` is one of `choices`, which the message lists. */
export function requireOneOf<Choice extends string>(
  name: string,
  value: string,
  choices: readonly Choice[],
  action?: string,
): asserts value is Choice {
  if (!(choices as readonly string[]).includes(value)) {
    throw complain(name, `one of ${choices.join(', ')}`, value, action);
  }
}

/** @throws RangeError unless both arrays have the same, positive number of elements. */
export function requireSameLength(
  firstName: string,
  first: ArrayLike<unknown>,
  secondName: string,
  second: ArrayLike<unknown>,
  action?: string,
): void {
  if (first.length !== second.length || first.length === 0) {
    const counts = `${firstName} has ${first.length} and ${secondName} has ${second.length} elements`;
    throw new RangeError(`${action ? `Cannot ${action}: ` : ''}${counts}; they must be equal and not empty`);
  }
}

/** @throws RangeError unless every name in `options` is one of `known`, which the message lists. */
export function requireKnownOptions(options: object, known: readonly string[], action?: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const sentence = `there is no option '${name}'; there is ${known.join(', ')}`;
    throw new RangeError(action ? `Cannot ${action}: ${sentence}` : sentence);
  }
}
