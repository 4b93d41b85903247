import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadMnist } from '../../../lib/data/mnist';
import { loadModel } from '../../../lib/model/files';
import { evaluateModel } from '../../../lib/model/mnist-model';
import { main } from '../../../lib/model/program';
import { tf } from '../../../lib/tensorflow/backend';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-program-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

/** A run of a second or two; its lines are in `lines`. */
function run(options: Parameters<typeof main>[0]) {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const result = main({ epochs: 1, limit: 200, hiddenUnits: 4, view: {}, print, ...options });
  return { result, lines };
}

describe('main()', () => {
  test('saves the model where it is told to, and says so before the figures', async () => {
    const save = path.join(folder, 'a', 'model');
    const { result, lines } = run({ save });
    const { loss, accuracy, parameters } = await result;
    expect(lines).toEqual([
      expect.stringContaining('Of those to learn from only the first 200.'),
      `The model is saved in ${save}.`,
      `Loss: ${loss.toFixed(4)}, Accuracy: ${accuracy.toFixed(4)}`,
    ]);
    const model = await loadModel(save);
    expect(model.countParams()).toBe(parameters);
    expect(parameters).toBe(784 * 4 + 4 + 4 * 10 + 10);
    model.dispose();
  });

  test('measures validation digits after each epoch, and learns from the others alone', async () => {
    const save = path.join(folder, 'model');
    const kept = run({ limit: undefined, validation: 59_900, epochs: 2, save });
    const { loss, accuracy, history } = await kept.result;
    expect(kept.lines[0]).toContain('MNIST: 100 digits to learn from, 59,900 to choose by');
    expect(history.steps).toBe(2 * Math.ceil(100 / 32));
    const model = await loadModel(save);
    const { validation } = await loadMnist({ validation: 59_900 });
    const last = await evaluateModel(model, validation);
    expect(history.epochs).toHaveLength(2);
    expect(history.epochs[1]).toMatchObject({
      validationLoss: last.loss,
      validationAccuracy: last.accuracy,
    });
    expect(history.epochs[0].validationLoss).not.toBe(last.loss);
    model.dispose();
    const without = await run({ limit: 100, epochs: 2 }).result;
    expect([without.loss, without.accuracy]).toEqual([loss, accuracy]);
    expect(without.history.epochs.map((epoch) => epoch.validationLoss)).toEqual([undefined, undefined]);
  });

  test('takes the validation digits from the end, whatever the limit', async () => {
    const { result, lines } = run({ limit: 100, validation: 10_000 });
    expect((await result).history.epochs[0].validationLoss).toBeGreaterThan(0);
    expect(lines[0]).toContain(
      'MNIST: 50,000 digits to learn from, 10,000 to choose by, 10,000 to be judged by.',
    );
    await expect(run({ limit: 50_001, validation: 10_000 }).result).rejects.toThrow('limit must be <= 50000');
  });

  test('keeps nothing, and says nothing of it, where it is not told to save', async () => {
    const { result, lines } = run({});
    await result;
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('saved');
  });

  test('does not save a model that has diverged', async () => {
    const { result, lines } = run({ save: folder, optimizer: 'sgd', learningRate: 1e38 });
    const { history } = await result;
    expect(history.stopped?.why).toBe('diverged');
    expect(lines.join()).not.toContain('saved');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('names a folder that cannot be written before it trains', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, '');
    const { result, lines } = run({ save: file });
    await expect(result).rejects.toThrow(`Cannot save the model in '${file}'`);
    expect(lines).toEqual([]);
  });

  test('does not save weights that the last update made infinite', async () => {
    const once = { save: folder, limit: 50, batchSize: 50 };
    const { result, lines } = run({ ...once, optimizer: 'sgd', learningRate: 1e30 });
    const { loss, history } = await result;
    expect(history.stopped).toBeUndefined();
    expect(loss).toBeNaN();
    expect(lines.join()).not.toContain('saved');
  });

  test('refuses an option that it does not know and a folder without a name, and frees the model', async () => {
    const { numTensors } = tf.memory();
    await expect(run({ rate: 1 } as object).result).rejects.toThrow("there is no option 'rate'");
    await expect(run({ save: '' }).result).rejects.toThrow('save must name a folder');
    await expect(run({ limit: 0 }).result).rejects.toThrow('limit must be a whole number');
    await expect(run({ validation: -1 }).result).rejects.toThrow('validation must be a whole number >= 0');
    await expect(run({ validation: 60_000 }).result).rejects.toThrow('validation must be < 60000, got 60000');
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
