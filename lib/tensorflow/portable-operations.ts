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
} from './operations';
import { PortableTransformer } from './portable-transformer';

/** `δ φ′(z)`, from `δ` and `a = φ(z)`. */
const through = {
  relu: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.step(a)),
  sigmoid: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.mul(a, tf.sub(1, a))),
  tanh: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(delta, tf.sub(1, tf.mul(a, a))),
  softmax: (delta: tf.Tensor, a: tf.Tensor) => tf.mul(tf.sub(delta, tf.sum(tf.mul(delta, a), 1, true)), a),
};

/** The same as `NativeOperations`, with TensorFlow.js's kernels. */
export class PortableOperations extends PortableTransformer implements Operations {
  matMul(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle {
    // The WebAssembly kernel is slow at a transposed first factor: transposing it beforehand takes less than half the time.
    const turns = transposed === 'first' && tf.getBackend() === 'wasm';
    return this.run([a, b], ([a, b]) =>
      turns
        ? tf.matMul(tf.transpose(a), b)
        : tf.matMul(a, b, transposed === 'first', transposed === 'second'),
    );
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

  halfSquares(...all: Handle[]): Handle {
    const half = (x: tf.Tensor): tf.Tensor => tf.mul(0.5, tf.sum(tf.mul(x, x)));
    return this.run(all, (all) => all.map(half).reduce((sum, one) => tf.add(sum, one)));
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
}
