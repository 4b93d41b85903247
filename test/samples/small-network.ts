/** A network trained for the tests: 784-128-10, as notebook 07's. */
import { imagesToTensor, labelsToTensor, loadMnist, type Mnist } from '../../lib/mnist';
import { startTensorflow, tf } from '../../lib/tensorflow';

/** Why a test that needs the real MNIST is skipped, or nothing. */
export const noMnist = process.env.MNIST_DIR
  ? ''
  : ' (skipped: MNIST_DIR names no folder with MNIST)';

/** @returns the network after `epochs` passes over the 60,000 training digits, and the data */
export async function trainSmallNetwork(
  epochs = 3,
): Promise<{ model: tf.Sequential; mnist: Mnist }> {
  await startTensorflow();
  const mnist = await loadMnist({ source: 'full' });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 128,
        activation: 'relu',
        inputShape: [784],
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
      }),
      tf.layers.dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'sparseCategoricalCrossentropy' });
  const [images, labels] = [imagesToTensor(mnist.train), labelsToTensor(mnist.train)];
  await model.fit(images, labels, { epochs, batchSize: 64, verbose: 0 });
  tf.dispose([images, labels]);
  return { model, mnist };
}
