/** Starts TensorFlow.js on a graphics card, and says when that fails; a page loads this file once its reader wishes it. */
import type { CardNeeds, Started } from '../webgpu';

type Tensorflow = typeof import('@tensorflow/tfjs');

/** TensorFlow.js's backend, as far as it is used here. */
interface Backend {
  device: GPUDevice;
  hasReadSyncWarned: boolean;
}

let started: Promise<Started> | undefined;

/**
 * @param needs - see {@link CardNeeds}
 * @returns what the card adds to the backend, the same each time
 * @throws Error that says why nothing computes, in the words of the page
 */
export function startCard(needs: CardNeeds): Promise<Started> {
  started ??= start(needs);
  return started;
}

async function start({ address, load, say, lose }: CardNeeds): Promise<Started> {
  const tf = (await load('@tensorflow/tfjs')) as Tensorflow;
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error(say('WebGPU was chosen, but no graphics card answers.'));
  await import(`${address}webgpu/backend.js`);
  const { WebGpuOperations } = await import(`${address}webgpu/operations.js`);
  if (!(await tf.setBackend('webgpu')))
    throw new Error(say('WebGPU was chosen, but the graphics card does not start.'));
  const backend = tf.backend() as unknown as Backend;
  // Of what it would advise, the course knows: a cell that reads at once does so wherever it runs.
  backend.hasReadSyncWarned = true;
  if (!readsTruly(tf))
    throw new Error(say('WebGPU was chosen, but this browser does not let its numbers be read.'));
  const fail = (message: string) => {
    const [why] = message.trim().split('\n');
    lose(
      say(
        'WebGPU failed ({why}): what the cells had computed is lost. Run them again; the fastest way computes now.',
        { why },
      ),
    );
  };
  void backend.device.lost.then(({ message }) => fail(message || say('the graphics card is lost')));
  // It goes on with zeros.
  backend.device.addEventListener('uncapturederror', ({ error }) => fail(error.message));
  const { description, vendor, architecture } = adapter.info;
  const device = description || `${vendor} ${architecture}`.trim() || say('a graphics card');
  return { device: () => device, operations: () => () => new WebGpuOperations() };
}

/**
 * What is read at once goes through a picture, which some browsers blur so that nobody knows their readers again.
 *
 * @returns whether each number that the card computes comes back as it is
 */
function readsTruly(tf: Tensorflow): boolean {
  // Of many sizes and both signs, and more than TensorFlow.js leaves to the processor.
  const numbers = Float32Array.from({ length: 4096 }, (_, place) => (place - 2048.5) * 1.01 ** (place / 4));
  const [x, negative] = tf.tidy(() => {
    const x = tf.tensor1d(numbers);
    return [x, tf.neg(x)];
  });
  try {
    return (negative.dataSync() as Float32Array).every((value, place) => value === -numbers[place]);
  } catch {
    return false;
  } finally {
    tf.dispose([x, negative]);
  }
}
