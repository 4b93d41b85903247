/** What experiments are given and return, as text: JSON, and what JSON lacks. */

/**
 * JSON with sorted keys, so that the order in which settings are written does not matter.
 *
 * @param value - of what JSON holds; numbers that are not finite, Float32Arrays and Int16Arrays too
 * @throws TypeError that names what it cannot hold
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { $number: String(inner) };
    if (inner instanceof Float32Array) return { $float32: float32.toText(inner) };
    if (inner instanceof Int16Array) return { $int16: int16.toText(inner) };
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
    if ('$float32' in inner) return Float32Array.from(float32.fromText(inner.$float32));
    return '$int16' in inner ? Int16Array.from(int16.fromText(inner.$int16)) : inner;
  });
}

/** So many bytes go into one call, whose arguments lie on the stack. */
const piece = 8192;

/** Numbers of so many bytes each, the least significant first, as base64. */
function asBase64(
  width: number,
  write: (view: DataView, at: number, value: number) => void,
  read: (view: DataView, at: number) => number,
) {
  return {
    toText(values: ArrayLike<number>): string {
      const bytes = new Uint8Array(width * values.length);
      const view = new DataView(bytes.buffer);
      for (let place = 0; place < values.length; place++) write(view, width * place, values[place]);
      let text = '';
      for (let from = 0; from < bytes.length; from += piece)
        text += String.fromCharCode(...bytes.subarray(from, from + piece));
      return btoa(text);
    },
    fromText(text: string): number[] {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const view = new DataView(bytes.buffer);
      return Array.from({ length: bytes.length / width }, (_, place) => read(view, width * place));
    },
  };
}

const float32 = asBase64(
  4,
  (view, at, value) => view.setFloat32(at, value, true),
  (view, at) => view.getFloat32(at, true),
);
const int16 = asBase64(
  2,
  (view, at, value) => view.setInt16(at, value, true),
  (view, at) => view.getInt16(at, true),
);
