import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../../../lib/language/checkpoint';
import { createGpt } from '../../../lib/language/gpt-model';
import { GptNetwork } from '../../../lib/language/gpt-network';
import { textExamples } from '../../../lib/language/token-examples';
import { trainGpt } from '../../../lib/language/train-gpt';
import { startTensorflow } from '../../../lib/tensorflow/backend';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gpt-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);

const letters = [...'abcdefg'];
const shape = { vocabulary: 7, context: 5, layers: 1, heads: 3, width: 9 };
const checkpoint: Checkpoint = { model: createGpt(shape), letters, notes: { steps: 5 } };

test('a checkpoint is read as it was written', async () => {
  await saveCheckpoint(file('whole'), checkpoint);
  expect(await loadCheckpoint(file('whole'))).toEqual({ ...checkpoint, training: undefined });
});

test('in 8 bits each weight is off by at most half a step of its column', async () => {
  await saveCheckpoint(file('int8'), checkpoint, 'int8');
  const { model } = await loadCheckpoint(file('int8'));
  for (const [name, values] of Object.entries(checkpoint.model.weights)) {
    const columns =
      name === 'tokens' || name === 'positions'
        ? 9
        : (model.weights[name.replace(/weights$/, 'bias')]?.length ?? 1);
    values.forEach((value, index) => {
      const column = values.filter((_, other) => other % columns === index % columns);
      const step = Math.max(...column.map(Math.abs)) / 127;
      // And a rounding of float32.
      expect(Math.abs(model.weights[name][index] - value)).toBeLessThanOrEqual(step / 2 + 1e-8);
    });
  }
  const sizes = ['whole', 'int8'].map((name) => readFileSync(file(name)).length);
  expect(sizes[1]).toBeLessThan(sizes[0] / 2);
});

test('a training goes on from a file as if nothing had happened', async () => {
  await startTensorflow();
  const training = textExamples(
    Array.from({ length: 90 }, (_, index) => (index * index) % 7),
    5,
  );
  const options = { steps: 30, every: 10, batchSize: 4 };
  const whole = createGpt(shape);
  await trainGpt(whole, { training }, options);
  const model = createGpt(shape);
  await trainGpt(
    model,
    { training },
    {
      ...options,
      onMeasure: async ({ step, state }) => {
        if (step === 20) await saveCheckpoint(file('state'), { ...checkpoint, model, training: state() });
      },
    },
  );
  const loaded = await loadCheckpoint(file('state'));
  expect(loaded.training?.step).toBe(20);
  expect(loaded.model.weights).not.toEqual(whole.weights);
  await trainGpt(loaded.model, { training }, { ...options, resume: loaded.training });
  expect(loaded.model.weights).toEqual(whole.weights);
});

test('what is no whole checkpoint is refused in one line', async () => {
  await saveCheckpoint(file('good'), checkpoint);
  const bytes = readFileSync(file('good'));
  const end = bytes.indexOf(10);
  const header = JSON.parse(bytes.subarray(0, end).toString());
  const refused = async (content: Uint8Array | string, why: string) => {
    writeFileSync(file('bad'), content);
    const error: Error = await loadCheckpoint(file('bad')).catch((error) => error);
    expect(error.message).toBe(`Cannot load the GPT from '${file('bad')}': ${why}`);
  };
  const withHeader = (change: object) =>
    Buffer.concat([Buffer.from(`${JSON.stringify({ ...header, ...change })}\n`), bytes.subarray(end + 1)]);
  await refused('', 'it is no checkpoint of a GPT');
  await refused('{"format":"layers-model"}\n', 'it is no checkpoint of a GPT');
  await refused(bytes.subarray(0, end - 5), 'it is no checkpoint of a GPT');
  const length = bytes.length - end - 1;
  await refused(
    bytes.subarray(0, -3),
    `after its first line it must hold ${length} bytes, got ${length - 3}; it is cut off, or of another shape`,
  );
  await refused(
    withHeader({ shape: { ...shape, context: 6 } }),
    `after its first line it must hold ${length + 36} bytes, got ${length}; it is cut off, or of another shape`,
  );
  await refused(
    withHeader({ shape: { ...shape, heads: 2 } }),
    'its shape is impossible: heads must divide width 9, got 2',
  );
  await refused(
    withHeader({ version: 2 }),
    'it has version 2, and version 1 is understood; train the GPT anew',
  );
  await refused(withHeader({ letters: ['a'] }), 'its letters do not fit its vocabulary');
  await refused(withHeader({ precision: 'int4' }), "its precision is 'int4'");
  const damaged = Buffer.from(bytes);
  damaged[end + 40] ^= 1;
  await refused(damaged, 'it is damaged: its SHA-256 is another');
  await expect(loadCheckpoint(file('none'))).rejects.toThrow(/^Cannot load the GPT from '.*none': [^\n]+$/);
});

test('a loaded GPT computes the same logits', async () => {
  await startTensorflow();
  await saveCheckpoint(file('same'), checkpoint);
  const { model } = await loadCheckpoint(file('same'));
  const [first, second] = [checkpoint.model, model].map((one) => {
    const network = new GptNetwork(one);
    const logits = network.logits([0, 1, 2, 3, 4, 6, 5, 4, 3, 2]);
    network.dispose();
    return logits;
  });
  expect(second).toEqual(first);
});
