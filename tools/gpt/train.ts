/** `npm run gpt -- train`: trains a GPT, saves it at each measurement, and goes on where it was ended. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import {
  type Checkpoint,
  createGpt,
  type GptHistory,
  type GptMeasurement,
  loadCheckpoint,
  measureGpt,
  saveCheckpoint,
  textExamples,
  trainGpt,
  writeText,
} from '../../lib/gpt';
import { type Corpus, cutCorpus, loadCorpus } from '../../lib/language';
import { startTensorflow } from '../../lib/tensorflow';
import { makeFolder, root } from '../setup/project.mjs';
import { failingOf, tell, tellFailure } from '../sweep/contract';
import { defaultModel, type TrainOptions } from './options';

/** Windows of the held-out text that each measurement reads. */
const windows = 150;

/** What a checkpoint says of its training. */
interface Notes {
  options: TrainOptions;
  /** of the text */
  fingerprint: string;
  backend: string;
  /** updates made, and the mean loss of the held-out text, nats a letter */
  step: number;
  validationLoss?: number;
}

/**
 * Trains, and says how it goes.
 *
 * @param given - the options
 * @param signal - ends the training after the update under way
 * @returns what it came to
 */
export async function train(given: TrainOptions, signal: AbortSignal): Promise<GptHistory> {
  if (!given.jsonl) return trained(given, signal, console.log);
  try {
    const history = await trained(given, signal, console.error);
    if (history.stopped) tellFailure(history.stopped.why, history.stopped.message);
    return history;
  } catch (error) {
    tellFailure(failingOf(error), (error as Error).message);
    throw error;
  }
}

async function trained(
  given: TrainOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<GptHistory> {
  const saved = given.resume ? await unfinished(given.save ?? defaultModel) : undefined;
  const options = saved ? { ...saved.notes.options, ...changeable(given) } : given;
  if (options.save !== undefined) makeFolderFor(options.save);
  const { backend, reason } = await startTensorflow(options.backend);
  const corpus = await corpusOf(options);
  if (saved && saved.notes.fingerprint !== corpus.fingerprint) {
    throw new Error(
      `Cannot resume '${given.save}': its text has changed; train a GPT anew, without --resume`,
    );
  }
  const { layers, heads, width, context } = options;
  const { vocabulary } = corpus;
  const shape = { vocabulary: vocabulary.size, context, layers, heads, width };
  const model = saved?.checkpoint.model ?? createGpt(shape, options.seed);
  say(`${reason}\n${corpus.description}`);
  requireRoom(corpus, context);
  const validation = vocabulary.encode(corpus.validation);
  const held = textExamples(validation, context, context);
  const notes = { options, fingerprint: corpus.fingerprint, backend };
  const save = async ({ step, validationLoss, state }: GptMeasurement) => {
    // What has diverged is of no use, and what was saved before it is.
    if (options.save === undefined || !Number.isFinite(validationLoss)) return;
    const made = { ...notes, step, validationLoss };
    const checkpoint = { model, letters: vocabulary.letters, notes: made, training: state() };
    await saveCheckpoint(options.save, checkpoint);
  };
  const few = textExamples(validation.subarray(0, windows * context + 1), context, context);
  const history = await trainGpt(
    model,
    { training: textExamples(vocabulary.encode(corpus.train), context), validation: few },
    { ...trainingOf(options), signal, resume: saved?.checkpoint.training, ...following(options, save, say) },
  );
  if (history.stopped) {
    say(history.stopped.message);
    if (history.stopped.why === 'interrupted' && options.save !== undefined)
      say(`Go on: npm run gpt -- train --resume --save ${options.save}`);
    return history;
  }
  const validationLoss = measureGpt(model, held);
  if (options.jsonl) tellEnd(history, validationLoss, backend);
  if (options.save === undefined) return history;
  const made = { ...notes, step: options.steps, validationLoss };
  await saveCheckpoint(
    options.save,
    { model, letters: vocabulary.letters, notes: { ...made } },
    options.int8 ? 'int8' : 'float32',
  );
  say(`On the whole held-out text ${validationLoss.toFixed(4)} nats a letter; saved in ${options.save}.`);
  say(writeText(model, vocabulary, { letters: 300, temperature: 0.8 }));
  return history;
}

/** @throws Error if no GPT could be saved there: before the first step, not after some minutes */
function makeFolderFor(file: string): void {
  try {
    makeFolder(path.dirname(path.resolve(root, file)));
  } catch (error) {
    throw new Error(`Cannot save in '${file}': ${(error as Error).message}; name another file: --save`);
  }
}

/** The last line of a training to choose by. */
function tellEnd({ measured }: GptHistory, validationLoss: number, backend: string): void {
  if (Number.isFinite(validationLoss)) {
    tell({ type: 'done', figures: { loss: measured.at(-1)?.loss, validationLoss }, backend });
  } else {
    // The last update of all is measured here alone.
    tellFailure('diverged', 'After the last step the validation loss is no longer a finite number.');
  }
}

/** What may be said anew where a training is resumed. */
function changeable({ save, int8, resume, jsonl, backend }: TrainOptions) {
  return { save, int8, resume, jsonl, ...(backend !== 'auto' && { backend }) };
}

function trainingOf({ steps, batchSize, learningRate, weightDecay, every, seed }: TrainOptions) {
  return { steps, batchSize, learningRate, weightDecay, every, seed };
}

/** One line a measurement, and on a terminal the loss of each step in between. */
function following(
  { steps, jsonl }: TrainOptions,
  save: (measured: GptMeasurement) => Promise<void>,
  say: (line: string) => void,
) {
  const { stderr } = process;
  const clear = () => void (stderr.isTTY && stderr.write('\r\u001b[K'));
  const start = performance.now();
  return {
    onStep: ({ step, loss, rate }: { step: number; loss: number; rate: number }) => {
      if (stderr.isTTY)
        stderr.write(`\r\u001b[Kstep ${step}: ${loss.toFixed(3)} nats a letter, rate ${rate.toFixed(5)}`);
    },
    onMeasure: async (measured: GptMeasurement) => {
      clear();
      const { step, loss, validationLoss } = measured;
      const seconds = Math.round((performance.now() - start) / 1000);
      const training = Number.isFinite(loss) ? `${loss.toFixed(3)} nats a letter, ` : '';
      if (jsonl && step > 0) {
        tell({ type: 'progress', done: step, of: steps, figures: { loss, validationLoss } });
      }
      say(`step ${step} of ${steps}: ${training}${validationLoss?.toFixed(3)} held out, ${seconds} s`);
      await save(measured);
    },
  };
}

async function corpusOf({ corpus, text }: TrainOptions): Promise<Corpus> {
  if (text === undefined) return loadCorpus(corpus);
  const content = await readFile(text, 'utf8').catch((error: Error) => {
    throw new Error(`Cannot read the text: ${error.message}`);
  });
  if (content === '')
    throw new RangeError(`Cannot train on '${text}': it has no letters; name a file with a text`);
  return cutCorpus(content, `The text in ${text}`);
}

/** @throws RangeError if the held-out part is no longer than the context, with what helps */
function requireRoom({ validation: { length } }: Corpus, context: number): void {
  if (length > context) return;
  const rule = `its held-out part must have more letters than the context, ${context}, got ${length}`;
  const remedy = `take a text of at least ${20 * (context + 1)} letters, or a smaller --context`;
  throw new RangeError(`Cannot train on this text: ${rule}; ${remedy}`);
}

/** @returns a training that has not come to its end */
async function unfinished(file: string): Promise<{ checkpoint: Checkpoint; notes: Notes }> {
  if (!existsSync(file))
    throw new Error(`Cannot resume: there is no '${file}'; train without --resume first`);
  const checkpoint = await loadCheckpoint(file);
  if (!checkpoint.training) {
    throw new Error(
      `Cannot resume '${file}': its training has come to its end; train a GPT anew, without --resume`,
    );
  }
  const notes = checkpoint.notes as unknown as Notes;
  if (typeof notes.options !== 'object' || notes.options === null) {
    throw new Error(
      `Cannot resume '${file}': it does not say how it was trained; train a GPT anew, without --resume`,
    );
  }
  return { checkpoint, notes };
}
