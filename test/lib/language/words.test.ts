import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alsoCalled } from '../../../lib/language/everyday-words';
import { wordsOf } from '../../../lib/language/words';

test.each([
  ['train trains trained training', 'train'],
  ['step steps stepped stepping', 'step'],
  ['loss losses', 'loss'],
  ['bias biases', 'bias'],
  ['batch batches', 'batch'],
  ['memory memories', 'memori'],
  ['optimise optimiser optimisers optimize optimizer optimizing', 'optimis'],
  ['generate generates generated generation generator', 'gener'],
  ['case cases', 'cas'],
  ['write writes writing written wrote', 'writ'],
  ['learn learns learnt learned learning', 'learn'],
  ['large larger largest big bigger huge', 'larg'],
  ['small smaller tiny', 'small'],
])('wordsOf() makes one of %s', (words, common) => {
  expect([...new Set(wordsOf(words))]).toEqual([common]);
});

test('wordsOf() tells other words apart', () => {
  const words = ['less', 'loss', 'rate', 'rare', 'mean', 'median', 'layer', 'letter', 'attention', 'token'];
  expect(new Set(wordsOf(words.join(' '))).size).toBe(words.length);
});

test('wordsOf() leaves stop words and single letters out, and takes names in code apart', () => {
  expect(wordsOf("Why doesn't the learningRate of SGD's step k matter?")).toEqual([
    'learn',
    'rat',
    'sgd',
    'step',
    'matt',
  ]);
  expect(wordsOf('What is it, and why?')).toEqual([]);
  expect(wordsOf('Glorot, naïve, TensorFlow')).toEqual(['glorot', 'naiv', 'tensorflow']);
});

test('wordsOf() takes any text, and case and order of words change no word', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const word of wordsOf(text)) expect(word).toMatch(/^[a-z0-9]+$/);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom('epochs', 'Batch', 'LOSSES', 'the', 'falling')), (words) => {
      const forwards = wordsOf(words.join(' ')).sort();
      const backwards = wordsOf([...words].reverse().join(', ').toLowerCase()).sort();
      expect(backwards).toEqual(forwards);
    }),
  );
});

test('alsoCalled() gives the word itself first, then what the course calls it', () => {
  const [image] = wordsOf('images');
  expect(alsoCalled(image)).toEqual([image, ...wordsOf('picture digit')]);
  expect(alsoCalled('gradient')).toEqual(['gradient']);
});
