/**
 * What a transformer needs, composed of TensorFlow's own operations: for where the course's own are not compiled. The
 * methods are described at {@link TransformerOperations}.
 */
import type { Handle } from './insides';
import type { NativeCalls } from './native-calls';
import type { AttentionShape, TransformerOperations } from './transformer-operations';

/** The operations that the course has its own of. */
export type ComposedOperations = Omit<
  TransformerOperations,
  'embed' | 'addPositions' | 'throughPositions' | 'sharedIndices'
>;

const root = Math.sqrt(2 / Math.PI);
const cube = 0.044715;

/** Runs its calls, and frees nothing. */
export class ComposedTransformer implements ComposedOperations {
  constructor(private readonly calls: NativeCalls) {}

  throughEmbed(delta: Handle, indices: Handle, rows: number): Handle {
    const width = this.calls.shapeOf(delta)[1];
    return this.calls.run('ScatterNd', [this.reshape(indices, -1, 1), delta, this.calls.whole(rows, width)]);
  }

  layerNorm(x: Handle, gain: Handle, bias: Handle): Handle {
    return this.add(this.multiply(this.normed(x).x, gain), bias);
  }

  throughLayerNorm(delta: Handle, x: Handle, gain: Handle): { x: Handle; gain: Handle; bias: Handle } {
    const { x: normed, inverse } = this.normed(x);
    const g = this.multiply(delta, gain);
    const along = this.multiply(normed, this.mean(this.multiply(g, normed)));
    const across = this.subtract(this.subtract(g, this.mean(g)), along);
    return {
      x: this.multiply(across, inverse),
      gain: this.sumRows(this.multiply(delta, normed)),
      bias: this.sumRows(delta),
    };
  }

  /** `x̂ = (x − μ) / s`, and `1 / s` */
  private normed(x: Handle): { x: Handle; inverse: Handle } {
    return this.calls.remember('normed', [x], () => {
      const deviation = this.subtract(x, this.mean(x));
      const variance = this.mean(this.calls.run('Square', [deviation]));
      const inverse = this.calls.run('Rsqrt', [this.add(variance, this.calls.number(1e-5))]);
      return { x: this.multiply(deviation, inverse), inverse };
    });
  }

  biasGelu(z: Handle, bias: Handle): Handle {
    const { half, rise } = this.gelu(z, bias);
    return this.multiply(half, rise);
  }

  /** `φ′(u) = ½ (1 + tanh a) + ½ u (1 − tanh² a) a′`, with `a′ = √(2/π) (1 + 3 · 0.044715 u²)` */
  throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    const { calls } = this;
    const { half, square, tanh, rise } = this.gelu(z, bias);
    const slope = this.add(this.multiply(square, calls.number(3 * cube * root)), calls.number(root));
    const rising = calls.run('TanhGrad', [tanh, this.multiply(half, slope)]);
    const through = this.multiply(delta, this.add(this.multiply(rise, calls.number(0.5)), rising));
    return { z: through, bias: this.sumRows(through) };
  }

  /** With `u = z + b` and `a = √(2/π) (u + 0.044715 u³)`: `½ u`, `u²`, `tanh a` and `1 + tanh a` */
  private gelu(z: Handle, bias: Handle) {
    return this.calls.remember('gelu', [z, bias], () => {
      const { calls } = this;
      const u = calls.run('BiasAdd', [z, bias]);
      const square = calls.run('Square', [u]);
      const factor = this.add(this.multiply(square, calls.number(cube * root)), calls.number(root));
      const tanh = calls.run('Tanh', [this.multiply(u, factor)]);
      const half = this.multiply(u, calls.number(0.5));
      return { half, square, tanh, rise: this.add(tanh, calls.number(1)) };
    });
  }

  addResidual(x: Handle, z: Handle, bias: Handle): Handle {
    return this.calls.run('BiasAdd', [this.add(x, z), bias]);
  }

  attend(z: Handle, bias: Handle, shape: AttentionShape): Handle {
    const { a, v, size } = this.attention(z, bias, shape);
    const y = this.transpose(
      this.reshape(this.product(a, v), -1, shape.heads, shape.context, size),
      0,
      2,
      1,
      3,
    );
    return this.reshape(y, -1, shape.heads * size);
  }

  throughAttend(delta: Handle, z: Handle, bias: Handle, shape: AttentionShape): { z: Handle; bias: Handle } {
    const { heads, context } = shape;
    const { q, k, v, a, size, scale } = this.attention(z, bias, shape);
    const split = this.transpose(this.reshape(delta, -1, context, heads, size), 0, 2, 1, 3);
    const d = this.reshape(split, -1, context, size);
    const through = this.product(d, v, 'second');
    const sums = this.calls.run(
      'Sum',
      [this.multiply(a, through), this.calls.whole(-1)],
      this.calls.flag('keep_dims'),
    );
    const g = this.multiply(a, this.subtract(through, sums));
    const parts = [
      this.multiply(this.product(g, k), scale),
      this.product(g, q, 'first'),
      this.product(a, d, 'first'),
    ];
    const attributes = [...this.calls.integers({ N: 3 }), ...this.calls.types('T', 'Tidx')];
    const joined = this.calls.run('ConcatV2', [...parts, this.calls.wholeNumber(0)], attributes);
    const rows = this.transpose(this.reshape(joined, 3, -1, heads, context, size), 1, 3, 0, 2, 4);
    const all = this.reshape(rows, -1, 3 * heads * size);
    return { z: all, bias: this.sumRows(all) };
  }

  /** Queries over √(D/H), keys and values of each head, shape `[B H, T, D/H]`, and the probabilities */
  private attention(z: Handle, bias: Handle, { heads, context }: AttentionShape) {
    return this.calls.remember(`attention ${heads} ${context}`, [z, bias], () => {
      const { calls } = this;
      const width = calls.shapeOf(z)[1] / 3;
      const size = width / heads;
      if (!Number.isInteger(size)) {
        throw new RangeError(`Cannot attend: heads must divide the width ${width}, got ${heads}`);
      }
      const parts = this.reshape(calls.run('BiasAdd', [z, bias]), -1, context, 3, heads, size);
      const heap = this.reshape(this.transpose(parts, 2, 0, 3, 1, 4), -1, context, size);
      const split = calls.integers({ num_split: 3 });
      const [queries, k, v] = calls.runAll('Split', [calls.wholeNumber(0), heap], 3, split);
      const scale = calls.number(1 / Math.sqrt(size));
      const q = this.multiply(queries, scale);
      const a = calls.run('Softmax', [this.add(this.product(q, k, 'second'), this.mask(context))]);
      return { q, k, v, a, size, scale };
    });
  }

  /** 0 where a position sees another, −∞ where not, shape `[T, T]` */
  private mask(context: number): Handle {
    return this.calls.once(`mask ${context}`, () => {
      const values = Float32Array.from({ length: context ** 2 }, (_, at) =>
        at % context > Math.floor(at / context) ? Number.NEGATIVE_INFINITY : 0,
      );
      return this.calls.keepFloats([context, context], values);
    });
  }

  crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle } {
    const [losses, slopes] = this.calls.runAll('SparseSoftmaxCrossEntropyWithLogits', [z, classes], 2);
    const [rows] = this.calls.shapeOf(z);
    return { losses, z: this.multiply(slopes, this.calls.number(1 / rows)) };
  }

  private add(a: Handle, b: Handle): Handle {
    return this.calls.run('AddV2', [a, b]);
  }
  private subtract(a: Handle, b: Handle): Handle {
    return this.calls.run('Sub', [a, b]);
  }
  private multiply(a: Handle, b: Handle): Handle {
    return this.calls.run('Mul', [a, b]);
  }
  private mean(a: Handle): Handle {
    return this.calls.run('Mean', [a, this.calls.whole(-1)], this.calls.flag('keep_dims'));
  }
  private sumRows(a: Handle): Handle {
    return this.calls.run('BiasAddGrad', [a]);
  }
  private product(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle {
    const flags = transposed ? this.calls.flag(transposed === 'first' ? 'adj_x' : 'adj_y') : [];
    return this.calls.run('BatchMatMulV2', [a, b], flags);
  }
  private reshape(a: Handle, ...shape: number[]): Handle {
    return this.calls.run('Reshape', [a, this.calls.whole(...shape)]);
  }
  private transpose(a: Handle, ...axes: number[]): Handle {
    return this.calls.run('Transpose', [a, this.calls.whole(...axes)]);
  }
}
