import { beforeAll, describe, expect, test } from 'vitest';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { planTraining, type TrainingPlan } from '../../../lib/training/plan';

beforeAll(() => startTensorflow());

type Layers = tf.layers.Layer[];
interface Compiled {
  loss?: string;
  metrics?: string[];
}

/** Plans a model of these layers, and frees it. */
function planOf(layers: Layers, { loss = 'meanSquaredError', metrics = [] }: Compiled = {}) {
  const model = tf.sequential({ layers });
  const optimizer = tf.train.sgd(0.1);
  model.compile({ optimizer, loss, metrics });
  const plan = planTraining(model);
  model.dispose();
  optimizer.dispose();
  return plan;
}
const dense = (units: number, more: object = {}) => tf.layers.dense({ units, ...more });
const first = (units: number, more: object = {}) => dense(units, { inputShape: [3], ...more });
const dropout = (rate: number, more: object = {}) => tf.layers.dropout({ rate, ...more });

describe('planTraining()', () => {
  test('says what each layer does, and moves the last activation into the head', () => {
    const hidden = first(4, { activation: 'relu', kernelRegularizer: tf.regularizers.l2({ l2: 0.02 }) });
    const output = dense(2, { activation: 'softmax', useBias: false });
    const loss = 'sparseCategoricalCrossentropy';
    const plan = planOf([hidden, dropout(0.25), output], { loss, metrics: ['accuracy'] }) as TrainingPlan;
    expect(plan.inputs).toBe(3);
    expect(plan.layers).toMatchObject([
      { kind: 'dense', inputs: 3, units: 4, activation: 'relu' },
      { kind: 'dropout', rate: 0.25, width: 4 },
      { kind: 'dense', inputs: 4, units: 2, activation: 'linear', l2: 0, bias: undefined },
    ]);
    expect((plan.layers[0] as { l2: number }).l2).toBeCloseTo(0.02, 6);
    expect(plan.head).toEqual({
      activation: 'softmax',
      loss,
      metrics: ['sparseCategoricalAccuracy'],
      units: 2,
    });
    expect(plan.labels).toEqual(['loss', 'acc']);
    expect(plan.trained).toHaveLength(3);
  });

  test('takes the width of the inputs from a dropout that stands first', () => {
    const plan = planOf([dropout(0.5, { inputShape: [6] }), dense(2)]) as TrainingPlan;
    expect(plan.inputs).toBe(6);
    expect(plan.layers[0]).toMatchObject({ kind: 'dropout', rate: 0.5, width: 6 });
  });

  // TensorFlow.js's own layer drops nothing at these rates.
  test.each([0, 1])('leaves a dropout of rate %d out', (rate) => {
    const plan = planOf([first(4), dropout(rate), dense(2)]) as TrainingPlan;
    expect(plan.layers.map(({ kind }) => kind)).toEqual(['dense', 'dense']);
  });

  test.each([
    [1, 'meanSquaredError', ['binaryAccuracy']],
    [1, 'binaryCrossentropy', ['binaryAccuracy']],
    [2, 'binaryCrossentropy', ['binaryAccuracy']],
    [2, 'meanSquaredError', ['categoricalAccuracy']],
    [2, 'categoricalCrossentropy', ['categoricalAccuracy']],
    [2, 'sparseCategoricalCrossentropy', ['sparseCategoricalAccuracy']],
  ])('of %i outputs and %s, the accuracy is %j', (units, loss, metrics) => {
    for (const name of ['accuracy', 'acc']) {
      expect(planOf([first(units)], { loss, metrics: [name] })).toMatchObject({ head: { metrics } });
    }
  });

  test.each<[string, () => Layers, Compiled, string[]]>([
    [
      'a shared layer',
      () => {
        const one = first(3);
        return [one, one];
      },
      {},
      ['a layer is shared'],
    ],
    [
      'a layer of another kind, with weights of its own',
      () => [first(4), tf.layers.batchNormalization({ name: 'b' }), dense(2)],
      {},
      ["layer 'b' is a BatchNormalization"],
    ],
    [
      'a noise shape',
      () => [first(4, { name: 'a' }), dropout(0.5, { name: 'b', noiseShape: [1, 4] }), dense(2)],
      {},
      ["layer 'b' has a noise shape"],
    ],
    ['a last layer of another kind', () => [first(4), dropout(0.5)], {}, ['the last layer is not dense']],
    [
      'a penalty on absolute values',
      () => [first(2, { name: 'a', kernelRegularizer: tf.regularizers.l1({ l1: 0.1 }) })],
      {},
      ["layer 'a' has a kernelRegularizer other than L2"],
    ],
    [
      'both penalties',
      () => [first(2, { name: 'a', kernelRegularizer: tf.regularizers.l1l2({ l1: 0.1, l2: 0.1 }) })],
      {},
      ["layer 'a' has a kernelRegularizer other than L2"],
    ],
    [
      'a penalty and a constraint on the bias',
      () => [first(2, { name: 'a', biasRegularizer: 'l1l2', biasConstraint: 'nonNeg' })],
      {},
      ["layer 'a' has a biasRegularizer", "layer 'a' has a biasConstraint"],
    ],
    [
      'metrics of numbers beside a sparse loss',
      () => [first(2, { activation: 'softmax' })],
      {
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['mse', 'binaryAccuracy', 'categoricalAccuracy'],
      },
      ['a metric is mse', 'a metric is binaryAccuracy', 'a metric is categoricalAccuracy'],
    ],
  ])('gives its reasons and nothing else: %s', (_, layers, compiled, reasons) => {
    expect(planOf(layers(), compiled)).toEqual(reasons);
  });

  test('knows no model that is not compiled, and none that is no sequence', () => {
    const model = tf.sequential({ layers: [first(2)] });
    expect(planTraining(model)).toEqual(['the model is not compiled']);
    model.dispose();
    const inputs = tf.input({ shape: [3] });
    const graph = tf.model({ inputs, outputs: dense(2).apply(inputs) as tf.SymbolicTensor });
    graph.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    expect(planTraining(graph)).toContain('the model is not a tf.Sequential');
    graph.dispose();
  });
});
