import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCheckpoint, measureGpt, textExamples } from '../../lib/gpt';
import { createVocabulary, loadCorpus } from '../../lib/language';
import { startTensorflow } from '../../lib/tensorflow';

const file = 'data/gpt/moby-dick.gpt';

test('its file is the one that data/README.md describes', () => {
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  expect(readFileSync('data/README.md', 'utf8')).toContain(`\`${hash}\``);
});

test('the GPT that comes with the course learnt the text that comes with it, and has the loss that it states', async () => {
  await startTensorflow();
  const { model, letters, notes } = await loadCheckpoint(file);
  const corpus = await loadCorpus('moby-dick');
  expect(notes).toMatchObject({ fingerprint: corpus.fingerprint, step: 18000 });
  expect(letters).toEqual(corpus.vocabulary.letters);
  const { encode } = createVocabulary(letters.join(''));
  const { context } = model.shape;
  const loss = measureGpt(model, textExamples(encode(corpus.validation), context, context));
  // It was measured before its weights were rounded to 8 bits, which costs 0.0003.
  expect(Math.abs(loss - Number(notes.validationLoss))).toBeLessThan(0.001);
});
