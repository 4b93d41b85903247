import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModel, saveModel } from '../../../lib/model/files';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';

await startTensorflow();

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-files-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});
const write = (name: string, content: string | Uint8Array) =>
  fs.writeFileSync(path.join(folder, name), content);

/** 3 inputs → 2 outputs. */
const small = () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 })] });

describe('loadModel()', () => {
  // Weights as a converter of TensorFlow.js makes them smaller: w = min + scale · q.
  test.each([
    ['uint8', Uint8Array.of(0, 1, 2, 128, 254, 255, 7, 9)],
    ['uint16', Uint16Array.of(0, 1, 2, 256, 40_000, 65_535, 7, 9)],
  ])('reads weights that are stored as %s', async (dtype, stored) => {
    const quantization = { dtype, scale: 0.25, min: -3 };
    const model = small();
    const [kernel, bias] = model.weights.map(({ originalName }) => originalName);
    write('weights.bin', new Uint8Array(stored.buffer));
    const weights = [
      { name: kernel, shape: [3, 2], dtype: 'float32', quantization },
      { name: bias, shape: [2], dtype: 'float32', quantization },
    ];
    const weightsManifest = [{ paths: ['weights.bin'], weights }];
    write('model.json', JSON.stringify({ modelTopology: model.toJSON(null, false), weightsManifest }));
    const loaded = await loadModel(folder);
    const values = loaded.getWeights().flatMap((one) => Array.from(one.dataSync()));
    expect(values).toEqual(Array.from(stored, (q) => -3 + 0.25 * q));
    for (const one of [model, loaded]) one.dispose();
  });

  test.each([
    ['nothing', {}],
    ['null', null],
    ['layers alone', { modelTopology: {} }],
    ['weights alone', { weightsManifest: [] }],
    ['weights that are no list', { modelTopology: {}, weightsManifest: {} }],
    ['weights without files', { modelTopology: {}, weightsManifest: [{ weights: [] }] }],
    ['files without weights', { modelTopology: {}, weightsManifest: [{ paths: [] }] }],
  ])('refuses a description of %s', async (_, content) => {
    write('model.json', JSON.stringify(content));
    await expect(loadModel(folder)).rejects.toThrow(
      `Cannot load the model in '${folder}': model.json does not describe a model of TensorFlow.js's layers.`,
    );
  });

  test('reads what saveModel() wrote, number by number', async () => {
    const model = small();
    await saveModel(model, folder);
    const loaded = await loadModel(folder);
    const [before, after] = [model, loaded].map((one) => one.getWeights().map((each) => each.dataSync()));
    expect(after).toEqual(before);
    for (const one of [model, loaded]) one.dispose();
  });
});
