/**
 * The operations on TensorFlow.js's other backends: the products and what goes entry by entry are
 * kernels of the backend, the optimizers' updates are loops over plain arrays.
 */
import { tf } from './backend';
import type { Handle } from './insides';
import type {
  ActivationName,
  AdamSettings,
  MomentumSettings,
  Operations,
  RmsPropSettings,
  SharedFloats,
} from './operations';

interface Entry {
  shape: number[];
  /** what updates change and JavaScript writes */
  values?: Float32Array;
  /** made from `values` when an operation asks; dropped when they change */
  tensor?: tf.Tensor;
}

/** `δ φ′(z)`, from `δ` and `a = φ(z)`. */
const through = {
  relu: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.step(a)),
  sigmoid: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.mul(a, tf.sub(1, a))),
  tanh: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.sub(1, tf.mul(a, a))),
  softmax: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(tf.sub(delta, tf.sum(tf.mul(delta, a), 1, true)), a),
};

/** The same as `NativeOperations`, with TensorFlow.js's kernels. */
export class PortableOperations implements Operations {
  private readonly entries = new Map<Handle, Entry>();
  private results: Handle[] = [];
  private next = 0;

  matMul(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle {
    return this.run([a, b], ([a, b]) => tf.matMul(a, b, transposed === 'first', transposed === 'second'));
  }

  addBias(x: Handle, bias: Handle): Handle {
    return this.run([x, bias], ([x, bias]) => tf.add(x, bias));
  }

  sumRows(delta: Handle): Handle {
    return this.run([delta], ([delta]) => tf.sum(delta, 0));
  }

  activate(activation: ActivationName, z: Handle): Handle {
    return activation === 'linear' ? z : this.run([z], ([z]) => tf[activation](z));
  }

  throughActivation(activation: ActivationName, delta: Handle, a: Handle): Handle {
    if (activation === 'linear') return delta;
    return this.run([delta, a], ([delta, a]) => through[activation](delta, a));
  }

  add(a: Handle, b: Handle): Handle {
    return this.run([a, b], ([a, b]) => tf.add(a, b));
  }

  multiply(a: Handle, b: Handle): Handle {
    return this.run([a, b], ([a, b]) => tf.mul(a, b));
  }

  divide(a: Handle, b: Handle): Handle {
    return this.run([a, b], ([a, b]) => tf.div(a, b));
  }

  halfSquares(x: Handle): Handle {
    return this.run([x], ([x]) => tf.mul(0.5, tf.sum(tf.mul(x, x))));
  }

  zerosLike(x: Handle): Handle {
    return this.run([x], ([x]) => tf.zerosLike(x));
  }

  descend(parameter: Handle, rate: Handle, gradient: Handle): void {
    const [theta, [alpha], g] = this.arrays(parameter, rate, gradient);
    for (let i = 0; i < theta.length; i++) theta[i] -= alpha * g[i];
  }

  descendWithMomentum(
    parameter: Handle,
    { sum }: { sum: Handle },
    settings: MomentumSettings,
    gradient: Handle,
  ): void {
    const [theta, m, g] = this.arrays(parameter, sum, gradient);
    const [[alpha], [beta]] = this.arrays(settings.rate, settings.momentum);
    for (let i = 0; i < theta.length; i++) {
      m[i] = m[i] * beta + g[i];
      theta[i] -= alpha * (settings.nesterov ? g[i] + beta * m[i] : m[i]);
    }
  }

  descendByRmsProp(
    parameter: Handle,
    { square, moment }: { square: Handle; moment: Handle },
    settings: RmsPropSettings,
    gradient: Handle,
  ): void {
    const [theta, v, m, g] = this.arrays(parameter, square, moment, gradient);
    const { rate, decay, momentum, epsilon } = settings;
    const [[alpha], [rho], [beta], [tiny]] = this.arrays(rate, decay, momentum, epsilon);
    for (let i = 0; i < theta.length; i++) {
      v[i] += (g[i] * g[i] - v[i]) * (1 - rho);
      m[i] = m[i] * beta + (alpha * g[i]) / Math.sqrt(v[i] + tiny);
      theta[i] -= m[i];
    }
  }

  descendByAdam(
    parameter: Handle,
    { mean, square }: { mean: Handle; square: Handle },
    settings: AdamSettings,
    gradient: Handle,
  ): void {
    const [theta, m, v, g] = this.arrays(parameter, mean, square, gradient);
    const { power1, power2, rate, beta1, beta2, epsilon } = settings;
    const [[p1], [p2], [alpha]] = this.arrays(power1, power2, rate);
    const [[b1], [b2], [tiny]] = this.arrays(beta1, beta2, epsilon);
    const step = (alpha * Math.sqrt(1 - p2)) / (1 - p1);
    for (let i = 0; i < theta.length; i++) {
      m[i] += (g[i] - m[i]) * (1 - b1);
      v[i] += (g[i] * g[i] - v[i]) * (1 - b2);
      theta[i] -= (step * m[i]) / (Math.sqrt(v[i]) + tiny);
    }
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

  dispose(): void {
    for (const handle of [...this.entries.keys()]) this.free(handle);
    this.results = [];
  }

  private run(inputs: Handle[], compute: (inputs: tf.Tensor[]) => tf.Tensor): Handle {
    const tensor = tf.tidy(() => compute(inputs.map((one) => this.tensorOf(one))));
    return this.result({ shape: tensor.shape, tensor });
  }

  /** The arrays behind the handles; the first is about to change. */
  private arrays(...handles: Handle[]): Float32Array[] {
    // Only a parameter has both an array and a tensor; the state's tensors are never asked for.
    this.dropTensor(handles[0]);
    return handles.map((handle) => this.read(handle));
  }

  private result(entry: Entry): Handle {
    const handle = this.enter(entry);
    this.results.push(handle);
    return handle;
  }

  private enter(entry: Entry): Handle {
    if (entry.tensor) tf.keep(entry.tensor);
    this.entries.set(this.next, entry);
    return this.next++;
  }

  private tensorOf(handle: Handle): tf.Tensor {
    const entry = this.entries.get(handle) as Entry;
    // The backend may keep the array it is given: it gets one of its own.
    entry.tensor ??= tf.keep(tf.tensor((entry.values as Float32Array).slice(), entry.shape, 'float32'));
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
