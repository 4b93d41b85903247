/** Tensors in the memory of the kernels: how long they live, and how JavaScript reads and writes them. */
import { tf } from './backend';
import type { Handle } from './insides';
import type { SharedFloats } from './operations';
import type { SharedIndices } from './transformer-operations';
import { KernelMemory } from './wasm-memory';

/** A handle is where a tensor begins in the memory, in bytes. The methods are described at `Operations`. */
export class WasmTensors {
  protected readonly memory = KernelMemory.take();
  private readonly shapes = new Map<Handle, readonly number[]>();
  private results: Handle[] = [];
  private disposed = false;

  read(handle: Handle): Float32Array {
    const start = handle >>> 2;
    return this.memory.floats.slice(start, start + this.countOf(handle));
  }

  freeResults(kept: readonly Handle[] = []): void {
    const { results } = this;
    this.results = results.filter((handle) => kept.includes(handle));
    for (const handle of results) if (!kept.includes(handle)) this.release(handle);
  }

  freeLastResult(): void {
    const handle = this.results.pop();
    if (handle !== undefined) this.release(handle);
  }

  countResults(): number {
    return this.results.length;
  }

  resultsAfter(count: number): Handle[] {
    return this.results.slice(count);
  }

  discard(results: readonly Handle[]): void {
    const freed = new Set(results);
    this.results = this.results.filter((handle) => !freed.has(handle));
    for (const handle of freed) this.release(handle);
  }

  variable(shape: number[], initial: Handle): Handle {
    const handle = this.make(shape);
    this.assign(handle, initial);
    return handle;
  }

  assign(variable: Handle, value: Handle): void {
    const count = this.countOf(variable);
    this.requireCount('assign', value, count);
    this.memory.floats.copyWithin(variable >>> 2, value >>> 2, (value >>> 2) + count);
  }

  /** The variable itself: nothing changes it between the products of a step and its update. */
  readVariable(variable: Handle): Handle {
    return variable;
  }

  variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    return tf.tensor(this.read(variable), shape, 'float32');
  }

  /** A result with the tensor's values. */
  handleOf(tensor: tf.Tensor): Handle {
    const values = tensor.dataSync();
    const handle = this.result(tensor.shape);
    this.memory.floats.set(values, handle >>> 2);
    return handle;
  }

  constant(value: number): Handle {
    const handle = this.make([]);
    this.memory.floats[handle >>> 2] = value;
    return handle;
  }

  shared(shape: number[]): SharedFloats {
    const { memory } = this;
    const handle = this.make(shape);
    const [start, count] = [handle >>> 2, this.countOf(handle)];
    const view = () => memory.floats.subarray(start, start + count);
    let values = view().fill(0);
    return {
      get values() {
        if (values.buffer !== memory.floats.buffer) values = view();
        return values;
      },
      handle,
      publish() {},
    };
  }

  sharedIndices(count: number): SharedIndices {
    const { memory } = this;
    const handle = this.make([count]);
    const view = () => memory.ints.subarray(handle >>> 2, (handle >>> 2) + count);
    let values = view().fill(0);
    return {
      get values() {
        if (values.buffer !== memory.ints.buffer) values = view();
        return values;
      },
      handle,
      publish() {},
    };
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.shapes.clear();
    this.results = [];
    this.memory.giveBack();
  }

  /** Room for a tensor that lasts until `freeResults()`; its values are whatever lay there. */
  protected result(shape: readonly number[]): Handle {
    const handle = this.make(shape);
    this.results.push(handle);
    return handle;
  }

  protected zeros(shape: readonly number[]): Handle {
    const handle = this.result(shape);
    this.memory.floats.fill(0, handle >>> 2, (handle >>> 2) + this.countOf(handle));
    return handle;
  }

  protected shapeOf(handle: Handle): readonly number[] {
    const shape = this.shapes.get(handle);
    if (!shape) throw new Error(`Cannot run an operation: there is no tensor ${handle}, or it was freed`);
    return shape;
  }

  protected countOf(handle: Handle): number {
    return this.shapeOf(handle).reduce((product, length) => product * length, 1);
  }

  /** @returns rows and columns of a tensor, the last dimension being the columns */
  protected sizeOf(handle: Handle): [number, number] {
    const columns = this.shapeOf(handle).at(-1) ?? 1;
    return [this.countOf(handle) / columns, columns];
  }

  /** The kernels trust their callers: a wrong length would let them write over other tensors. */
  protected requireCount(action: string, handle: Handle, count: number): void {
    const actual = this.countOf(handle);
    if (actual !== count) {
      throw new RangeError(`Cannot ${action}: a tensor must have ${count} numbers, got ${actual}`);
    }
  }

  private make(shape: readonly number[]): Handle {
    if (this.disposed) throw new Error('Cannot run an operation: the operations were disposed');
    const handle = this.memory.allocate(shape.reduce((product, length) => product * length, 1));
    this.shapes.set(handle, [...shape]);
    return handle;
  }

  private release(handle: Handle): void {
    const count = this.countOf(handle);
    this.shapes.delete(handle);
    this.memory.release(handle, count);
  }
}
