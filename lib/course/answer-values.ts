/** What answers are made of: numbers, lists, matrices and records of them. */

/** What is needed here of a matrix of mathjs. */
export interface MatrixLike {
  isMatrix: true;
  size(): number[];
  valueOf(): unknown[];
  clone(): MatrixLike;
  map(change: (entry: never) => unknown): MatrixLike;
  resize(size: number[]): MatrixLike;
}

/** What a value is, as far as an exercise can ask for it; `other` is everything that is not looked into. */
export type AnswerForm = 'number' | 'text' | 'boolean' | 'list' | 'matrix' | 'record' | 'function' | 'other';

/**
 * Says what a value is. A list is an array or a typed array, a record an object without a class.
 *
 * @param value - anything
 * @returns its form
 */
export function formOf(value: unknown): AnswerForm {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'function') {
    return typeof value as 'number' | 'boolean' | 'function';
  }
  if (typeof value !== 'object' || value === null) return 'other';
  if (isList(value)) return 'list';
  if ((value as { isMatrix?: unknown }).isMatrix === true) return 'matrix';
  const prototype = Object.getPrototypeOf(value);
  // Cells run in a realm of their own, where Object is another one.
  return prototype === null || Object.getPrototypeOf(prototype) === null ? 'record' : 'other';
}

/** @returns whether `value` is an array or a typed array */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/**
 * Copies numbers, lists, matrices and records, to any depth; functions and other objects stay the same.
 *
 * @param value - anything, also what stands in it twice or leads back to itself
 * @param copies - of what was met before
 * @returns the copy
 */
export function copyOf<Value>(value: Value, copies = new Map<unknown, unknown>()): Value {
  if (copies.has(value)) return copies.get(value) as Value;
  const form = formOf(value);
  if (form === 'matrix') return (value as unknown as MatrixLike).clone() as Value;
  if (form === 'list' && !Array.isArray(value)) return (value as unknown as Uint8Array).slice() as Value;
  if (form !== 'list' && form !== 'record') return value;
  const copy = (form === 'list' ? Array((value as []).length) : {}) as Record<string, unknown>;
  copies.set(value, copy);
  for (const [key, inner] of Object.entries(value as object)) copy[key] = copyOf(inner, copies);
  return copy as Value;
}

/**
 * Compares to the last bit, entry by entry; NaN is the same as NaN.
 *
 * @param met - what is being compared already, with what
 * @returns whether two values are the same
 */
export function isSame(one: unknown, other: unknown, met = new Map<unknown, unknown>()): boolean {
  const form = formOf(one);
  if (form !== formOf(other)) return false;
  if (form === 'matrix') return isSame((one as MatrixLike).valueOf(), (other as MatrixLike).valueOf());
  if (form !== 'list' && form !== 'record') return Object.is(one, other);
  if (met.get(one) === other && met.has(one)) return true;
  met.set(one, other);
  if (form === 'record') return isSame(Object.entries(one as object), Object.entries(other as object), met);
  const [first, second] = [one as ArrayLike<unknown>, other as ArrayLike<unknown>];
  if (first.length !== second.length) return false;
  const same = Array.isArray(one) ? isSame : Object.is; // typed arrays can be long
  for (let index = 0; index < first.length; index++) {
    if (!same(first[index], second[index], met)) return false;
  }
  return true;
}

/**
 * @param wanted - asked of every number, text and whatever else stands in `value`, at any depth
 * @param met - what was looked into already
 * @returns whether it is true of one of them
 */
export function holds(value: unknown, wanted: (leaf: unknown) => boolean, met = new Set<unknown>()): boolean {
  const form = formOf(value);
  if (form === 'matrix') return holds((value as MatrixLike).valueOf(), wanted, met);
  if (form !== 'list' && form !== 'record') return wanted(value);
  if (met.has(value)) return false;
  met.add(value);
  if (ArrayBuffer.isView(value)) return Array.prototype.some.call(value, wanted);
  const entries = form === 'record' ? Object.values(value as object) : (value as ArrayLike<unknown>);
  return Array.prototype.some.call(entries, (inner: unknown) => holds(inner, wanted, met));
}
