/** Chooses who runs the operations. */
import { isNative } from './insides';
import { NativeOperations } from './native-operations';
import type { Operations } from './operations';
import { PortableOperations } from './portable-operations';

/** @returns the operations of the backend in use; the caller disposes them */
export function createOperations(): Operations {
  return isNative() ? new NativeOperations() : new PortableOperations();
}
