/** Tensors of TensorFlow.js behind handles, beside arrays that updates change and JavaScript writes. */
import { tf } from './backend';
import type { Handle } from './insides';
import type { SharedFloats } from './operations';
import type { SharedIndices } from './transformer-operations';

/** What a handle stands for. */
export interface Entry {
  shape: readonly number[];
  /** what updates change and JavaScript writes */
  values?: Float32Array;
  /** made from `values` when an operation asks; dropped when they change */
  tensor?: tf.Tensor;
  /** whole numbers, in place of both */
  indices?: Int32Array;
}

/** The methods are described at `Operations`. */
export class PortableTensors {
  private readonly entries = new Map<Handle, Entry>();
  private results: Handle[] = [];
  private next = 0;

  read(handle: Handle): Float32Array {
    return this.entries.get(handle)?.values ?? (this.tensorOf(handle).dataSync() as Float32Array);
  }

  freeResults(kept: readonly Handle[] = []): void {
    for (const handle of this.results) if (!kept.includes(handle)) this.free(handle);
    this.results = this.results.filter((handle) => kept.includes(handle));
  }

  freeLastResult(): void {
    const handle = this.results.pop();
    if (handle !== undefined) this.free(handle);
  }

  /** Results stay until they are all freed: there is memory enough, and what the way back remembers points to them. */
  countResults(): number {
    return 0;
  }

  resultsAfter(_count: number): Handle[] {
    return [];
  }

  discard(_results: readonly Handle[]): void {}

  variable(shape: number[], initial: Handle): Handle {
    return this.enter({ shape, values: Float32Array.from(this.read(initial)) });
  }

  assign(variable: Handle, value: Handle): void {
    const [values] = this.arrays(variable);
    values.set(this.read(value));
  }

  /** The variable itself: nothing changes it between the products of a step and its update. */
  readVariable(variable: Handle): Handle {
    return variable;
  }

  /** A tensor with a copy of the present values. */
  variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    return tf.tensor(this.read(variable).slice(), shape, 'float32');
  }

  handleOf(tensor: tf.Tensor): Handle {
    return this.result({ shape: tensor.shape, values: tensor.dataSync() as Float32Array });
  }

  constant(value: number): Handle {
    return this.enter({ shape: [], values: Float32Array.of(value) });
  }

  shared(shape: number[]): SharedFloats {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    const handle = this.enter({ shape, values });
    return { values, handle, publish: () => this.dropTensor(handle) };
  }

  sharedIndices(count: number): SharedIndices {
    const values = new Int32Array(count);
    const handle = this.enter({ shape: [count], indices: values });
    return { values, handle, publish() {} };
  }

  dispose(): void {
    for (const handle of [...this.entries.keys()]) this.free(handle);
    this.results = [];
  }

  protected run(inputs: Handle[], compute: (inputs: tf.Tensor[]) => tf.Tensor): Handle {
    const tensor = tf.tidy(() => compute(inputs.map((one) => this.tensorOf(one))));
    return this.result({ shape: tensor.shape, tensor });
  }

  /** The arrays behind the handles; the first is about to change. */
  protected arrays(...handles: Handle[]): Float32Array[] {
    // Only a parameter has both an array and a tensor; the state's tensors are never asked for.
    this.dropTensor(handles[0]);
    return handles.map((handle) => this.read(handle));
  }

  protected result(entry: Entry): Handle {
    const handle = this.enter(entry);
    this.results.push(handle);
    return handle;
  }

  protected shapeOf(handle: Handle): readonly number[] {
    return this.entryOf(handle).shape;
  }

  protected indicesOf(handle: Handle): Int32Array {
    return this.entryOf(handle).indices as Int32Array;
  }

  protected entryOf(handle: Handle): Entry {
    return this.entries.get(handle) as Entry;
  }

  protected enter(entry: Entry): Handle {
    if (entry.tensor) tf.keep(entry.tensor);
    this.entries.set(this.next, entry);
    return this.next++;
  }

  protected tensorOf(handle: Handle): tf.Tensor {
    const entry = this.entryOf(handle);
    // The backend may keep the array it is given: it gets one of its own.
    entry.tensor ??= tf.keep(tf.tensor((entry.values as Float32Array).slice(), [...entry.shape], 'float32'));
    return entry.tensor;
  }

  private dropTensor(handle: Handle): void {
    const entry = this.entries.get(handle);
    if (!entry?.values) return;
    entry.tensor?.dispose();
    entry.tensor = undefined;
  }

  private free(handle: Handle): void {
    const entry = this.entries.get(handle);
    entry?.tensor?.dispose();
    this.entries.delete(handle);
  }
}
