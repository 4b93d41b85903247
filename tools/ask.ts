/** `npm run ask -- "…"`: answers a question with passages of the course; `--measure`: how often it finds them. */
import { createCourseSearch, loadPassages, loadQuestions } from '../lib/retrieval';
import { answerText } from './ask/answer-text';
import { measureTable } from './ask/measure';
import { type AskOptions, askCommand } from './ask/options';

async function ask(question: string, { measure, passages: most, folder }: AskOptions): Promise<void> {
  const passages = await loadPassages(folder);
  if (measure) {
    console.log(measureTable(passages, await loadQuestions()));
    return;
  }
  const { isTTY, columns } = process.stdout;
  const answer = createCourseSearch(passages).ask(question, most);
  console.log(answerText(answer, { width: Math.min((isTTY && columns) || 80, 100), bold: isTTY === true }));
}

askCommand(ask)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
