/** `npm run gpt`: has a small GPT write; `npm run gpt -- train`: trains it; `npm run gpt -- study`: trains many. */
import { continueTokens, firstPrompt, loadCheckpoint } from '../lib/gpt';
import { createVocabulary, type Vocabulary } from '../lib/language';
import { modelFile } from './gpt/model-file';
import { gptCommand, type StudyOptions, type TrainOptions, type WriteOptions } from './gpt/options';
import { coursePlan, saveStudy, study } from './gpt/study';
import { train } from './gpt/train';
import { runCommand, statuses } from './sweep/contract';

async function write({ model: file, letters, ...options }: WriteOptions): Promise<void> {
  const checkpoint = await loadCheckpoint(modelFile(file));
  const vocabulary = createVocabulary(checkpoint.letters.join(''));
  const { prompt = firstPrompt(vocabulary), ...sampling } = options;
  const tokens = continueTokens(checkpoint.model, tokensOf(prompt, vocabulary), sampling);
  let next = tokens.next().value;
  process.stdout.write(prompt);
  for (let count = 0; count < letters; count++) {
    process.stdout.write(vocabulary.decode([next]));
    next = tokens.next().value;
  }
  process.stdout.write('\n');
}

/** @throws RangeError if a letter of the prompt is not in the vocabulary: which one, and what helps */
function tokensOf(prompt: string, vocabulary: Vocabulary): Int32Array {
  try {
    return vocabulary.encode(prompt);
  } catch (error) {
    const remedy =
      'leave it out of --prompt, or train a GPT on a text that has it: npm run gpt -- train --text FILE';
    throw new RangeError(`${(error as Error).message}; ${remedy}`, { cause: error });
  }
}

async function trainUntilInterrupt(options: TrainOptions): Promise<void> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  try {
    const { stopped } = await train(options, controller.signal);
    if (stopped) process.exitCode = statuses[stopped.why];
  } finally {
    process.off('SIGINT', stop);
  }
}

async function studyAndSave({ save }: StudyOptions): Promise<void> {
  await saveStudy(await study(coursePlan, console.log), save);
  console.log(`Saved in ${save}.`);
}

runCommand(gptCommand({ write, train: trainUntilInterrupt, study: studyAndSave }));
