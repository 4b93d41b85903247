/** The training of a GPT, on the loop of all trainings. */
import { requireCount, requireKnownOptions, requireNonNegative, requirePositive } from '../base/checks';
import { kernelSignal } from '../base/contract';
import { say } from '../base/words';
import { cosineDecay, type Schedule, warmUp } from '../descent/schedules';
import { runTraining } from '../training/loop';
import type { gptLayers } from './gpt';
import type { Gpt } from './gpt-model';
import { GptStep, type GptStepOptions, type GptTrainingState } from './gpt-step';
import type { Lora } from './lora';
import type { TokenExamples } from './token-examples';

/** Options of {@link trainGpt}. */
export interface GptTraining {
  /** updates; 1800 */
  steps?: number;
  /** texts in an update; 24 */
  batchSize?: number;
  /** the greatest rate of AdamW, reached after the warm-up; then half a cosine down to a tenth; 0.01 */
  learningRate?: number;
  /** steps of the warm-up; 100, but at most a tenth of all */
  warmUpSteps?: number;
  /** of weights, not of gains and biases; 0.1 */
  weightDecay?: number;
  /** the greatest norm of all gradients together; 1 */
  clip?: number;
  /** decides which examples are drawn; 1 */
  seed?: number;
  /** steps between two measurements; 100 */
  every?: number;
  /** what is trained: `gptWithout(part)`, or the whole GPT. With other layers the model is of no use elsewhere. */
  layers?: typeof gptLayers;
  /** what is trained in the model's place: the model itself stays as it is */
  adapter?: Lora;
  /** makes another loss to train on, as `learnPreferences()` does; that of the held-out text stays nats a token */
  lossOf?: GptStepOptions['lossOf'];
  /** ends the training after the update under way */
  signal?: AbortSignal;
  /** what `GptMeasurement.state()` of an earlier training gave: it goes on there, with the same options */
  resume?: GptTrainingState;
  /** called after each step */
  onStep?(progress: GptProgress): unknown;
  /** called before the first step and after each `every` steps; the model is up to date, and can be tried */
  onMeasure?(measured: GptMeasurement): unknown;
}

/** Where a training stands after a step. */
export interface GptProgress {
  /** updates made, and to be made */
  step: number;
  steps: number;
  /** mean since the last measurement, nats a token */
  loss: number;
  rate: number;
  /** `‖g‖` before clipping */
  norm: number;
  seconds: number;
}

/** What a training has come to. */
export interface GptMeasurement {
  /** updates made */
  step: number;
  /** mean over the steps since the last measurement, each before its update; NaN before the first */
  loss: number;
  /** on the examples to be judged by */
  validationLoss?: number;
  /** @returns what is needed to go on from here */
  state(): GptTrainingState;
}

/** What a training came to. */
export interface GptHistory {
  /** one for each measurement, the first before the first step */
  measured: { step: number; loss: number; validationLoss?: number }[];
  /** updates made, in all */
  steps: number;
  seconds: number;
  /** why it ended early, if it did: one sentence, with the remedy */
  stopped?: { why: 'interrupted' | 'diverged'; step: number; message: string };
}

const known: Record<keyof GptTraining, true> = {
  ...{ steps: true, batchSize: true, learningRate: true, warmUpSteps: true, weightDecay: true },
  ...{ clip: true, seed: true, every: true, layers: true, adapter: true, signal: true },
  ...{ lossOf: true, resume: true, onStep: true, onMeasure: true },
};

function checked(options: GptTraining) {
  requireKnownOptions(options, Object.keys(known), 'train the GPT');
  const { steps = 1800, batchSize = 24, learningRate = 0.01, weightDecay = 0.1 } = options;
  const { clip = 1, seed = 1, every = 100, warmUpSteps = Math.ceil(Math.min(100, steps / 10)) } = options;
  const counts = { steps, batchSize, every, warmUpSteps };
  for (const [name, count] of Object.entries(counts)) requireCount(name, count, 'train the GPT');
  requireCount('seed', seed, 'train the GPT', 0);
  for (const [name, value] of Object.entries({ learningRate, clip })) {
    requirePositive(name, value, 'train the GPT');
  }
  requireNonNegative('weightDecay', weightDecay, 'train the GPT');
  return { ...counts, learningRate, weightDecay, clip, seed };
}

/** `rate` after the warm-up, and a tenth of it at the last step. */
function scheduleOf(rate: number, steps: number, warmUpSteps: number): Schedule {
  const fall = Math.max(1, steps - warmUpSteps);
  return warmUp(warmUpSteps, cosineDecay(rate, { steps: fall, finalRate: rate / 10 }));
}

/**
 * Trains a GPT with AdamW: warm-up and cosine, gradients clipped by their norm. The same seed gives the same numbers on
 * the same backend, also where a training was ended and resumed.
 *
 * @param model - changed, unless an adaptation is trained in its place
 * @param data - what to learn from, and what to be judged by; never changed
 * @param options - see {@link GptTraining}
 * @returns what it came to; a loss that is not finite ends it, and the history says at which step
 * @throws RangeError if an option is unknown or out of range, a token is not in the vocabulary, or the examples are not
 *   as long as the context
 */
export async function trainGpt(
  model: Gpt,
  data: { training: TokenExamples; validation?: TokenExamples },
  options: GptTraining = {},
): Promise<GptHistory> {
  const { steps, every, warmUpSteps, learningRate, ...rest } = checked(options);
  const rounds = Array.from({ length: Math.ceil(steps / every) }, (_, round) =>
    Math.min(every, steps - round * every),
  );
  const { resume, layers, adapter, lossOf, signal = kernelSignal() } = options;
  const schedule = scheduleOf(learningRate, steps, warmUpSteps);
  const trainer = new GptStep(model, data, {
    ...{ ...rest, schedule, rounds, layers, adapter, lossOf, resume },
  });
  const done = resume?.round ?? 0;
  const history: GptHistory = { measured: [], steps: resume?.step ?? 0, seconds: 0 };
  const measured = async (step: number, loss: number, validationLoss?: number) => {
    history.measured.push({ step, loss, validationLoss });
    await options.onMeasure?.({ step, loss, validationLoss, state: () => trainer.state() });
  };
  const stepOf = (epoch: number, step: number) => (done + epoch - 1) * every + step;
  try {
    if (!resume) {
      const { validation } = trainer;
      const sum = (await validation?.measure())?.[0];
      await measured(0, Number.NaN, validation && (sum as number) / validation.count);
    }
    if (done >= rounds.length) return history;
    const {
      steps: made,
      seconds,
      stopped,
    } = await runTraining(trainer, {
      ...{ epochs: rounds.length - done, batchSize: rest.batchSize, seed: rest.seed, signal },
      view: {
        figuresOnly: true,
        onStep: ({ epoch, step, loss, seconds }) =>
          options.onStep?.({ step: stepOf(epoch, step), steps, loss, seconds, ...trainer.latest }),
        onEpoch: ({ loss, validationLoss }, { epoch, steps: last }) =>
          measured(stepOf(epoch, last), loss, validationLoss),
      },
    });
    history.steps += made;
    history.seconds = seconds;
    if (stopped) history.stopped = sentence(stopped, stepOf(stopped.epoch, stopped.step), steps);
    else if (history.measured.some(({ validationLoss = 0 }) => !Number.isFinite(validationLoss))) {
      // What the last update did shows in what is measured after it.
      history.stopped = sentence({ why: 'diverged' }, history.steps, steps);
    }
    return history;
  } finally {
    try {
      trainer.sync();
    } finally {
      trainer.dispose();
    }
  }
}

function sentence({ why }: { why: string }, step: number, steps: number): GptHistory['stopped'] {
  if (why !== 'diverged') {
    const message = say(
      'Training was interrupted after step {step} of {steps}. The GPT keeps what it learnt until then.',
      { step, steps },
    );
    return { why: 'interrupted', step, message };
  }
  const message = say(
    'Training stopped at step {step} of {steps}: the loss is no longer a finite number. Make the GPT anew, and train it with a smaller learning rate.',
    { step, steps },
  );
  return { why: 'diverged', step, message };
}
