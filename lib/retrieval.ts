/**
 * Finding the passages of a text that answer a question: their words compared, rare ones first, or their directions.
 *
 * @example
 * import { createBm25, ranking, wordsOf } from './lib/retrieval';
 *
 * const texts = ['A step goes downhill.', 'Two steps were taken uphill.', 'The valley is flat.'];
 * const search = createBm25(texts.map(wordsOf));
 * const scores = search.scores(wordsOf('Which step was uphill?'));
 * for (const place of ranking(scores)) console.log(scores[place].toFixed(2), texts[place]);
 * // 0.59 Two steps were taken uphill.
 * // 0.23 A step goes downhill.
 */

// Words, and what they weigh.

export { type Bm25, type Bm25Options, createBm25 } from './language/bm25';
export { createLatentSpace, type LatentSpace, type LatentSpaceOptions } from './language/latent-space';
export { wordsOf } from './language/words';

// Rankings, joined and measured.

export { fusedScores, measureRetrieval, type RetrievalMeasure, ranking } from './language/rankings';

// The course, asked.

export {
  type CourseAnswer,
  type CourseSearch,
  courseBm25,
  createCourseSearch,
  type Finding,
  searchedWords,
} from './language/course-search';
export { linkTo, loadPassages, type Passage } from './language/passages';
export { plainText } from './language/plain-text';
export { type AnsweredQuestion, loadQuestions, type Questions } from './language/questions';
