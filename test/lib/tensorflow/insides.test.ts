import { describe, expect, test } from 'vitest';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import {
  countNativeTensors,
  interposeOperations,
  isNative,
  nativeBackend,
} from '../../../lib/tensorflow/insides';

const native = (await startTensorflow()).backend === 'native';

describe.skipIf(!native)('interposeOperations()', () => {
  const multiply = () =>
    tf.tidy(() => {
      const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      return Array.from(a.matMul(a).dataSync());
    });

  test('lets the stand-in see each operation, with the results of the binding, until it goes', () => {
    const { binding } = nativeBackend();
    const seen: string[] = [];
    const takeAway = interposeOperations((own) => (name, ...rest) => {
      seen.push(name);
      return own(name, ...rest);
    });
    expect(nativeBackend().binding).not.toBe(binding);
    expect(multiply()).toEqual([7, 10, 15, 22]);
    const count = seen.length;
    expect(seen.some((name) => /MatMul/.test(name))).toBe(true);
    takeAway();
    expect(nativeBackend().binding).toBe(binding);
    expect(multiply()).toEqual([7, 10, 15, 22]);
    expect(seen).toHaveLength(count);
  });
});

describe.skipIf(!native)('countNativeTensors()', () => {
  test('counts what TensorFlow holds, which is nothing of a tensor that was not used yet', () => {
    expect(isNative()).toBe(true);
    const before = countNativeTensors();
    const one = tf.tensor1d([1, 2]);
    expect(countNativeTensors()).toBe(before);
    const sum = one.add(1);
    expect(countNativeTensors()).toBeGreaterThan(before);
    tf.dispose([one, sum]);
  });
});
