/**
 * TensorFlow.js on the fastest backend there is, and digits as its tensors.
 *
 * @example
 * import { startTensorflow, tf } from './lib/tensorflow';
 *
 * await startTensorflow();
 * console.log(tf.tidy(() => tf.sum([1, 2, 3]).dataSync()[0]));
 * // 6
 */

export { type BackendChoice, nativeAddOn, startTensorflow, tf } from './tensorflow/backend';
export { createOperations } from './tensorflow/create-operations';
export type { Handle, Operations } from './tensorflow/operations';
export { bytesToTensor, imagesToTensor, labelsToTensor } from './tensorflow/tensors';
export { withThreadsFor } from './tensorflow/threads';
