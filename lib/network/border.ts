/** The border between two classes as a line: traced through the plane, and how often it bends. */
import { requirePositive } from '../base/checks';
import { toRows } from '../maths/matrices';
import { linearSpace, type Matrix, type Vector } from '../maths/vectors';
import { forward, type Perceptron } from './perceptron';

/** A point of the plane, or both ends of a range. */
export type Pair = [number, number];

/** How far from a point the slopes of `z` are measured. */
const REACH = 1e-4;

/**
 * The lines along which a network of two inputs and one output has `z⁽ᴸ⁾ = 0`, where both classes are
 * equally probable. Each is followed from an edge of the box until it leaves the box; a closed line that
 * meets no edge is not found. For smooth activations: a line with corners may turn back at one.
 *
 * @param network - two inputs, one output
 * @param xRange - the least and the greatest `x₁` of the box
 * @param yRange - the least and the greatest `x₂` of the box
 * @param step - the distance from one point of a line to the next; 0.04 if not given
 * @returns the points of each line in their order
 * @throws RangeError if `step` is not positive
 */
export function traceBorder(network: Perceptron, xRange: Pair, yRange: Pair, step = 0.04): Pair[][] {
  requirePositive('step', step, 'trace the border');
  const inside = ([x, y]: Vector) => x >= xRange[0] && x <= xRange[1] && y >= yRange[0] && y <= yRange[1];
  const middle: Pair = [(xRange[0] + xRange[1]) / 2, (yRange[0] + yRange[1]) / 2];
  const lines: Pair[][] = [];
  for (const start of crossings(network, edgePoints(xRange, yRange))) {
    const ends = lines.map((line) => line[line.length - 1]);
    if (ends.some(([x, y]) => Math.hypot(x - start[0], y - start[1]) < 3 * step)) continue;
    const line = [start];
    let [direction, inward] = along(network, start, [middle[0] - start[0], middle[1] - start[1]]);
    for (let count = 0; count < 2000 && (count < 3 || inside(inward)); count++) {
      const [x, y] = line[line.length - 1];
      const ahead: Pair = [x + step * direction[0], y + step * direction[1]];
      [direction, inward] = along(network, ahead, direction);
      line.push(inward);
    }
    lines.push(line);
  }
  return lines;
}

/** `z⁽ᴸ⁾` at some points. */
function logits(network: Perceptron, points: Matrix): Vector {
  const { preactivations } = forward(network, points);
  return toRows(preactivations[preactivations.length - 1]).flat();
}

/** The direction of the border near a point, on the side of `before`, and the point moved onto it. */
function along(network: Perceptron, [x, y]: Pair, before: Pair): [Pair, Pair] {
  const [z, right, left, up, down] = logits(network, [
    [x, y],
    [x + REACH, y],
    [x - REACH, y],
    [x, y + REACH],
    [x, y - REACH],
  ]);
  const slope = [(right - left) / (2 * REACH), (up - down) / (2 * REACH)];
  const length = Math.hypot(...slope) || 1;
  const onto: Pair = [x - (z * slope[0]) / length ** 2, y - (z * slope[1]) / length ** 2];
  const tangent: Pair = [-slope[1] / length, slope[0] / length];
  const turned = tangent[0] * before[0] + tangent[1] * before[1] < 0;
  return [turned ? [-tangent[0], -tangent[1]] : tangent, onto];
}

/** The points around the box, in one round. */
function edgePoints([left, right]: Pair, [low, high]: Pair): Pair[] {
  const [xs, ys] = [linearSpace(left, right, 81), linearSpace(low, high, 81)];
  const round = [
    ...xs.map((x): Pair => [x, low]),
    ...ys.map((y): Pair => [right, y]),
    ...xs.map((x): Pair => [x, high]).reverse(),
    ...ys.map((y): Pair => [left, y]).reverse(),
  ];
  return round;
}

/** Where `z` changes its sign between one point and the next. */
function crossings(network: Perceptron, round: Pair[]): Pair[] {
  const z = logits(network, round);
  return round.slice(1).flatMap((point, index): Pair[] => {
    const [before, after] = [z[index], z[index + 1]];
    if (before > 0 === after > 0) return [];
    const share = before / (before - after);
    const from = round[index];
    return [[from[0] + share * (point[0] - from[0]), from[1] + share * (point[1] - from[1])]];
  });
}

/**
 * How often a line bends: how many times it turns to one side by at least `least` before it turns back. A
 * straight line has none, the letter S two.
 *
 * @param line - its points in their order
 * @param least - the least turn that counts, in degrees; 45 if not given
 */
export function countBends(line: readonly Pair[], least = 45): number {
  let [turned, low, high, side, count] = [0, 0, 0, 0, 0];
  for (let index = 2; index < line.length; index++) {
    const [a, b, c] = line.slice(index - 2, index + 1);
    const [first, second] = [Math.atan2(b[1] - a[1], b[0] - a[0]), Math.atan2(c[1] - b[1], c[0] - b[0])];
    const change = ((second - first) * 180) / Math.PI;
    turned += change - 360 * Math.round(change / 360);
    if (side !== 1) low = Math.min(low, turned);
    if (side !== -1) high = Math.max(high, turned);
    if (side !== 1 && turned - low >= least) [side, high, count] = [1, turned, count + 1];
    else if (side !== -1 && high - turned >= least) [side, low, count] = [-1, turned, count + 1];
  }
  return count;
}
