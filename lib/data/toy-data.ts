import { requireCount, requireFinite, requireNonNegative, requireOneOf } from '../base/checks';
import { type Random, seededRandom } from '../base/random';
import type { Matrix, Vector } from '../maths/vectors';

/** Points in the plane, each with the number of its class. */
export interface LabelledPoints {
  /** shape `[count, 2]` */
  points: Matrix;
  /** shape `[count]`, whole numbers from 0 */
  labels: Vector;
}

/** How many points, how blurred, and which draw. */
export interface ToyDataOptions {
  /** how many points, >= 1; 200 if not given */
  count?: number;
  /** standard deviation of the normal noise on each coordinate, >= 0; 0.1 if not given */
  noise?: number;
  /** the same seed gives the same points */
  seed: number;
}

/** The data sets in the plane that a knob can choose. */
export const TOY_DATA_NAMES = ['moons', 'circles', 'spirals', 'xor'] as const;
export type ToyDataName = (typeof TOY_DATA_NAMES)[number];

/**
 * Points along a line, `y = slope · x + intercept + noise`, with `x` uniform in −1 … 1.
 *
 * @returns `inputs` `x` and `targets` `y`, each shape `[count]`
 * @throws RangeError if an option is out of range
 */
export function noisyLine(options: ToyDataOptions & { slope?: number; intercept?: number }): {
  inputs: Vector;
  targets: Vector;
} {
  const { count, noise, random } = check(options);
  const { slope = 2, intercept = 1 } = options;
  requireFinite('slope', slope, 'make points');
  requireFinite('intercept', intercept, 'make points');
  const inputs = Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const targets = inputs.map((x) => slope * x + intercept + noise * random.normal());
  return { inputs, targets };
}

/**
 * Two half circles of radius 1 that hook into each other.
 *
 * @throws RangeError if an option is out of range
 * @see scikit-learn's `make_moons`
 */
export function moons(options: ToyDataOptions): LabelledPoints {
  return pointsOf(options, 2, (label, share) => {
    const angle = Math.PI * share;
    return label === 0
      ? [Math.cos(angle), Math.sin(angle)]
      : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/**
 * A circle of radius 1, class 0, around one of radius `ratio`, class 1.
 *
 * @throws RangeError if an option is out of range
 * @see scikit-learn's `make_circles`
 */
export function circles(options: ToyDataOptions & { ratio?: number }): LabelledPoints {
  const { ratio = 0.5 } = options;
  requireNonNegative('ratio', ratio, 'make points');
  return pointsOf(options, 2, (label, share) => {
    const angle = 2 * Math.PI * share;
    const radius = label === 0 ? 1 : ratio;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/**
 * Spiral arms that start at the centre, one for each class.
 *
 * @param options.arms - how many classes; 2 if not given
 * @param options.turns - how often each arm winds around the centre; 1 if not given
 * @throws RangeError if an option is out of range
 */
export function spirals(
  options: ToyDataOptions & { arms?: number; turns?: number },
): LabelledPoints {
  const { arms = 2, turns = 1 } = options;
  requireCount('arms', arms, 'make points');
  requireFinite('turns', turns, 'make points');
  return pointsOf(options, arms, (label, share) => {
    const angle = 2 * Math.PI * (turns * share + label / arms);
    return [share * Math.cos(angle), share * Math.sin(angle)];
  });
}

/**
 * Blurred copies of the four corners (±1, ±1); the class is 1 where the signs differ.
 * With `noise: 0` and `count: 4` it is the truth table of "exclusive or".
 *
 * @throws RangeError if an option is out of range
 */
export function xor(options: ToyDataOptions): LabelledPoints {
  const { count, noise, random } = check(options);
  const corners: Matrix = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ];
  const chosen = Array.from({ length: count }, (_, index) => corners[index % 4]);
  return {
    points: chosen.map((corner) => corner.map((value) => value + noise * random.normal())),
    labels: chosen.map(([x, y]) => (x * y < 0 ? 1 : 0)),
  };
}

/**
 * A data set by name, for code that leaves the choice to a knob.
 *
 * @param name - one of {@link TOY_DATA_NAMES}
 * @throws RangeError if there is no data set of that name, or an option is out of range
 */
export function toyData(name: ToyDataName, options: ToyDataOptions): LabelledPoints {
  requireOneOf('data set', name, TOY_DATA_NAMES, 'make points');
  return { moons, circles, spirals, xor }[name](options);
}

function check(options: ToyDataOptions): { count: number; noise: number; random: Random } {
  const { count = 200, noise = 0.1, seed } = options;
  requireCount('count', count, 'make points');
  requireNonNegative('noise', noise, 'make points');
  return { count, noise, random: seededRandom(seed) };
}

/** Points on one curve per class, evenly spread over it; the classes take turns. */
function pointsOf(
  options: ToyDataOptions,
  classes: number,
  curve: (label: number, share: number) => [number, number],
): LabelledPoints {
  const { count, noise, random } = check(options);
  const labels = Array.from({ length: count }, (_, index) => index % classes);
  const points = labels.map((label, index) => {
    const ofThisClass = Math.ceil((count - label) / classes);
    // Half a step from both ends, so that a closed curve has no point twice.
    const share = (Math.floor(index / classes) + 0.5) / ofThisClass;
    return curve(label, share).map((value) => value + noise * random.normal());
  });
  return { points, labels };
}
