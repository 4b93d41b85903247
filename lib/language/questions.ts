/**
 * The questions that a search of the course is measured by, in readers' words, each with the cells that answer it.
 *
 * @example
 * const { development } = await loadQuestions();
 * development[0]; // { question: 'What are query, key and value?', cells: [ 'at-formula', … ] }
 */
import { host } from '../base/host';

/** A question, and where its answer is. */
export interface AnsweredQuestion {
  question: string;
  /** the ids of the Markdown cells that answer it, at least one */
  cells: string[];
}

/** All questions. What is held out was written before there was a search, and nothing was chosen by it. */
export interface Questions {
  /** to choose by */
  development: AnsweredQuestion[];
  /** to be judged by */
  heldOut: AnsweredQuestion[];
  /** questions whose answer is not in the course, to choose by */
  outsideDevelopment: string[];
  /** the same, to be judged by */
  outsideHeldOut: string[];
}

const file = 'data/questions.json';

/**
 * @returns the questions of `data/questions.json`
 * @throws Error if the file is missing or is no JSON
 */
export async function loadQuestions(): Promise<Questions> {
  return JSON.parse(await host().files.readText(file)) as Questions;
}
