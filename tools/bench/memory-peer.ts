/**
 * One long training on the backend in use, and what memory it needs as it goes. The argument says which, as JSON:
 * `{"epochs": 200}` of MNIST, with `digits` only of the first ones, or `{"steps": 5000}` of the GPT, with `sizes` of another
 * one. `leak` keeps so many bytes more at each look, for who tries whether that is seen. Needs `--expose-gc`. Prints one JSON
 * line: `{"seconds": …, "tensors": […], "megabytes": […]}`, a look after each epoch or hundredth of the steps.
 */
import { firstDigits, loadMnist } from '../../lib/data';
import { compileModel, createModel, trainModel } from '../../lib/model';
import { startTensorflow, tf } from '../../lib/tensorflow';
import { GptTraining, gptSizes } from './gpt';
import type { LongTraining, Looks } from './memory';

const looks: Looks = { seconds: 0, tensors: [], megabytes: [] };
const kept: Buffer[] = [];

/** What has been thrown away does not count; what V8 and the system keep for later does. */
function look(leak = 0): void {
  if (leak > 0) kept.push(Buffer.alloc(leak, 1));
  (globalThis as { gc?: () => void }).gc?.();
  looks.tensors.push(tf.memory().numTensors);
  looks.megabytes.push(process.memoryUsage().rss / 1e6);
}

async function epochs(count: number, { digits, leak }: LongTraining): Promise<void> {
  const { train } = await loadMnist({ validation: 0 });
  const model = createModel();
  compileModel(model);
  const view = { onEpoch: () => look(leak) };
  await trainModel(model, digits ? firstDigits(train, digits) : train, { epochs: count, view });
}

function steps(count: number, { sizes, leak }: LongTraining): void {
  const gpt = new GptTraining({ ...gptSizes, ...sizes });
  const between = Math.ceil(count / 100);
  for (let step = 1; step <= count; step++) {
    gpt.step();
    if (step % between === 0) look(leak);
  }
}

async function main(): Promise<void> {
  const training: LongTraining = JSON.parse(process.argv[2]);
  await startTensorflow();
  const start = performance.now();
  if (training.epochs) await epochs(training.epochs, training);
  if (training.steps) steps(training.steps, training);
  looks.seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify(looks));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
