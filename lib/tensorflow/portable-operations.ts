/**
 * The operations of the fused step on TensorFlow.js's other backends: the products and what goes entry
 * by entry are kernels of the backend, the optimizers' updates are loops over plain arrays.
 */

import { tf } from './backend';
import type { Attribute, Handle, Operations, SharedFloats } from './native-operations';

type Run = (inputs: tf.Tensor[], set: (name: string) => boolean) => tf.Tensor;

const runs: Record<string, Run> = {
  MatMul: ([a, b], set) => tf.matMul(a, b, set('transpose_a'), set('transpose_b')),
  BiasAdd: ([x, bias]) => tf.add(x, bias),
  BiasAddGrad: ([delta]) => tf.sum(delta, 0),
  Relu: ([x]) => tf.relu(x),
  ReluGrad: ([delta, output]) => tf.mul(delta, tf.step(output)),
  Sigmoid: ([x]) => tf.sigmoid(x),
  SigmoidGrad: ([output, delta]) => tf.mul(delta, tf.mul(output, tf.sub(1, output))),
  Tanh: ([x]) => tf.tanh(x),
  TanhGrad: ([output, delta]) => tf.mul(delta, tf.sub(1, tf.mul(output, output))),
  Softmax: ([x]) => tf.softmax(x),
  Mul: ([a, b]) => tf.mul(a, b),
  Sub: ([a, b]) => tf.sub(a, b),
  AddV2: ([a, b]) => tf.add(a, b),
  RealDiv: ([a, b]) => tf.div(a, b),
  Sum: ([x], set) => tf.sum(x, 1, set('keep_dims')),
  L2Loss: ([x]) => tf.mul(0.5, tf.sum(tf.mul(x, x))),
  ZerosLike: ([x]) => tf.zerosLike(x),
};

/** Each changes the first of the arrays, and its state, in place; numbers come as arrays of one. */
const updates: Record<string, (arrays: Float32Array[], set: (name: string) => boolean) => void> = {
  ResourceApplyGradientDescent: ([values, [rate], gradient]) => {
    for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
  },
  ResourceApplyMomentum: ([values, sums, [rate], gradient, [momentum]], set) => {
    const nesterov = set('use_nesterov');
    for (let i = 0; i < values.length; i++) {
      sums[i] = sums[i] * momentum + gradient[i];
      values[i] -= rate * (nesterov ? gradient[i] + momentum * sums[i] : sums[i]);
    }
  },
  ResourceApplyRMSProp: ([values, squares, moments, [rate], [decay], [momentum], [epsilon], g]) => {
    for (let i = 0; i < values.length; i++) {
      squares[i] += (g[i] * g[i] - squares[i]) * (1 - decay);
      moments[i] = moments[i] * momentum + (rate * g[i]) / Math.sqrt(squares[i] + epsilon);
      values[i] -= moments[i];
    }
  },
  ResourceApplyAdam: ([
    values,
    means,
    squares,
    [power1],
    [power2],
    [rate],
    [b1],
    [b2],
    [hat],
    g,
  ]) => {
    const step = (rate * Math.sqrt(1 - power2)) / (1 - power1);
    for (let i = 0; i < values.length; i++) {
      means[i] += (g[i] - means[i]) * (1 - b1);
      squares[i] += (g[i] * g[i] - squares[i]) * (1 - b2);
      values[i] -= (step * means[i]) / (Math.sqrt(squares[i]) + hat);
    }
  },
};

interface Entry {
  shape: number[];
  /** what updates change and JavaScript writes */
  values?: Float32Array;
  /** made from `values` when an operation asks; dropped when they change */
  tensor?: tf.Tensor;
}

/** The same as `NativeOperations`, with TensorFlow.js's kernels. */
export class PortableOperations implements Operations {
  private readonly entries = new Map<Handle, Entry>();
  private results: Handle[] = [];
  private next = 0;

  flag(name: string, value: boolean): Attribute {
    return { name, type: 0, value };
  }

  run(name: string, inputs: Handle[], attributes: Attribute[] = []): Handle {
    const tensor = tf.tidy(() =>
      runs[name](
        inputs.map((one) => this.tensorOf(one)),
        isSet(attributes),
      ),
    );
    const handle = this.add({ shape: tensor.shape, tensor });
    this.results.push(handle);
    return handle;
  }

  update(name: string, inputs: Handle[], attributes: Attribute[] = []): void {
    updates[name](
      inputs.map((one) => this.valuesOf(one)),
      isSet(attributes),
    );
    // Only variables have both; the state's tensors are never asked for.
    this.dropTensor(inputs[0]);
  }

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

  variable(shape: number[], initial: Handle): Handle {
    return this.add({ shape, values: Float32Array.from(this.valuesOf(initial)) });
  }

  /** The variable itself: nothing changes it between the products of a step and its update. */
  readVariable(variable: Handle): Handle {
    return variable;
  }

  /** A tensor with a copy of the present values. */
  variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    return tf.tensor(this.valuesOf(variable).slice(), shape, 'float32');
  }

  handleOf(tensor: tf.Tensor): Handle {
    const handle = this.add({ shape: tensor.shape, values: tensor.dataSync() as Float32Array });
    this.results.push(handle);
    return handle;
  }

  constant(values: number[], shape: number[] = []): Handle {
    return this.add({ shape, values: Float32Array.from(values) });
  }

  wholeConstant(values: number[]): Handle {
    return this.constant(values, [values.length]);
  }

  shared(shape: number[]): SharedFloats {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    const handle = this.add({ shape, values });
    return { values, handle, publish: () => this.dropTensor(handle) };
  }

  dispose(): void {
    for (const handle of [...this.entries.keys()]) this.free(handle);
    this.results = [];
  }

  private add(entry: Entry): Handle {
    if (entry.tensor) tf.keep(entry.tensor);
    this.entries.set(this.next, entry);
    return this.next++;
  }

  private tensorOf(handle: Handle): tf.Tensor {
    const entry = this.entries.get(handle) as Entry;
    // The backend may keep the array it is given: it gets one of its own.
    entry.tensor ??= tf.keep(
      tf.tensor((entry.values as Float32Array).slice(), entry.shape, 'float32'),
    );
    return entry.tensor;
  }

  private valuesOf(handle: Handle): Float32Array {
    return this.read(handle);
  }

  private dropTensor(handle: Handle): void {
    const entry = this.entries.get(handle);
    entry?.tensor?.dispose();
    if (entry) entry.tensor = undefined;
  }

  private free(handle: Handle): void {
    this.dropTensor(handle);
    this.entries.delete(handle);
  }
}

function isSet(attributes: Attribute[]): (name: string) => boolean {
  return (wanted) => attributes.some(({ name, value }) => name === wanted && value === true);
}
