/** Where to ask a classifier of the plane for its answers. */
import { linearSpace, type Matrix } from '../maths/vectors';

/** The points of a grid, and the way back from one answer for each of them to the grid. */
export interface DecisionGrid {
  /** row by row from the lowest `y`, shape `[resolution², 2]` */
  readonly points: [number, number][];
  /** @returns one value for each of the points, cut into shape `[resolution, resolution]` */
  rows(values: ArrayLike<number>): Matrix;
}

/**
 * The points of a square grid over the plane, for `decisionFigure`.
 *
 * @param xRange - the least and the greatest `x`
 * @param yRange - the least and the greatest `y`
 * @param resolution - points along each side, at least 2
 * @throws RangeError if a range is not finite or `resolution` is below 2
 */
export function decisionGrid(
  xRange: [number, number],
  yRange: [number, number],
  resolution = 41,
): DecisionGrid {
  const xs = linearSpace(...xRange, resolution);
  const ys = linearSpace(...yRange, resolution);
  return {
    points: ys.flatMap((y) => xs.map((x): [number, number] => [x, y])),
    rows: (values) => ys.map((_, row) => xs.map((__, column) => values[row * resolution + column])),
  };
}
