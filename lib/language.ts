/**
 * Texts and their letters, models that guess the next one, and drawing what they say.
 *
 * @example
 * import { createVocabulary } from './lib/language';
 *
 * const { letters, encode, decode } = createVocabulary('hello');
 * console.log(letters.join(' '), Array.from(encode('hole')), decode([1, 0, 2, 2, 3]));
 * // e h l o [ 1, 3, 2, 0 ] hello
 */

// Texts, and their letters as numbers.

export { type Corpus, type CorpusName, cutCorpus, loadCorpus } from './language/text';
export { createVocabulary, type Vocabulary } from './language/vocabulary';

// Tokens, counts, and a network.

export { type BytePairs, bytePairs, type Merge, trainBytePairs } from './language/byte-pairs';
export {
  createLetterNetwork,
  type LetterNetwork,
  type LetterNetworkOptions,
  type LetterTraining,
  trainLetterNetwork,
} from './language/letter-network';
export { countNGrams, type NGramOptions, type NGrams, type Smoothing } from './language/ngrams';

// Drawing.

export { type SamplingOptions, sampleToken, samplingProbabilities } from './language/sampling';
