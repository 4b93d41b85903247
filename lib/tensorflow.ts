/** TODO */
export { type BackendChoice, startTensorflow, tf } from './tensorflow/backend';
export { bytesToTensor, imagesToTensor, labelsToTensor } from './tensorflow/tensors';
