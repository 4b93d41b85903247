/** The operations with the course's own kernels in WebAssembly: all they need lies in the kernels' memory. */
import type { Handle } from './insides';
import type {
  ActivationName,
  AdamSettings,
  MomentumSettings,
  Operations,
  RmsPropSettings,
} from './operations';
import { WasmTransformer } from './wasm-transformer';

/** The methods are described at {@link Operations}. */
export class WasmOperations extends WasmTransformer implements Operations {
  matMul(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle {
    const [aRows, aColumns] = this.sizeOf(a);
    const [bRows, bColumns] = this.sizeOf(b);
    const [n, k] = transposed === 'first' ? [aColumns, aRows] : [aRows, aColumns];
    const [inner, m] = transposed === 'second' ? [bColumns, bRows] : [bRows, bColumns];
    if (inner !== k) {
      throw new RangeError(`Cannot multiply matrices: ${k} columns do not fit ${inner} rows`);
    }
    const y = this.result([n, m]);
    const ofA = transposed === 'first' ? [4, 4 * n] : [4 * k, 4];
    const ofB = transposed === 'second' ? [4, 4 * k] : [4 * m, 4];
    this.kernels.product(y, 4 * m, a, ...ofA, b, ...ofB, n, k, m, 0);
    return y;
  }

  addBias(x: Handle, bias: Handle): Handle {
    const [rows, columns] = this.sizeOf(x);
    this.requireCount('add a bias', bias, columns);
    const y = this.result(this.shapeOf(x));
    this.kernels.addBias(y, x, bias, rows, columns);
    return y;
  }

  sumRows(delta: Handle): Handle {
    const [rows, columns] = this.sizeOf(delta);
    const y = this.result([columns]);
    this.kernels.sumRows(y, delta, rows, columns);
    return y;
  }

  activate(activation: ActivationName, z: Handle): Handle {
    if (activation === 'linear') return z;
    const a = this.result(this.shapeOf(z));
    if (activation === 'softmax') this.kernels.softmax(a, z, ...this.sizeOf(z));
    else this.kernels[activation](a, z, this.countOf(z));
    return a;
  }

  throughActivation(activation: ActivationName, delta: Handle, a: Handle): Handle {
    if (activation === 'linear') return delta;
    this.requireCount('go through an activation', delta, this.countOf(a));
    const y = this.result(this.shapeOf(delta));
    if (activation === 'softmax') this.kernels.throughSoftmax(y, delta, a, ...this.sizeOf(a));
    else this.kernels[through[activation]](y, delta, a, this.countOf(a));
    return y;
  }

  add(a: Handle, b: Handle): Handle {
    return this.byEntry('add', a, b);
  }

  multiply(a: Handle, b: Handle): Handle {
    return this.byEntry('multiply', a, b);
  }

  divide(a: Handle, b: Handle): Handle {
    return this.byEntry('divide', a, b);
  }

  halfSquares(...all: Handle[]): Handle {
    const y = this.result([]);
    const halves = all.map((x) => this.kernels.halfSquares(x, this.countOf(x)));
    this.memory.floats[y >>> 2] = halves.reduce((sum, half) => sum + half);
    return y;
  }

  zerosLike(x: Handle): Handle {
    return this.zeros(this.shapeOf(x));
  }

  descend(parameter: Handle, rate: Handle, gradient: Handle): void {
    const count = this.updated(parameter, gradient);
    this.kernels.descend(parameter, gradient, count, this.number(rate));
  }

  descendWithMomentum(
    parameter: Handle,
    { sum }: { sum: Handle },
    settings: MomentumSettings,
    gradient: Handle,
  ): void {
    const count = this.updated(parameter, gradient, sum);
    const [rate, momentum] = [this.number(settings.rate), this.number(settings.momentum)];
    this.kernels.momentum(parameter, sum, gradient, count, rate, momentum, Number(settings.nesterov));
  }

  descendByRmsProp(
    parameter: Handle,
    { square, moment }: { square: Handle; moment: Handle },
    settings: RmsPropSettings,
    gradient: Handle,
  ): void {
    const count = this.updated(parameter, gradient, square, moment);
    const [rate, rest] = [this.number(settings.rate), 1 - this.number(settings.decay)];
    const [beta, epsilon] = [this.number(settings.momentum), this.number(settings.epsilon)];
    this.kernels.rmsProp(parameter, square, moment, gradient, count, rate, rest, beta, epsilon);
  }

  descendByAdam(
    parameter: Handle,
    { mean, square }: { mean: Handle; square: Handle },
    settings: AdamSettings,
    gradient: Handle,
  ): void {
    const count = this.updated(parameter, gradient, mean, square);
    const { power1, power2, rate, beta1, beta2, epsilon } = settings;
    const correction = Math.sqrt(1 - this.number(power2)) / (1 - this.number(power1));
    const rests = [1 - this.number(beta1), 1 - this.number(beta2)];
    const step = this.number(rate) * correction;
    this.kernels.adam(parameter, mean, square, gradient, count, step, ...rests, this.number(epsilon));
  }

  private byEntry(name: 'add' | 'multiply' | 'divide', a: Handle, b: Handle): Handle {
    const [count, others] = [this.countOf(a), this.countOf(b)];
    if (others !== 1) this.requireCount(name, b, count);
    const y = this.result(this.shapeOf(a));
    this.kernels[name](y, a, b, count, Number(others === 1));
    return y;
  }

  /** @returns how many numbers a parameter has, and its gradient and state as well */
  private updated(parameter: Handle, ...others: Handle[]): number {
    const count = this.countOf(parameter);
    for (const other of others) this.requireCount('update', other, count);
    return count;
  }

  private number(handle: Handle): number {
    return this.memory.floats[handle >>> 2];
  }
}

const through = { relu: 'throughRelu', sigmoid: 'throughSigmoid', tanh: 'throughTanh' } as const;
