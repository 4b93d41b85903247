import { eigs } from 'mathjs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lib/base/random';
import {
  beale,
  doubleWell,
  himmelblau,
  parabola,
  rosenbrock,
  saddle,
} from '../../../lib/maths/classic-objectives';
import { checkGradient } from '../../../lib/maths/gradient-check';
import { objective, quadratic } from '../../../lib/maths/objectives';
import { references, worst } from '../../references/maths-references';

const { objectives: reference } = references;

test("rosenbrock equals SciPy's, value and gradient", () => {
  expect(
    worst(reference.points.map(rosenbrock.evaluate), reference.rosenbrock.values),
  ).toBeLessThan(1e-14);
  reference.points.forEach((point, index) => {
    const expected = reference.rosenbrock.gradients[index];
    expect(worst(rosenbrock.gradient(point), expected)).toBeLessThan(1e-13);
  });
});

test("beale equals JAX's, value and gradient", () => {
  expect(worst(reference.points.map(beale.evaluate), reference.beale.values)).toBeLessThan(1e-13);
  reference.points.forEach((point, index) => {
    expect(worst(beale.gradient(point), reference.beale.gradients[index])).toBeLessThan(1e-12);
  });
});

test("himmelblau's minima are those that SciPy finds", () => {
  himmelblau.minima.forEach((minimum, index) => {
    expect(worst(minimum, reference.himmelblauMinima[index])).toBeLessThan(1e-12);
  });
});

test.each([parabola, doubleWell, saddle, rosenbrock, himmelblau, beale])('$name', (one) => {
  const random = seededRandom(5);
  for (let draw = 0; draw < 20; draw++) {
    const point = one.variables.map(() => 3 * random.normal());
    expect(checkGradient(one.evaluate, one.gradient, point).relativeError).toBeLessThan(1e-7);
  }
  for (const minimum of one.minima) {
    expect(one.evaluate(minimum)).toBeCloseTo(0, 14);
    for (const slope of one.gradient(minimum)) expect(slope).toBeCloseTo(0, 10);
  }
});

test.each([
  [{ conditionNumber: 1 }, [1, 1]],
  [{ conditionNumber: 25 }, [1, 25]],
  [{ conditionNumber: 100, smallestCurvature: 0.5, dimensions: 3 }, [0.5, 5, 50]],
  [{ conditionNumber: 7, angle: 0.8 }, [1, 7]],
  [{ conditionNumber: 1, smallestCurvature: 3, dimensions: 1 }, [3]],
])('quadratic(%o) has the curvatures %o', (options, curvatures) => {
  const bowl = quadratic(options);
  const values = eigs(bowl.hessian).values as number[];
  expect(worst(values, curvatures)).toBeLessThan(1e-12);
  expect(worst(bowl.curvatures, curvatures)).toBeLessThan(1e-12);
});

test('the formula of a quadratic is ½ (θ − θ*)ᵀ A (θ − θ*), also turned and moved', () => {
  const bowl = quadratic({ conditionNumber: 7, angle: 0.8, minimum: [2, -3] });
  const theta = [0.4, 1.3];
  const e = [theta[0] - 2, theta[1] + 3];
  const slope = bowl.hessian.map((row) => row[0] * e[0] + row[1] * e[1]);
  expect(bowl.evaluate(theta)).toBeCloseTo((e[0] * slope[0] + e[1] * slope[1]) / 2, 12);
  expect(worst(bowl.gradient(theta), slope)).toBeLessThan(1e-12);
  expect(bowl.evaluate([2, -3])).toBe(0);
});

test('objective() refuses variables it is not told of, and points of another shape', () => {
  expect(() => objective({ name: 'f', expression: 'a * x', variables: ['x'] })).toThrow(
    'also names a',
  );
  expect(() => rosenbrock.evaluate([1])).toThrow('variables has 2 and parameters has 1');
});

test('quadratic() rejects options out of range', () => {
  expect(() => quadratic({ conditionNumber: 0.5 })).toThrow('conditionNumber must be between 1');
  expect(() => quadratic({ conditionNumber: Number.NaN })).toThrow('conditionNumber');
  expect(() => quadratic({ conditionNumber: 2, smallestCurvature: -1 })).toThrow('> 0, got -1');
  expect(() => quadratic({ conditionNumber: 2, dimensions: 3, angle: 1 })).toThrow('2 dimensions');
  expect(() => quadratic({ conditionNumber: 2, dimensions: 1 })).toThrow('conditionNumber is 1');
  expect(() => quadratic({ conditionNumber: 2, minimum: [1] })).toThrow('minimum has 1');
});
