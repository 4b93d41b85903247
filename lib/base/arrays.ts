/** Typed arrays, whatever they hold. */

/**
 * Arrays one after the other.
 *
 * @param parts - never changed
 * @param create - makes the whole: `(length) => new Float32Array(length)`
 * @returns a copy in memory of its own
 */
export function concatenate<Whole extends Float32Array | Uint8Array>(
  parts: readonly ArrayLike<number>[],
  create: (length: number) => Whole,
): Whole {
  const whole = create(parts.reduce((length, part) => length + part.length, 0));
  let from = 0;
  for (const part of parts) {
    whole.set(part, from);
    from += part.length;
  }
  return whole;
}
