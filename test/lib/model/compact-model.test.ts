import { beforeAll, describe, expect, it } from 'vitest';
import { drawnDigit } from '../../../lib/data/digit-drawing';
import type { Mnist } from '../../../lib/data/mnist';
import { applyNetwork, packNetwork, unpackNetwork } from '../../../lib/model/compact-model';
import { centringAccuracy } from '../../../lib/studies/digit-centring';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor } from '../../../lib/tensorflow/tensors';
import { drawingStyles, drawnDigits } from '../../samples/drawn-digits';
import { trainSmallNetwork } from '../../samples/small-network';

beforeAll(async () => {
  await startTensorflow();
});

type Activation = 'relu' | 'sigmoid' | 'tanh' | 'linear' | 'softmax' | 'elu';
const dense = (units: number, activation: Activation, inputs?: number) =>
  tf.layers.dense({
    units,
    activation,
    inputShape: inputs ? [inputs] : undefined,
    biasInitializer: 'randomNormal',
  });
const best = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));

describe('applyNetwork()', () => {
  it.each(['relu', 'sigmoid', 'tanh', 'linear'] as const)(
    "equals TensorFlow's predict() with %s",
    (activation) => {
      const model = tf.sequential({
        layers: [dense(7, activation, 5), dense(4, activation), dense(3, 'softmax')],
      });
      const layers = unpackNetwork(packNetwork(model));
      // TensorFlow gets the rounded weights, so what is left is the forward pass alone.
      layers.forEach((layer, index) => {
        const { weights, bias, inputs, units } = layer;
        model.layers[index].setWeights([tf.tensor2d(weights, [inputs, units]), tf.tensor1d(bias)]);
      });
      const input = [0.3, -1.2, 0, 2, 0.7];
      const expected = (model.predict(tf.tensor2d([input])) as tf.Tensor).dataSync();
      applyNetwork(layers, input).forEach((value, unit) => {
        expect(value).toBeCloseTo(expected[unit], 5);
      });
      model.dispose();
    },
  );

  it('stays finite for huge logits', () => {
    const layer = {
      inputs: 1,
      units: 2,
      activation: 'softmax' as const,
      weights: Float32Array.of(1000, -1000),
      bias: Float32Array.of(0, 0),
    };
    expect(applyNetwork([layer], [1])).toEqual([1, 0]);
  });
});

describe('packNetwork()', () => {
  it('keeps each weight to within half a step of its unit, and the biases exactly', () => {
    const model = tf.sequential({ layers: [dense(6, 'tanh', 9), dense(3, 'softmax')] });
    unpackNetwork(packNetwork(model)).forEach(({ weights, bias, units }, index) => {
      const [kernel, exactBias] = model.layers[index].getWeights().map((tensor) => tensor.dataSync());
      const step = Array.from(
        { length: units },
        (_, unit) =>
          Math.max(
            ...Array.from(kernel)
              .filter((_weight, place) => place % units === unit)
              .map(Math.abs),
          ) / 127,
      );
      weights.forEach((weight, place) => {
        expect(Math.abs(weight - kernel[place])).toBeLessThanOrEqual(0.501 * step[place % units]);
      });
      expect(Array.from(bias)).toEqual(Array.from(exactBias));
    });
    model.dispose();
  });

  it('passes over Dropout, and packs a layer of zeros', () => {
    const zeros = tf.layers.dense({
      units: 2,
      activation: 'softmax',
      inputShape: [3],
      kernelInitializer: 'zeros',
    });
    const model = tf.sequential({
      layers: [tf.layers.dropout({ rate: 0.5, inputShape: [3] }), zeros],
    });
    expect(applyNetwork(unpackNetwork(packNetwork(model)), [1, 2, 3])).toEqual([0.5, 0.5]);
  });

  it('names the layer or the activation that it does not know', () => {
    const pack =
      (...layers: tf.layers.Layer[]) =>
      () =>
        packNetwork(tf.sequential({ layers }));
    expect(pack(tf.layers.reshape({ inputShape: [4], targetShape: [2, 2], name: 'square' }))).toThrow(
      "Cannot pack the network: layer 'square' is Reshape, and only Dense is known",
    );
    expect(pack(dense(3, 'elu', 2), dense(2, 'softmax'))).toThrow(
      "hidden layer must be one of relu, sigmoid, tanh, linear, got 'elu'",
    );
    expect(pack(dense(3, 'relu', 2))).toThrow("the last layer must be one of softmax, got 'relu'");
  });
});

describe('on MNIST', () => {
  let model: tf.Sequential;
  let mnist: Mnist;
  beforeAll(async () => {
    ({ model, mnist } = await trainSmallNetwork());
  }, 180_000);

  // The training is seeded. Seeds 1 to 8 give 9,994 to 9,997 of 10,000, this one, the first, 9,994.
  it('the compact network predicts the same digit as the full one for at least 99.9 % of 10,000 test digits', () => {
    const expected = (model.predict(imagesToTensor(mnist.test)) as tf.Tensor).argMax(1).dataSync();
    const layers = unpackNetwork(packNetwork(model));
    let same = 0;
    for (let index = 0; index < mnist.test.count; index++) {
      const ink = Array.from(
        mnist.test.images.subarray(784 * index, 784 * (index + 1)),
        (grey) => grey / 255,
      );
      same += Number(best(applyNetwork(layers, ink)) === expected[index]);
    }
    console.log(`same digit for ${same} of ${mnist.test.count}`);
    expect(same / mnist.test.count).toBeGreaterThanOrEqual(0.999);
  });

  // Over the seeds 1 to 8: moved 13-16 % as drawn and 97 % centred; shrunk to 0.6 28-36 % and 95 %; both 5-10 % and 95 %.
  it('centring gives back what moving and shrinking the digits took', () => {
    for (const distortion of [
      {},
      { right: 4, down: -3 },
      { scale: 0.6 },
      { scale: 0.6, right: 4, down: 4 },
    ]) {
      const { asDrawn, centred } = centringAccuracy(model, mnist.test, distortion);
      console.log(JSON.stringify(distortion), `as drawn ${asDrawn}, centred ${centred}`);
      if (Object.keys(distortion).length > 0) expect(centred).toBeGreaterThan(asDrawn + 0.2);
    }
  });

  // Over the seeds 1 to 8: 180 in seven of them, 175 in one; the bound is 171.
  it('reads at least 95 % of 180 drawn digits in six styles', () => {
    const layers = unpackNetwork(packNetwork(model));
    let right = 0;
    for (const { name, penWidth, place } of drawingStyles) {
      const misread: string[] = [];
      drawnDigits.forEach((drawings, digit) => {
        drawings.forEach((strokes, drawing) => {
          const picture = drawnDigit(
            strokes.map((stroke) => stroke.map(place)),
            { penWidth },
          ) as number[];
          const read = best(applyNetwork(layers, picture));
          if (read === digit) right++;
          else misread.push(`${digit}${'abc'[drawing]} as ${read}`);
        });
      });
      console.log(`${name}: ${30 - misread.length} of 30; misread ${misread.join(', ') || 'none'}`);
    }
    expect(right / 180).toBeGreaterThanOrEqual(0.95);
  });
});
