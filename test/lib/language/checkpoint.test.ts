import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    'its shape is impossible: heads must divide width 9, got 2; train the GPT anew',
  );
  await refused(
    withHeader({ shape: { ...shape, layers: 1e9 } }),
    `it names 1000000000 layers, and holds ${length} bytes of them; it is cut off, or of another shape`,
  );
  for (const none of [undefined, null, [7]]) {
    await refused(
      withHeader({ shape: none }),
      `its first line must name the shape of the GPT, got ${JSON.stringify(none)}; train the GPT anew`,
    );
  }
  await refused(
    withHeader({ version: 2 }),
    'it has version 2, and version 1 is understood; train the GPT anew',
  );
  await refused(
    withHeader({ precision: 'int4' }),
    'its precision must be one of float32, int8, got "int4"; train the GPT anew',
  );
  await refused(withHeader({ notes: null }), 'its notes must be an object, got null; train the GPT anew');
  const training = { step: 5, round: 1, powers: [[0.9, 0.99]] };
  await refused(
    withHeader({ training }),
    `its first line must say where the training stands, got ${JSON.stringify(training)}; train the GPT anew`,
  );
  const damaged = Buffer.from(bytes);
  damaged[end + 40] ^= 1;
  await refused(damaged, 'it is damaged: its SHA-256 is another');
  await expect(loadCheckpoint(file('none'))).rejects.toThrow(/^Cannot load the GPT from '.*none': [^\n]+$/);
});

test.each<[string, unknown, string]>([
  ['no letters', undefined, 'its letters must be a list, got undefined'],
  ['a text', 'abcdefg', 'its letters must be a list, got "abcdefg"'],
  ['one letter', ['a'], 'it has 1 letters for a vocabulary of 7'],
  ['two letters in one', [...'abcdef', 'gh'], 'letter 6 must be a single one, got "gh"'],
  ['a number', [...'abcdef', 7], 'letter 6 must be a single one, got 7'],
  ['a letter twice', [...'abbcdef'], 'its letter "b" is there twice, at places 1 and 2'],
  ['a letter twice, far apart', [...'abcdefa'], 'its letter "a" is there twice, at places 0 and 6'],
  [
    'another order',
    [...'abdcefg'],
    'its letters must stand in the order of their code points, and "d" stands before "c"',
  ],
])('a checkpoint with %s is neither read nor written', async (_, wrong, why) => {
  await saveCheckpoint(file('letters'), checkpoint);
  const bytes = readFileSync(file('letters'));
  const end = bytes.indexOf(10);
  const header = JSON.parse(bytes.subarray(0, end).toString());
  const line = `${JSON.stringify({ ...header, letters: wrong })}\n`;
  writeFileSync(file('letters'), Buffer.concat([Buffer.from(line), bytes.subarray(end + 1)]));
  await expect(loadCheckpoint(file('letters'))).rejects.toThrow(
    new Error(`Cannot load the GPT from '${file('letters')}': ${why}; train the GPT anew`),
  );
  await expect(saveCheckpoint(file('never'), { ...checkpoint, letters: wrong as string[] })).rejects.toThrow(
    new RangeError(`Cannot save the GPT in '${file('never')}': ${why}`),
  );
  expect(existsSync(file('never'))).toBe(false);
});

test('numbers that are not finite are neither written nor read', async () => {
  await saveCheckpoint(file('finite'), checkpoint);
  const bytes = readFileSync(file('finite'));
  const end = bytes.indexOf(10);
  const body = bytes.subarray(end + 1);
  body.writeFloatLE(Number.NaN, 4 * 10);
  const header = JSON.parse(bytes.subarray(0, end).toString());
  const line = `${JSON.stringify({ ...header, sha256: createHash('sha256').update(body).digest('hex') })}\n`;
  writeFileSync(file('finite'), Buffer.concat([Buffer.from(line), body]));
  const why =
    "number 10 of its array 'tokens' is NaN; make the GPT anew, and train it with a smaller learning rate";
  await expect(loadCheckpoint(file('finite'))).rejects.toThrow(
    new Error(`Cannot load the GPT from '${file('finite')}': ${why}`),
  );
  const model = createGpt(shape);
  model.weights.tokens[10] = Number.NaN;
  for (const precision of ['float32', 'int8'] as const) {
    await expect(saveCheckpoint(file('never'), { ...checkpoint, model }, precision)).rejects.toThrow(
      new RangeError(`Cannot save the GPT in '${file('never')}': ${why}`),
    );
  }
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
