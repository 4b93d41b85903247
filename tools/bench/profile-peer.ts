/**
 * Where the time of a step goes, in the backend in use: an epoch of MNIST with each batch size, and steps of the GPT. One
 * line on stdout, measurements as JSON.
 */
import { loadMnist } from '../../lib/data';
import { compileModel, createModel, trainModel } from '../../lib/model';
import { type OperationProfile, profileOperations } from '../../lib/speed';
import { startTensorflow } from '../../lib/tensorflow';
import { GptTraining, gptSizes } from './gpt';
import type { Measurement } from './results';

const batchSizes = [32, 128, 1024];
const gptSteps = 20;
/** Of each part the least time of so many runs counts. */
const repeats = 5;
/** Parts that take a smaller share are told together. */
const smallest = 0.02;

async function main(): Promise<void> {
  const { backend } = await startTensorflow();
  const { train } = await loadMnist({ validation: 0 });
  const model = createModel();
  compileModel(model);
  const measurements: Measurement[] = [];
  for (const batchSize of batchSizes) {
    const epoch = () => trainModel(model, train, { epochs: 1, batchSize });
    await epoch();
    const profile = await profileOperations(epoch, { repeats });
    measurements.push(
      ...partsOf(`a step, batch ${batchSize}, ${backend}`, profile, Math.ceil(train.count / batchSize)),
    );
  }
  measurements.push(...(await gptParts(backend)));
  console.log(JSON.stringify(measurements));
}

async function gptParts(backend: string): Promise<Measurement[]> {
  const steps = () => {
    const gpt = new GptTraining(gptSizes);
    for (let step = 0; step < gptSteps; step++) gpt.step();
    gpt.dispose();
  };
  steps();
  return partsOf(`a step of the GPT, ${backend}`, await profileOperations(steps, { repeats }), gptSteps);
}

/** The parts of one step, longest first. */
function partsOf(what: string, profile: OperationProfile, steps: number): Measurement[] {
  const parts = [
    ...profile.operations.map(({ name, milliseconds }) => ({ name, milliseconds })),
    { name: 'JavaScript', milliseconds: profile.outside },
  ].sort((a, b) => b.milliseconds - a.milliseconds);
  const large = parts.filter(({ milliseconds }) => milliseconds >= smallest * profile.milliseconds);
  const rest = profile.milliseconds - large.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...large, { name: 'the rest', milliseconds: rest }].map(({ name, milliseconds }) => ({
    name,
    what,
    seconds: [milliseconds / steps / 1000],
    note: `${((100 * milliseconds) / profile.milliseconds).toFixed(0)} %`,
  }));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
