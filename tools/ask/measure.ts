/** `npm run ask -- --measure`: how often each way to search finds a cell that answers, and what is not there is missed. */
import {
  type AnsweredQuestion,
  courseBm25,
  createBm25,
  createCourseSearch,
  createLatentSpace,
  fusedScores,
  measureRetrieval,
  type Passage,
  type Questions,
  ranking,
  searchedWords,
  wordsOf,
} from '../../lib/retrieval';

/** Cells for a question, the best first. */
type Way = (question: string) => string[];

/**
 * @param passages - of the course
 * @param questions - to measure by
 * @returns a table as text: recall at 1 and 3 and the mean reciprocal rank of each way, and how often "nothing found" is
 *   said, rightly and wrongly
 */
export function measureTable(passages: readonly Passage[], questions: Questions): string {
  const ways = waysTo(passages);
  const rows = (asked: readonly AnsweredQuestion[]) =>
    Object.entries(ways).map(([name, way]) => {
      const found = asked.map(({ question }) => way(question));
      const { recall, meanReciprocalRank } = measureRetrieval(
        found,
        asked.map(({ cells }) => cells),
      );
      return `  ${name.padEnd(34)} ${[recall[0], recall[2], meanReciprocalRank].map((value) => value.toFixed(3).padStart(9)).join('')}`;
    });
  const head = (name: string, count: number) =>
    `${`${count} questions ${name}`.padEnd(36)}  recall@1 recall@3      MRR`;
  const search = createCourseSearch(passages);
  const missed = (asked: readonly string[]) => asked.filter((question) => !search.ask(question).found).length;
  const silence = (inside: readonly AnsweredQuestion[], outside: readonly string[]) =>
    `  "nothing found": ${missed(outside)} of ${outside.length} that the course does not answer, ` +
    `${missed(inside.map(({ question }) => question))} of ${inside.length} that it does`;
  const { development, heldOut, outsideDevelopment, outsideHeldOut } = questions;
  return [
    `${passages.length} passages in ${new Set(passages.map(({ cell }) => cell)).size} cells`,
    head('to develop by', development.length),
    ...rows(development),
    silence(development, outsideDevelopment),
    head('held out', heldOut.length),
    ...rows(heldOut),
    silence(heldOut, outsideHeldOut),
  ].join('\n');
}

function waysTo(passages: readonly Passage[]): Record<string, Way> {
  const words = passages.map(searchedWords);
  const bodies = new Map<string, string[]>();
  passages.forEach(({ cell }, index) => {
    bodies.set(cell, [...(bodies.get(cell) ?? []), ...words[index]]);
  });
  const cells = [...bodies.keys()];
  // `k₁` and `b` are those of `npm run ask`, so that the ways differ in nothing else.
  const [byPassage, byCell] = [words, [...bodies.values()]].map((all) => createBm25(all, courseBm25));
  const space = createLatentSpace([...bodies.values()]);
  const search = createCourseSearch(passages);
  const named = (scores: ArrayLike<number>) => ranking(scores).map((place) => cells[place]);
  return {
    'BM25 of passages': (question) => [
      ...new Set(ranking(byPassage.scores(wordsOf(question))).map((place) => passages[place].cell)),
    ],
    'BM25 of cells': (question) => named(byCell.scores(wordsOf(question))),
    'latent space, of cells': (question) => named(space.scores(wordsOf(question))),
    'both of cells, joined by rank': (question) =>
      named(fusedScores([byCell.scores(wordsOf(question)), space.scores(wordsOf(question))])),
    'npm run ask': (question) => search.ask(question, 100).findings.map(({ passage }) => passage.cell),
  };
}
