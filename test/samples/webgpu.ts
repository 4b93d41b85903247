import { startTensorflow, tf } from '../../lib/tensorflow/backend';

/**
 * Starts WebGPU, if set-up has put it here and a graphics card answers, or a program that does a card's work: then small
 * tensors go there too, which TensorFlow.js would else leave to JavaScript.
 *
 * @returns why it cannot, as the end of a test's name; empty if it can
 */
export async function whyNoWebGpu(): Promise<string> {
  const { backend } = await startTensorflow();
  try {
    await startTensorflow('webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
    return '';
  } catch (error) {
    const [, reason] = /WebGPU (.*?)(?: \(|\. `|$)/.exec((error as Error).message) ?? [];
    return ` (skipped: WebGPU ${reason})`;
  } finally {
    await startTensorflow(backend);
  }
}
