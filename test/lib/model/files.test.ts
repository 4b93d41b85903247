import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { host } from '../../../lib/base/host';
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

/** `model.json` as far as the tests change it. */
interface Description {
  modelTopology: { config: { layers: { class_name: string; config: Record<string, unknown> }[] } };
  weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[];
}

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

  /** A folder with a small model in it, after its description was changed. */
  const changed = async (change: (file: Description) => void) => {
    const model = small();
    await saveModel(model, folder);
    model.dispose();
    const file: Description = JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'));
    change(file);
    write('model.json', JSON.stringify(file));
  };
  const refusal = (): Promise<Error> =>
    loadModel(folder).then(
      () => expect.unreachable(),
      (error) => error,
    );

  test.each([
    '../secret.bin',
    '/etc/passwd',
    'sub/weights.bin',
    '..',
    '.',
    '',
    '..\\secret.bin',
    'C:secret.bin',
    'a\0b',
  ])('reads no file but those beside the description: %j', async (name) => {
    const read = vi.spyOn(host().files, 'read');
    await changed(({ weightsManifest }) => {
      weightsManifest[0].paths = [name];
    });
    expect((await refusal()).message).toBe(
      `Cannot load the model in '${folder}': model.json names the file of weights ${JSON.stringify(name)}, which does not lie beside it. Save it there again, or name another folder.`,
    );
    expect(read.mock.calls.map(([file]) => path.basename(file))).not.toContain(path.basename(name));
    read.mockRestore();
  });

  test.skipIf(process.platform === 'win32')(
    'reads plain files alone: no link, folder, pipe or device',
    async () => {
      await changed(({ weightsManifest }) => {
        weightsManifest[0].paths = ['odd.bin'];
      });
      const odd = path.join(folder, 'odd.bin');
      const weights = path.join(
        folder,
        fs.readdirSync(folder).find((name) => name.endsWith('.bin')) as string,
      );
      for (const make of [
        () => fs.symlinkSync(weights, odd),
        () => fs.symlinkSync('/dev/zero', odd),
        () => fs.mkdirSync(odd),
        () => execFileSync('mkfifo', [odd]),
      ]) {
        make();
        expect((await refusal()).message).toContain('odd.bin is not a plain file');
        fs.rmSync(odd, { recursive: true });
      }
      fs.renameSync(path.join(folder, 'model.json'), path.join(folder, 'other.json'));
      fs.symlinkSync('other.json', path.join(folder, 'model.json'));
      expect((await refusal()).message).toContain('model.json is not a plain file');
    },
  );

  test.each<[string, Record<string, unknown>, string]>([
    ['no shape', { shape: undefined }, 'the shape undefined'],
    ['a size that is no number', { shape: ['3'] }, 'the shape ["3"]'],
    ['a negative size', { shape: [-3, -2] }, 'the shape [-3,-2]'],
    ['a broken size', { shape: [1.5, 4] }, 'the shape [1.5,4]'],
    ['no name', { name: undefined }, 'the name undefined'],
    ['text', { dtype: 'string' }, 'the type "string"'],
    ['a type of which there is none', { dtype: 'toString' }, 'the type "toString"'],
    ['no type', { dtype: undefined }, 'the type undefined'],
    ['a storage that is none', { quantization: null }, 'the quantization null'],
    ['storage as text', { quantization: { dtype: 'string' } }, 'the quantization {"dtype":"string"}'],
    ['storage without a scale', { quantization: { dtype: 'uint8', min: 0 } }, 'the quantization {'],
  ])('refuses weights with %s', async (_, change, why) => {
    await changed(({ weightsManifest }) => void Object.assign(weightsManifest[0].weights[0], change));
    const { message } = await refusal();
    expect(message).toMatch(/^Cannot load the model in '.*': model\.json gives the weights /);
    expect(message).toContain(why);
  });

  test.each([[[null]], [[3]], [[{ paths: [7], weights: [] }]], [[{ paths: [], weights: [null] }]]])(
    'refuses the weights %j',
    async (weightsManifest) => {
      await changed((file) => {
        file.weightsManifest = weightsManifest as never;
      });
      expect((await refusal()).message).toContain(
        "model.json does not describe a model of TensorFlow.js's layers",
      );
    },
  );

  test('counts sizes before it reads: neither a large file nor sizes whose product is none are taken', async () => {
    const read = vi.spyOn(host().files, 'read');
    await changed(({ weightsManifest }) => {
      weightsManifest[0].weights[0].shape = [0, 1e15, 1e15, 1e300, 1e300].map(Math.trunc);
    });
    expect((await refusal()).message).toContain('the shape [0,');
    await changed(({ weightsManifest }) => {
      weightsManifest[0].weights[0].shape = [0, 2 ** 52, 2 ** 52];
    });
    expect((await refusal()).message).toMatch(/weights-\w+\.bin must hold 8 bytes, got 32/);
    expect(read.mock.calls.filter(([file]) => file.endsWith('.bin'))).toEqual([]);
    read.mockRestore();
  });

  test('takes no memory for layers whose weights are not there', async () => {
    await changed(({ modelTopology }) => {
      modelTopology.config.layers[0].config.units = 2 ** 50;
    });
    const before = tf.memory().numTensors;
    expect((await refusal()).message).toContain(
      `the layers in model.json need weights 'kernel' of shape [3, ${2 ** 50}], but the files hold none of that shape`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, (file: Description) => void]>([
    [
      'a batch shape',
      ({ modelTopology }) => {
        modelTopology.config.layers.unshift({
          class_name: 'InputLayer',
          config: { batch_shape: [null, 3], dtype: 'float32', name: 'input' },
        });
      },
    ],
    [
      'a version',
      (file) => {
        file.modelTopology = { keras_version: '3.4.1', model_config: file.modelTopology } as never;
      },
    ],
  ])('says of a model of Keras 3 what it is and what to do: by %s', async (_, change) => {
    await changed(change);
    expect((await refusal()).message).toBe(
      `Cannot load the model in '${folder}': model.json was written by Keras 3, and TensorFlow.js reads the layers of Keras 2 alone. In Python install tf_keras, set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported, save the model anew, and convert that one with tensorflowjs_converter.`,
    );
  });

  test('loads a model with layers of many kinds, state and regularizers', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 7, outputDim: 4, inputLength: 6 }),
        tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }) as never, mergeMode: 'concat' }),
        tf.layers.batchNormalization(),
        tf.layers.reshape({ targetShape: [3, 2, 1] }),
        tf.layers.conv2d({ filters: 2, kernelSize: 2, kernelRegularizer: 'l1l2' }),
        tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2 }),
      ],
    });
    await saveModel(model, folder);
    const loaded = await loadModel(folder);
    const [before, after] = [model, loaded].map((one) => one.getWeights().map((each) => each.dataSync()));
    expect(after).toEqual(before);
    for (const one of [model, loaded]) one.dispose();
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

describe('a folder that several use at once', () => {
  const firstWeight = (model: tf.LayersModel) => model.getWeights()[0].dataSync()[0];
  const filled = (value: number) => {
    const model = small();
    tf.tidy(() => model.setWeights([tf.fill([3, 2], value), tf.zeros([2])]));
    return model;
  };
  const age = (name: string) => {
    const twoMinutesAgo = Date.now() / 1000 - 120;
    fs.utimesSync(path.join(folder, name), twoMinutesAgo, twoMinutesAgo);
  };
  const weightFiles = () => fs.readdirSync(folder).filter((name) => name.endsWith('.bin'));
  const loadedValue = async () => {
    const loaded = await loadModel(folder);
    const value = firstWeight(loaded);
    loaded.dispose();
    return value;
  };
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('holds the last model even if another saves between its weights and its description', async () => {
    const [one, other] = [filled(1), filled(2)];
    const { write: put } = host().files;
    let between = 0;
    vi.spyOn(host().files, 'write').mockImplementation(async (place, content) => {
      if (place.endsWith('model.json') && between++ === 0) await saveModel(other, folder);
      return put(place, content);
    });
    await saveModel(one, folder);
    expect(between).toBe(2);
    expect(await loadedValue()).toBe(1);
    for (const model of [one, other]) model.dispose();
  });

  test('gets its weights back if another has removed them, after however long a pause', async () => {
    const [one, other] = [filled(1), filled(2)];
    const { write: put } = host().files;
    let between = 0;
    vi.spyOn(host().files, 'write').mockImplementation(async (place, content) => {
      if (place.endsWith('model.json') && between++ === 0) {
        for (const name of weightFiles()) age(name);
        await saveModel(other, folder);
        expect(weightFiles()).toHaveLength(1);
      }
      return put(place, content);
    });
    await saveModel(one, folder);
    expect(await loadedValue()).toBe(1);
    for (const model of [one, other]) model.dispose();
  });

  test('is read anew where a model is replaced between its description and its weights', async () => {
    const [one, other] = [filled(1), filled(2)];
    await saveModel(one, folder);
    const { read } = host().files;
    let reads = 0;
    vi.spyOn(host().files, 'read').mockImplementation(async (place) => {
      const content = await read(place);
      if (place.endsWith('model.json') && reads++ === 0) {
        for (const name of weightFiles()) age(name);
        await saveModel(other, folder);
      }
      return content;
    });
    expect(await loadedValue()).toBe(2);
    for (const model of [one, other]) model.dispose();
  });

  test('holds one whole model after twenty have been saved at once', async () => {
    const models = Array.from({ length: 20 }, (_, index) => filled(index));
    await Promise.all(models.map((model) => saveModel(model, folder)));
    expect(await loadedValue()).toBeLessThan(20);
    for (const name of weightFiles()) age(name);
    await saveModel(models[7], folder);
    expect(weightFiles()).toHaveLength(1);
    expect(await loadedValue()).toBe(7);
    for (const model of models) model.dispose();
  });
});
