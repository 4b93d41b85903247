/**
 * One epoch of the course's own training for every line on stdin: `{"batchSize": 32}`. The argument
 * says how: `fused` is `trainModel`, `fit` is `model.fit`. The second argument takes only so many
 * digits. Answers one JSON line each: `{"seconds": …, "loss": …}`.
 */
import * as readline from 'node:readline';
import { firstDigits } from '../../lib/digits';
import { imagesToTensor, labelsToTensor, loadMnist } from '../../lib/mnist';
import { compileModel, createModel, trainModel } from '../../lib/model';
import { startTensorflow } from '../../lib/tensorflow';

const [way, limit] = process.argv.slice(2);

async function main(): Promise<void> {
  const { backend, version } = await startTensorflow();
  const { train } = await loadMnist();
  const digits = limit ? firstDigits(train, Number(limit)) : train;
  const model = createModel();
  compileModel(model);
  const data = way === 'fit' ? [imagesToTensor(digits), labelsToTensor(digits)] : [];
  // trainModel says once that another step runs; that is no answer.
  console.warn = () => {};
  answer({ version: `TensorFlow.js, ${backend} ${version}` });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { batchSize } = JSON.parse(line);
    const start = performance.now();
    let loss: number;
    if (way === 'fit') {
      const how = { epochs: 1, batchSize, verbose: 0 };
      loss = Number((await model.fit(data[0], data[1], how)).history.loss[0]);
    } else {
      loss = (await trainModel(model, digits, { epochs: 1, batchSize })).epochs[0].loss;
    }
    answer({ seconds: (performance.now() - start) / 1000, loss });
  }
}

function answer(content: object): void {
  process.stdout.write(`${JSON.stringify(content)}\n`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
