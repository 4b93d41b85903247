/**
 * One epoch of the course's own training for every line on stdin: `{"batchSize": 32}`. The argument
 * says how: `fused` is `trainModel`, `fit` is `model.fit`. The second argument takes only so many
 * digits. Answers one JSON line each: `{"seconds": …, "loss": …}`.
 */
import * as readline from 'node:readline';
import { type DigitSet, firstDigits, loadMnist } from '../../lib/data';
import { compileModel, createModel, trainModel } from '../../lib/model';
import { imagesToTensor, labelsToTensor, startTensorflow } from '../../lib/tensorflow';

type Epoch = (batchSize: number) => Promise<number>;

async function main(): Promise<void> {
  const [way, limit] = process.argv.slice(2);
  const { backend, version } = await startTensorflow();
  const { train } = await loadMnist({ validation: 0 });
  const digits = limit ? firstDigits(train, Number(limit)) : train;
  const epoch = way === 'fit' ? fitEpoch(digits) : fusedEpoch(digits);
  // trainModel says once that another step runs; that is no answer.
  console.warn = () => {};
  answer({ version: `TensorFlow.js, ${backend} ${version}` });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { batchSize } = JSON.parse(line);
    const start = performance.now();
    const loss = await epoch(batchSize);
    answer({ seconds: (performance.now() - start) / 1000, loss });
  }
}

/** Trains with the course's own `trainModel`, and gives the loss. */
function fusedEpoch(digits: DigitSet): Epoch {
  const model = createModel();
  compileModel(model);
  return async (batchSize) => (await trainModel(model, digits, { epochs: 1, batchSize })).epochs[0].loss;
}

/** Trains with TensorFlow.js's `model.fit`, and gives the loss. */
function fitEpoch(digits: DigitSet): Epoch {
  const model = createModel();
  compileModel(model);
  const [images, labels] = [imagesToTensor(digits), labelsToTensor(digits)];
  return async (batchSize) => {
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
