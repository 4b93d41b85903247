/**
 * The course's own training, for every line on stdin: an epoch of MNIST, `{"batchSize": 32}`, or steps of the GPT,
 * `{"steps": 20}`. The first argument says how: `fused` is `trainModel`, `fit` is `model.fit`, `gpt` is the GPT. The second
 * takes only so many digits, or another size of the GPT: `{"layers": 1}`. Answers one JSON line each:
 * `{"seconds": …, "loss": …}`, the seconds of the epoch or of one step.
 */
import * as readline from 'node:readline';
import { type DigitSet, firstDigits, loadMnist } from '../../lib/data';
import { compileModel, createModel, trainModel } from '../../lib/model';
import { imagesToTensor, labelsToTensor, startTensorflow } from '../../lib/tensorflow';
import { GptTraining, gptSizes } from './gpt';

/** Trains, and gives the loss. */
type Training = (request: { batchSize: number; steps: number }) => number | Promise<number>;

async function main(): Promise<void> {
  const [way, argument] = process.argv.slice(2);
  const { backend, version } = await startTensorflow();
  const training = way === 'gpt' ? gptSteps(argument) : await epochs(way, argument);
  // trainModel says once that another step runs; that is no answer.
  console.warn = () => {};
  answer({ version: `TensorFlow.js, ${backend} ${version}` });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const start = performance.now();
    const loss = await training(request);
    answer({ seconds: (performance.now() - start) / 1000 / (request.steps ?? 1), loss });
  }
}

/** Steps of the GPT; the loss is that before the last one. */
function gptSteps(sizes = '{}'): Training {
  const gpt = new GptTraining({ ...gptSizes, ...JSON.parse(sizes) });
  return ({ steps }) => {
    let loss = Number.NaN;
    for (let step = 0; step < steps; step++) loss = gpt.step();
    return loss;
  };
}

async function epochs(way: string, limit?: string): Promise<Training> {
  const { train } = await loadMnist({ validation: 0 });
  const digits = limit ? firstDigits(train, Number(limit)) : train;
  return way === 'fit' ? fitEpochs(digits) : fusedEpochs(digits);
}

/** An epoch with the course's own `trainModel`. */
function fusedEpochs(digits: DigitSet): Training {
  const model = createModel();
  compileModel(model);
  return async ({ batchSize }) => (await trainModel(model, digits, { epochs: 1, batchSize })).epochs[0].loss;
}

/** An epoch with TensorFlow.js's `model.fit`. */
function fitEpochs(digits: DigitSet): Training {
  const model = createModel();
  compileModel(model);
  const [images, labels] = [imagesToTensor(digits), labelsToTensor(digits)];
  return async ({ batchSize }) => {
    const { history } = await model.fit(images, labels, { epochs: 1, batchSize, verbose: 0 });
    return Number(history.loss[0]);
  };
}

function answer(content: object): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
