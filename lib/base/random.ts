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
 * A seeded source of random numbers: xoroshiro128+, whose state SplitMix64 fills. Neighbouring seeds
 * have nothing in common, nor have two purposes with one seed.
 *
 * @param seed - any whole number >= 0; the same seed gives the same draws in the same order
 * @param purpose - what the draws are for, such as `'weights'` or `'order'`: what one training draws
 *   for different purposes comes from different streams, though it has one seed
 * @returns the source; every call of one of its methods advances it
 * @throws RangeError if `seed` is not a whole number >= 0
 * @see Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021)
 * @see Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), for SplitMix64
 * @see Knuth, *The Art of Computer Programming*, vol. 2, 3.4.2, algorithm P (the shuffle)
 */
export function seededRandom(seed: number, purpose = ''): Random {
  requireCount('seed', seed, 'draw random numbers', 0);
  const generator: RandomGenerator = xoroshiro128plus.fromState(mixedState(seed, purpose));
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

/**
 * A seed for another source of random numbers, TensorFlow's: neighbouring ones begin alike there.
 *
 * @param seed - any whole number >= 0
 * @param purpose - as of {@link seededRandom}
 * @returns 32 bits that have nothing in common with those of another seed or purpose
 * @throws RangeError if `seed` is not a whole number >= 0
 */
export function mixedSeed(seed: number, purpose: string): number {
  requireCount('seed', seed, 'mix a seed', 0);
  return mixedState(seed, purpose)[0] >>> 0;
}

const golden = 0x9e3779b97f4a7c15n;

/** SplitMix64's finaliser: each bit of the result depends on each bit of `value`; 64 bits each. */
function mix(value: bigint): bigint {
  const half = BigInt.asUintN(64, (value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n);
  const mixed = BigInt.asUintN(64, (half ^ (half >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

/**
 * The first two outputs of SplitMix64 that starts from the seed; of a purpose, each letter moves the
 * start on.
 *
 * @returns the four words of xoroshiro128+, 32 bits each, as pure-rand orders them
 */
function mixedState(seed: number, purpose: string): number[] {
  const step = (state: bigint, times: bigint) => mix(BigInt.asUintN(64, state + times * golden));
  const letters = Array.from(purpose, (letter) => BigInt(letter.codePointAt(0) ?? 0));
  const start = letters.reduce((state, letter) => step(state, letter + 1n), BigInt(seed));
  return [step(start, 1n), step(start, 2n)].flatMap((word) => [
    Number(BigInt.asIntN(32, word >> 32n)),
    Number(BigInt.asIntN(32, word)),
  ]);
}
