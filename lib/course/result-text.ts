/** What experiments are given and return, as text: JSON, and what JSON lacks. */

/**
 * JSON with sorted keys, so that the order in which settings are written does not matter.
 *
 * @param value - of what JSON holds; numbers that are not finite and Float32Arrays too
 * @throws TypeError that names what it cannot hold
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { $number: String(inner) };
    if (inner instanceof Float32Array) return { $float32: toBase64(inner) };
    if (typeof inner === 'function' || typeof inner === 'bigint' || ArrayBuffer.isView(inner)) {
      const kind = ArrayBuffer.isView(inner) ? 'a typed array: use Array.from' : `a ${typeof inner}`;
      throw new TypeError(`Cannot keep the experiment: '${key}' is ${kind}`);
    }
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** @returns what `text` was encoded from, a copy of its own; `undefined` of `undefined` */
export function decode<Value>(text: string | undefined): Value {
  if (text === undefined) return undefined as Value;
  return JSON.parse(text, (_, inner) => {
    if (!inner || typeof inner !== 'object') return inner;
    if ('$number' in inner) return Number(inner.$number);
    return '$float32' in inner ? fromBase64(inner.$float32) : inner;
  });
}

/** So many bytes go into one call, whose arguments lie on the stack. */
const piece = 8192;

/** The bytes of the numbers, four each, the least significant first, as base64. */
function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [place, value] of values.entries()) view.setFloat32(4 * place, value, true);
  let text = '';
  for (let from = 0; from < bytes.length; from += piece)
    text += String.fromCharCode(...bytes.subarray(from, from + piece));
  return btoa(text);
}

function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, place) => view.getFloat32(4 * place, true));
}
