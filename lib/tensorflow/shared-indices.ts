/** Checks of indices, which operations trust. */

/**
 * @param indices - tokens or classes
 * @param limit - how many there are
 * @param action - what for, in the complaint
 * @throws RangeError if one is not 0 … limit − 1
 */
export function requireIndices(indices: Int32Array, limit: number, action: string): void {
  for (const index of indices) {
    if (index < 0 || index >= limit) {
      throw new RangeError(`Cannot ${action}: indices must be 0 … ${limit - 1}, got ${index}`);
    }
  }
}
