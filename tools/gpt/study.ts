/** `npm run gpt -- study`: trainings that are too long for notebook 17; it reads what they came to. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createGpt,
  type GptShape,
  type GptTraining,
  measureGpt,
  type TokenExamples,
  textExamples,
  trainGpt,
} from '../../lib/gpt';
import { type Corpus, loadCorpus } from '../../lib/language';
import { startTensorflow } from '../../lib/tensorflow';
import { makeFolder } from '../setup/project.mjs';

/** What is trained. */
export interface StudyPlan {
  /** GPTs of the notebook's own size, on other seeds */
  writers: { seeds: number[]; steps: number };
  /** smaller ones: each width trained anew for each number of steps, on each seed */
  small: { widths: number[]; steps: number[]; seeds: number[]; batchSize: number };
}

/** What the trainings came to: losses on held-out text, nats a letter. */
export interface Study {
  /** what computes it */
  command: string;
  backend: string;
  /** of the text */
  fingerprint: string;
  plan: StudyPlan;
  /** on the whole held-out text, one a seed */
  writers: number[];
  /** on its first windows, by width and steps, one a seed */
  small: { width: number; steps: number; losses: number[] }[];
}

/** The trainings that the course keeps. */
export const coursePlan: StudyPlan = {
  writers: { seeds: [2, 3], steps: 1800 },
  small: { widths: [16, 32, 64], steps: [200, 400, 800], seeds: [1, 2, 3], batchSize: 16 },
};

type Blocks = Pick<GptShape, 'layers' | 'heads' | 'width'>;
type Training = GptTraining & { steps: number; seed: number };

const context = 64;
/** Windows of the held-out text that the smaller ones are measured on. */
const windows = 150;
const blocks = { writers: { layers: 3, heads: 4, width: 96 }, small: { layers: 2, heads: 4 } };

/**
 * Trains all of them, one after the other.
 *
 * @param plan - what to train
 * @param say - is told what each training came to
 * @returns the losses
 * @throws Error if a training was ended or its loss is not finite
 */
export async function study(plan: StudyPlan, say: (line: string) => void): Promise<Study> {
  const { backend, version } = await startTensorflow();
  const corpus = await loadCorpus('moby-dick');
  const text = partsOf(corpus);
  const lossOf = async (shape: Blocks, options: Training, on: TokenExamples) => {
    const { steps, seed } = options;
    const model = createGpt({ vocabulary: corpus.vocabulary.size, context, ...shape }, seed);
    const { stopped } = await trainGpt(model, { training: text.training }, options);
    if (stopped) throw new Error(`Cannot finish the study: ${stopped.message}`);
    const loss = measureGpt(model, on);
    say(`width ${shape.width}, ${steps} steps, seed ${seed}: ${loss.toFixed(4)} nats a letter`);
    return loss;
  };
  const writers: number[] = [];
  for (const seed of plan.writers.seeds) {
    writers.push(await lossOf(blocks.writers, { steps: plan.writers.steps, seed }, text.heldOut));
  }
  const small: Study['small'] = [];
  const { widths, steps: lengths, seeds, batchSize } = plan.small;
  for (const width of widths) {
    for (const steps of lengths) {
      const losses: number[] = [];
      for (const seed of seeds) {
        const options = { steps, seed, batchSize, every: steps };
        losses.push(await lossOf({ ...blocks.small, width }, options, text.first));
      }
      small.push({ width, steps, losses });
    }
  }
  const { fingerprint } = corpus;
  return {
    command: 'npm run gpt -- study',
    backend: `${backend} ${version}`,
    fingerprint,
    plan,
    writers,
    small,
  };
}

function partsOf({ vocabulary, train, validation }: Corpus) {
  const heldOut = vocabulary.encode(validation);
  return {
    training: textExamples(vocabulary.encode(train), context),
    heldOut: textExamples(heldOut, context, context),
    first: textExamples(heldOut.subarray(0, windows * context + 1), context, context),
  };
}

/** @param file - is overwritten */
export async function saveStudy(made: Study, file: string): Promise<void> {
  makeFolder(path.dirname(file));
  await writeFile(file, `${JSON.stringify(made, null, 1)}\n`);
}
