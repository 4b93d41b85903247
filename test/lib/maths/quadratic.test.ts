import { eigs } from 'mathjs';
import { expect, test } from 'vitest';
import { checkGradient } from '../../../lib/maths/gradient-check';
import { quadratic } from '../../../lib/maths/quadratic';
import { worst } from '../../references/maths-references';

test.each([
  [{ conditionNumber: 1 }, [1, 1]],
  [{ conditionNumber: 25 }, [1, 25]],
  [{ conditionNumber: 7, angle: 0.8 }, [1, 7]],
])('quadratic(%o) has the curvatures %o', (options, curvatures) => {
  const { hessian, ...bowl } = quadratic(options);
  expect(worst(eigs(hessian).values as number[], curvatures)).toBeLessThan(1e-12);
  expect(bowl.curvatures).toEqual(curvatures);
});

test('a quadratic is ½ θᵀ A θ with the gradient A θ, also turned', () => {
  const bowl = quadratic({ conditionNumber: 7, angle: 0.8 });
  const [x, y] = [0.4, 1.3];
  const slope = bowl.hessian.map((row) => row[0] * x + row[1] * y);
  expect(bowl.evaluate([x, y])).toBeCloseTo((x * slope[0] + y * slope[1]) / 2, 12);
  expect(worst(bowl.gradient([x, y]), slope)).toBeLessThan(1e-12);
  expect(checkGradient(bowl.evaluate, bowl.gradient, [x, y]).relativeError).toBeLessThan(1e-9);
  expect(bowl.evaluate([0, 0])).toBe(0);
});

test('the angle turns the valley from the first axis towards the second', () => {
  const quarter = quadratic({ conditionNumber: 9, angle: Math.PI / 2 });
  expect(quarter.evaluate([0, 1])).toBeCloseTo(0.5, 12);
  expect(quarter.evaluate([1, 0])).toBeCloseTo(4.5, 12);
  const along = [Math.cos(0.3), Math.sin(0.3)];
  expect(quadratic({ conditionNumber: 9, angle: 0.3 }).evaluate(along)).toBeCloseTo(0.5, 12);
});

test('quadratic() rejects options out of range', () => {
  expect(() => quadratic({ conditionNumber: 0.5 })).toThrow('conditionNumber must be between 1');
  expect(() => quadratic({ conditionNumber: Number.NaN })).toThrow('conditionNumber');
  expect(() => quadratic({ conditionNumber: 2, angle: Infinity })).toThrow('angle must be a finite');
});
