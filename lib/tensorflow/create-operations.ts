/** Chooses who runs the operations. */
import { tf } from './backend';
import { isNative } from './insides';
import { NativeOperations } from './native-operations';
import type { Operations } from './operations';
import { PortableOperations } from './portable-operations';
import { whyNoKernels } from './wasm-kernels';
import { WasmOperations } from './wasm-operations';
import { WebGpuOperations } from './webgpu-operations';

/** @returns the operations of the backend in use; the caller disposes them */
export function createOperations(): Operations {
  if (isNative()) return new NativeOperations();
  if (tf.getBackend() === 'webgpu') return new WebGpuOperations();
  return tf.getBackend() === 'wasm' && !whyNoKernels() ? new WasmOperations() : new PortableOperations();
}
