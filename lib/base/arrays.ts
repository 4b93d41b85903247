/** Arrays, whatever they hold. */

/**
 * How many elements an array has.
 *
 * @param shape - whole numbers >= 0
 * @returns their product; 0 where a size is 0, though others be so large that the product overflows
 */
export function countElements(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

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
