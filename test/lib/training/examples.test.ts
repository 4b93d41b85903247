import { describe, expect, test } from 'vitest';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { countExamples, readExamples } from '../../../lib/training/examples';
import { planTraining, type TrainingPlan } from '../../../lib/training/plan';

await startTensorflow();

/** Three numbers in, four classes or numbers out. */
function planFor(loss: string): TrainingPlan {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 4 })] });
  model.compile({ optimizer: 'sgd', loss });
  const plan = planTraining(model);
  if (Array.isArray(plan)) throw new Error(plan.join());
  return plan;
}
const classes = planFor('sparseCategoricalCrossentropy');
const numbers = planFor('meanSquaredError');

describe('readExamples()', () => {
  test('reads tensors as they are, and bytes as bytes', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const y = tf.tensor1d([3, 0]);
    const read = readExamples(classes, x, y, 'train');
    expect(read).toEqual({
      inputs: Float32Array.of(1, 2, 3, 4, 5, 6),
      targets: Float32Array.of(3, 0),
      count: 2,
    });
    const bytes = Uint8Array.of(0, 255, 1, 2, 3, 4);
    expect(readExamples(classes, bytes, Uint8Array.of(3, 0), 'train')).toEqual({ ...read, inputs: bytes });
    tf.dispose([x, y]);
  });

  test('takes each label from 0 to units − 1', () => {
    const labels = Uint8Array.of(0, 1, 2, 3);
    expect(readExamples(classes, new Uint8Array(12), labels, 'train').targets).toEqual(
      Float32Array.from(labels),
    );
  });

  test.each([-1, -0.5, 0.5, 3.5, 4, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the label %d',
    (label) => {
      const labels = tf.tensor1d([0, 3, label]);
      expect(() => readExamples(classes, new Uint8Array(9), labels, 'evaluate')).toThrow(
        new RangeError(`Cannot evaluate: a label must be a whole number 0 … 3, label 2 is ${label}`),
      );
      labels.dispose();
    },
  );

  test('lets numbers be any where the loss compares numbers', () => {
    const targets = tf.tensor2d([-1, 0.5, 4, 9], [1, 4]);
    const { count, targets: read } = readExamples(numbers, new Uint8Array(3), targets, 'train');
    expect(count).toBe(1);
    expect(read).toEqual(Float32Array.of(-1, 0.5, 4, 9));
    targets.dispose();
  });
});

describe('countExamples()', () => {
  const takes = { inputs: [2, 3], targets: [1] };

  test('counts examples of any shape that the model takes', () => {
    const [x, y] = [tf.zeros([5, 2, 3]), tf.zeros([5, 1])];
    expect(countExamples(x, y, takes, 'train')).toBe(5);
    expect(countExamples(new Uint8Array(30), new Uint8Array(5), takes, 'train')).toBe(5);
    tf.dispose([x, y]);
  });

  test.each([
    ['an axis more', [5, 2, 3, 1]],
    ['an axis less', [5, 2]],
    ['another length of the first axis', [5, 1, 3]],
    ['another length of the last axis', [5, 2, 4]],
  ])('refuses %s', (_, shape) => {
    const x = tf.zeros(shape);
    expect(() => countExamples(x, new Uint8Array(5), takes, 'train')).toThrow(
      new RangeError(`Cannot train: the model takes inputs of shape [count,2,3], got [${shape}]`),
    );
    x.dispose();
  });

  test.each([29, 31, 0])('refuses %i bytes for five examples of six', (length) => {
    expect(() => countExamples(new Uint8Array(length), new Uint8Array(5), takes, 'train')).toThrow(
      new RangeError(`Cannot train: 5 examples of shape [2,3] are 30 bytes, got ${length}`),
    );
  });
});
