import { expect, test } from 'vitest';
import { GptCache } from '../../../lib/language/gpt-cache';
import { createGpt } from '../../../lib/language/gpt-model';
import { GptNetwork } from '../../../lib/language/gpt-network';
import { createVocabulary } from '../../../lib/language/vocabulary';
import {
  continueTokens,
  firstPrompt,
  type WritingOptions,
  writeText,
} from '../../../lib/language/write-text';
import { startTensorflow } from '../../../lib/tensorflow/backend';
import { drawnGpt } from '../../samples/drawn-gpt';

const shape = { vocabulary: 7, context: 12, layers: 2, heads: 3, width: 15 };
const vocabulary = createVocabulary('abcdefg');

test('with the cache the logits are those without, to 1e-5', async () => {
  await startTensorflow();
  const model = drawnGpt(shape);
  const tokens = [0, 6, 2, 5, 1, 1, 3, 4, 0, 2, 6, 6];
  const network = new GptNetwork(model);
  const without = network.logits(tokens);
  network.dispose();
  const cache = new GptCache(model);
  tokens.forEach((token, place) => {
    const logits = cache.next(token);
    expect(cache.attention.map((heads) => heads.map(({ length }) => length))).toEqual(
      [0, 1].map(() => [1, 1, 1].map((one) => one * (place + 1))),
    );
    const sums = cache.attention.flat().map((shares) => shares.reduce((sum, share) => sum + share, 0));
    for (const sum of sums) expect(sum).toBeCloseTo(1, 12);
    const largest = Math.max(...logits.map(Math.abs));
    logits.forEach((value, index) => {
      expect(Math.abs(value - without[place * 7 + index]) / largest).toBeLessThan(1e-5);
    });
  });
  expect(() => cache.next(0)).toThrow('Cannot read a token: the context is full, it has room for 12');
  expect(() => new GptCache(model).next(7)).toThrow('token must be between 0 and 6, got 7');
  expect(() => new GptCache(model).next(0.5)).toThrow('token must be a whole number >= 0, got 0.5');
});

test('a text is the same for the same seed, and goes on beyond the context', () => {
  const model = drawnGpt(shape);
  const write = (options: WritingOptions) =>
    writeText(model, vocabulary, { prompt: 'ab', letters: 40, ...options });
  const text = write({ seed: 2 });
  expect(text).toMatch(/^ab[a-g]{40}$/);
  expect(write({ seed: 2 })).toBe(text);
  expect(write({ seed: 3 })).not.toBe(text);
  // Where only the likeliest can come, the seed says nothing.
  expect(write({ seed: 2, topK: 1 })).toBe(write({ seed: 3, topK: 1 }));
});

test('where the context is full, the latter half of it is read anew', () => {
  const model = drawnGpt(shape);
  const tokens = continueTokens(model, [1], { topK: 1 });
  const text = [1, ...Array.from({ length: 12 }, () => tokens.next().value)];
  // The twelfth was written after 12 tokens; the next one after the last six alone.
  const half = continueTokens(model, text.slice(-6), { topK: 1 });
  expect(tokens.next().value).toBe(half.next().value);
});

test.each<[WritingOptions, string]>([
  [{ prompt: '' }, 'Cannot write: the prompt must have 1 … 12 tokens, the context of the GPT, got 0'],
  [{ prompt: 'abcdefgabcdefg' }, 'the prompt must have 1 … 12 tokens, the context of the GPT, got 14'],
  [
    { prompt: 'xyz' },
    "Cannot encode: the letter 'x' (U+0078) at place 0 is not in the vocabulary of 7 letters",
  ],
  [{ prompt: 'a', temperature: 0 }, 'temperature must be > 0, got 0'],
  [{ prompt: 'a', temperature: -1 }, 'temperature must be > 0, got -1'],
  [{ prompt: 'a', topK: 8 }, 'topK must be at most 7, the size of the vocabulary, got 8'],
  [{ prompt: 'a', letters: 0 }, 'Cannot write: letters must be a whole number >= 1, got 0'],
  [{ promt: 'a' } as WritingOptions, "Cannot write: there is no option 'promt'"],
])('%j is refused', (options, message) => {
  expect(() => writeText(createGpt(shape), vocabulary, options)).toThrow(message);
});

test('a vocabulary of another size is refused', () => {
  expect(() => writeText(createGpt(shape), createVocabulary('ab'), { prompt: 'a' })).toThrow(
    'Cannot write: the GPT has a vocabulary of 7 letters, the one given has 2',
  );
});

test('where nobody says what a text begins with, it is the end of a line, or the first letter', () => {
  expect(firstPrompt(createVocabulary('a\nb'))).toBe('\n');
  expect(writeText(drawnGpt(shape), vocabulary, { letters: 5 })).toMatch(/^a[a-g]{5}$/);
});

test('a GPT whose numbers are not finite writes nothing', () => {
  const model = drawnGpt(shape);
  model.weights['norm.gain'][3] = Number.NaN;
  expect(() => writeText(model, vocabulary)).toThrow('the greatest logit must be finite, got NaN');
});
