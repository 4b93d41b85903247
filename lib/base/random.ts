/** Random numbers that a seed decides. */
import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import { requireCount } from './checks';

/** Random draws that are the same on every machine for the same seed. */
export interface Random {
  /** @returns a number drawn uniformly from [0, 1), with 32 random bits */
  uniform(): number;
  /** @returns a number drawn from the normal distribution with mean 0 and standard deviation 1 */
  normal(): number;
  /** @returns a whole number drawn uniformly from 0 … `below` − 1 */
  integer(below: number): number;
  /** @returns the numbers 0 … `count` − 1 in random order, shape `[count]` */
  permutation(count: number): Uint32Array;
}

/**
 * A seeded source of random numbers (xoroshiro128+). The first few draws of seeds that lie close
 * together are close, too: seeds give trainings of their own, not independent single draws.
 *
 * @param seed - any whole number >= 0; the same seed gives the same draws in the same order. Only its
 *   lower 32 bits count.
 * @returns the source; every call of one of its methods advances it
 * @throws RangeError if `seed` is not a whole number >= 0
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021)
 * @see Knuth, *The Art of Computer Programming*, vol. 2, 3.4.2, algorithm P (the shuffle)
 */
export function seededRandom(seed: number): Random {
  requireCount('seed', seed, 'draw random numbers', 0);
  const generator: RandomGenerator = xoroshiro128plus(seed);
  let spare: number | undefined;

  const integer = (below: number): number => {
    requireCount('below', below, 'draw a random integer');
    return unsafeUniformIntDistribution(0, below - 1, generator);
  };
  const uniform = (): number => (generator.unsafeNext() >>> 0) / 2 ** 32;

  return {
    uniform,
    integer,
    // Box and Muller's polar form gives two independent draws at a time; the second is kept.
    normal(): number {
      if (spare !== undefined) {
        const draw = spare;
        spare = undefined;
        return draw;
      }
      let x = 0;
      let y = 0;
      let squaredLength = 0;
      do {
        x = 2 * uniform() - 1;
        y = 2 * uniform() - 1;
        squaredLength = x * x + y * y;
      } while (squaredLength >= 1 || squaredLength === 0);
      const scale = Math.sqrt((-2 * Math.log(squaredLength)) / squaredLength);
      spare = y * scale;
      return x * scale;
    },
    permutation(count: number): Uint32Array {
      const order = Uint32Array.from({ length: count }, (_, index) => index);
      for (let last = count - 1; last > 0; last--) {
        const chosen = integer(last + 1);
        [order[last], order[chosen]] = [order[chosen], order[last]];
      }
      return order;
    },
  };
}
