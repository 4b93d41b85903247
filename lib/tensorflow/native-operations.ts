/**
 * Native TensorFlow's own operations, one call each: what TensorFlow.js's layers are built on, without
 * the bookkeeping around it. A tensor is a whole number here, its handle; whoever gets one frees it.
 */
import { tf } from './backend';

/** Names a native tensor; valid until it is freed. */
export type Handle = number;

/** A named setting of an operation, such as `transpose_a` of `MatMul`. */
export interface Attribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}

interface OutputInfo {
  id: Handle;
}

interface Binding {
  TF_FLOAT: number;
  TF_INT32: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array): Handle;
  deleteTensor(handle: Handle): void;
  tensorDataSync(handle: Handle): Float32Array;
  executeOp(name: string, attributes: Attribute[], inputs: Handle[], outputs: number): OutputInfo[];
  getNumOfTensors(): number;
}

interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: tf.Tensor[]): Handle[];
  createOutputTensor(metadata: { id: Handle; shape: number[]; dtype: number }): tf.Tensor;
}

/** Numbers that JavaScript writes and native operations read, from the same memory where possible. */
export interface SharedFloats {
  /** write here, then call `publish()` */
  readonly values: Float32Array;
  /** the tensor with these values */
  readonly handle: Handle;
  /** makes what was written visible to native operations; may change `handle` */
  publish(): void;
}

/** What the fused step is made of; the methods are described at {@link NativeOperations}. */
export interface Operations {
  flag(name: string, value: boolean): Attribute;
  run(name: string, inputs: Handle[], attributes?: Attribute[]): Handle;
  update(name: string, inputs: Handle[], attributes?: Attribute[]): void;
  read(handle: Handle): Float32Array;
  freeResults(kept?: readonly Handle[]): void;
  freeLastResult(): void;
  variable(shape: number[], initial: Handle): Handle;
  readVariable(variable: Handle): Handle;
  variableToTensor(variable: Handle, shape: number[]): tf.Tensor;
  handleOf(tensor: tf.Tensor): Handle;
  constant(values: number[], shape?: number[]): Handle;
  wholeConstant(values: number[]): Handle;
  shared(shape: number[]): SharedFloats;
  dispose(): void;
}

/** @returns whether native TensorFlow runs */
export function hasNativeOperations(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** @returns how many tensors native TensorFlow holds at present; 0 on other backends */
export function countNativeTensors(): number {
  return hasNativeOperations() ? nativeBackend().binding.getNumOfTensors() : 0;
}

function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** Numbers the variables, so that no two share their memory by name. */
let variables = 0;

/**
 * Runs native operations and owns what they make: results last until `freeResults()`, variables and
 * shared arrays until `dispose()`.
 *
 * @example
 * const native = new NativeOperations();
 * const product = native.run('MatMul', [native.handleOf(a), native.handleOf(b)]);
 * const values = native.read(product); // Float32Array, row after row
 * native.dispose();
 */
export class NativeOperations implements Operations {
  private readonly backend: NativeBackend;
  private readonly binding: Binding;
  private results: Handle[] = [];
  private readonly kept: Handle[] = [];
  private readonly resources: Handle[] = [];
  private readonly floatType: Attribute[];

  /** @throws Error unless native TensorFlow runs */
  constructor() {
    if (!hasNativeOperations()) {
      throw new Error('Cannot run native operations: native TensorFlow does not run');
    }
    this.backend = nativeBackend();
    this.binding = this.backend.binding;
    const { TF_ATTR_TYPE, TF_FLOAT } = this.binding;
    this.floatType = [{ name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT }];
  }

  /** @returns a setting that is true or false */
  flag(name: string, value: boolean): Attribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  /**
   * Runs one operation with one result.
   *
   * @param name - as TensorFlow names it, such as `MatMul`
   * @param inputs - handles, in the operation's order
   * @param attributes - settings that do not follow from the inputs
   * @returns the result; `freeResults()` frees it
   * @throws Error if TensorFlow refuses
   */
  run(name: string, inputs: Handle[], attributes: Attribute[] = []): Handle {
    const handle = this.binding.executeOp(name, attributes, inputs, 1)[0].id;
    this.results.push(handle);
    return handle;
  }

  /** Runs an operation without result, such as `ResourceApplyAdam`. */
  update(name: string, inputs: Handle[], attributes: Attribute[] = []): void {
    this.binding.executeOp(name, attributes, inputs, 0);
  }

  /** @returns a copy of the numbers of a float32 tensor, row after row */
  read(handle: Handle): Float32Array {
    return this.binding.tensorDataSync(handle);
  }

  /** Frees the results of all `run()` and `readVariable()` since the last time, but for those kept. */
  freeResults(kept: readonly Handle[] = []): void {
    for (const handle of this.results) {
      if (!kept.includes(handle)) this.binding.deleteTensor(handle);
    }
    this.results = this.results.filter((handle) => kept.includes(handle));
  }

  /** Frees the latest result of `run()` or `readVariable()`, before the others. */
  freeLastResult(): void {
    const handle = this.results.pop();
    if (handle !== undefined) this.binding.deleteTensor(handle);
  }

  /**
   * A variable: memory that update operations change in place.
   *
   * @param shape - its shape, any rank
   * @param initial - its first value, float32; not changed and not kept
   * @returns the variable, for update operations and `readVariable()`
   */
  variable(shape: number[], initial: Handle): Handle {
    const { TF_ATTR_SHAPE, TF_ATTR_STRING } = this.binding;
    const attributes = [
      ...this.floatType,
      { name: 'shape', type: TF_ATTR_SHAPE, value: shape },
      { name: 'shared_name', type: TF_ATTR_STRING, value: `descent-variable-${variables++}` },
    ];
    const [{ id }] = this.binding.executeOp('VarHandleOp', attributes, [], 1);
    this.resources.push(id);
    this.update('AssignVariableOp', [id, initial], this.floatType);
    return id;
  }

  /** @returns the variable's value; free it before the next update, which otherwise copies it first */
  readVariable(variable: Handle): Handle {
    return this.run('ReadVariableOp', [variable], this.floatType);
  }

  /**
   * The variable's present value as a tensor of TensorFlow.js. Later updates do not change it.
   *
   * @param variable - made by `variable()`
   * @param shape - its shape
   * @returns a float32 tensor; the caller disposes it
   */
  variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    const [{ id }] = this.binding.executeOp('ReadVariableOp', this.floatType, [variable], 1);
    return this.backend.createOutputTensor({ id, shape, dtype: this.binding.TF_FLOAT });
  }

  /** @returns the handle of a tensor; it stays the tensor's own */
  handleOf(tensor: tf.Tensor): Handle {
    return this.backend.getInputTensorIds([tensor])[0];
  }

  /** @returns a constant; `dispose()` frees it */
  constant(values: number[], shape: number[] = []): Handle {
    const handle = this.binding.createTensor(
      shape,
      this.binding.TF_FLOAT,
      Float32Array.from(values),
    );
    this.kept.push(handle);
    return handle;
  }

  /** @returns a constant vector of whole numbers; `dispose()` frees it */
  wholeConstant(values: number[]): Handle {
    const { binding } = this;
    const handle = binding.createTensor([values.length], binding.TF_INT32, Int32Array.from(values));
    this.kept.push(handle);
    return handle;
  }

  /**
   * Numbers that JavaScript writes again and again for native operations to read. TensorFlow uses an
   * array's own memory if it begins at a multiple of 64 bytes and copies it otherwise, so a place in a
   * slightly larger buffer is tried out; if none is found, `publish()` copies.
   *
   * @param shape - of the tensor, any rank
   * @returns zeros; `dispose()` frees the tensor
   */
  shared(shape: number[]): SharedFloats {
    const { binding, kept } = this;
    const size = shape.reduce((product, length) => product * length, 1);
    const buffer = new ArrayBuffer(size * 4 + 64);
    for (let offset = 0; offset < 64; offset += 16) {
      const values = new Float32Array(buffer, offset, size);
      const handle = binding.createTensor(shape, binding.TF_FLOAT, values);
      values[0] = 1;
      const seen = binding.tensorDataSync(handle)[0] === 1;
      values[0] = 0;
      if (seen) {
        kept.push(handle);
        return { values, handle, publish() {} };
      }
      binding.deleteTensor(handle);
    }
    const values = new Float32Array(size);
    const place = kept.push(binding.createTensor(shape, binding.TF_FLOAT, values)) - 1;
    return {
      values,
      get handle() {
        return kept[place];
      },
      publish() {
        binding.deleteTensor(kept[place]);
        kept[place] = binding.createTensor(shape, binding.TF_FLOAT, values);
      },
    };
  }

  /** Frees all that was made. */
  dispose(): void {
    this.freeResults();
    for (const resource of this.resources) {
      const lenient = [this.flag('ignore_lookup_error', true)];
      this.update('DestroyResourceOp', [resource], lenient);
      this.binding.deleteTensor(resource);
    }
    for (const handle of this.kept) this.binding.deleteTensor(handle);
    this.resources.length = 0;
    this.kept.length = 0;
  }
}
