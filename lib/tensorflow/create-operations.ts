/** Chooses who runs the operations. */
import { operationsOfBackend, tf } from './backend';
import { isNative } from './insides';
import { NativeOperations } from './native-operations';
import type { Operations } from './operations';
import { PortableOperations } from './portable-operations';
import { whyNoKernels } from './wasm-kernels';
import { WasmOperations } from './wasm-operations';

/** @returns the operations of the backend in use; the caller disposes them */
export function createOperations(): Operations {
  if (isNative()) return new NativeOperations();
  const make = operationsOfBackend();
  if (make) return make() as Operations;
  return tf.getBackend() === 'wasm' && !whyNoKernels() ? new WasmOperations() : new PortableOperations();
}
