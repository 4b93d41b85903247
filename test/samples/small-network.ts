/** A network trained for the tests: 784-128-10, as notebook 07's. */
import { loadMnist, type Mnist } from '../../lib/data/mnist';
import { compileModel, createModel, trainModel } from '../../lib/model/mnist-model';
import { startTensorflow, type tf } from '../../lib/tensorflow/backend';

/** @returns the network after `epochs` passes over the 50,000 training digits, and the data; the same each time */
export async function trainSmallNetwork(
  epochs = 3,
  seed = 1,
): Promise<{ model: tf.Sequential; mnist: Mnist }> {
  await startTensorflow();
  const mnist = await loadMnist();
  const model = createModel({ seed });
  compileModel(model);
  await trainModel(model, mnist.train, { epochs, batchSize: 64, seed });
  return { model, mnist };
}
