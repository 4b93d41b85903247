/**
 * The kernels of `WasmOperations`, in AssemblyScript with 128-bit SIMD; `npm run wasm` builds them. Pointers are in
 * bytes, lengths in float32 numbers. The caller sees to it that every array is followed by 16 bytes that may be read and,
 * after an array that is written, overwritten.
 */
export { attend, attentionScratch, throughAttend } from './attention';
export {
  add,
  divide,
  halfSquares,
  multiply,
  relu,
  sigmoid,
  tanh,
  throughRelu,
  throughSigmoid,
  throughTanh,
} from './entries';
export { product } from './products';
export {
  addBias,
  addResidual,
  biasGelu,
  crossEntropy,
  embed,
  layerNorm,
  softmax,
  sumRows,
  throughBiasGelu,
  throughEmbed,
  throughLayerNorm,
  throughSoftmax,
} from './rows';
export { adam, descend, momentum, rmsProp } from './updates';

/** @returns where the kernels' own memory ends */
export function heapBase(): usize {
  return __heap_base;
}
