/** Points in the plane, and along a line, drawn by a formula and a seed. */
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
const toyDataNames = ['moons', 'circles', 'spirals', 'xor'] as const;

/** The name of one of them. */
export type ToyDataName = (typeof toyDataNames)[number];

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
 * @see scikit-learn's `make_moons`
 */
function moons(options: ToyDataOptions): LabelledPoints {
  return pointsOf(options, (label, share) => {
    const angle = Math.PI * share;
    return label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

/**
 * A circle of radius 1, class 0, around one of radius 1/2, class 1.
 *
 * @see scikit-learn's `make_circles`
 */
function circles(options: ToyDataOptions): LabelledPoints {
  return pointsOf(options, (label, share) => {
    const angle = 2 * Math.PI * share;
    const radius = label === 0 ? 1 : 0.5;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Two spiral arms that wind once around the centre, where they start, to radius 1. */
function spirals(options: ToyDataOptions): LabelledPoints {
  return pointsOf(options, (label, share) => {
    const angle = 2 * Math.PI * (share + label / 2);
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
 * @param name - moons, circles, spirals or xor
 * @throws RangeError if there is no data set of that name, or an option is out of range
 */
export function toyData(name: ToyDataName, options: ToyDataOptions): LabelledPoints {
  requireOneOf('data set', name, toyDataNames, 'make points');
  return { moons, circles, spirals, xor }[name](options);
}

function check(options: ToyDataOptions): { count: number; noise: number; random: Random } {
  const { count = 200, noise = 0.1, seed } = options;
  requireCount('count', count, 'make points');
  requireNonNegative('noise', noise, 'make points');
  return { count, noise, random: seededRandom(seed, 'data') };
}

/** Points on one curve for each of two classes, evenly spread over it; the classes take turns. */
function pointsOf(
  options: ToyDataOptions,
  curve: (label: number, share: number) => [number, number],
): LabelledPoints {
  const { count, noise, random } = check(options);
  const labels = Array.from({ length: count }, (_, index) => index % 2);
  const points = labels.map((label, index) => {
    const ofThisClass = Math.ceil((count - label) / 2);
    // Half a step from both ends, so that a closed curve has no point twice.
    const share = (Math.floor(index / 2) + 0.5) / ofThisClass;
    return curve(label, share).map((value) => value + noise * random.normal());
  });
  return { points, labels };
}
