import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModel } from '../../../lib/model/files';
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
      expect.stringContaining('Of the former only the first 200.'),
      `The model is saved in ${save}.`,
      `Loss: ${loss.toFixed(4)}, Accuracy: ${accuracy.toFixed(4)}`,
    ]);
    const model = await loadModel(save);
    expect(model.countParams()).toBe(parameters);
    expect(parameters).toBe(784 * 4 + 4 + 4 * 10 + 10);
    model.dispose();
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
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
