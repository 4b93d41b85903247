/** What a transformer needs, on a graphics card. The methods are described at {@link TransformerOperations}. */
import { tf } from './backend';
import type { Handle } from './insides';
import { PortableOperations } from './portable-operations';
import { requireIndices } from './shared-indices';
import type { AttentionShape, SharedIndices, TransformerOperations } from './transformer-operations';
import { compute, reduceRows, sumColumns } from './webgpu-formulas';
import { attentionOf, joinHeads, joinParts, splitHeads } from './webgpu-heads';

/** `u = z + b`, and `tanh a` with `a = √(2/π) (u + 0.044715 u³)`, such that no power is too large for a float32. */
const gelu = `
  let u = Z[i] + Bias[i % columns];
  let a = ${Math.sqrt(2 / Math.PI)} * (u + 0.044715 * u * u * u);
  let power = exp(-2.0 * abs(a));
  let tanh_a = sign(a) * (1.0 - power) / (1.0 + power);`;

const geluSlope = `${gelu}
  let slope = ${Math.sqrt(2 / Math.PI)} * (1.0 + ${3 * 0.044715} * u * u);
  return 0.5 * Delta[i] * (1.0 + tanh_a + u * (1.0 - tanh_a * tanh_a) * slope);`;

const throughNorm = `
  let row = i / columns;
  return (G[i] - (Shift[row] + X[i] * Tilt[row]) / f32(columns)) / Deviation[row];`;

/** Keeps on the card what is computed there. */
export class WebGpuTransformer extends PortableOperations implements TransformerOperations {
  private readonly memories = new Map<string, Handle[]>();

  override embed(table: Handle, indices: Handle): Handle {
    const [rows, columns] = this.shapeOf(table);
    const count = this.checkedIndices(indices, rows, 'embed').length;
    return this.run([table, indices], ([table, indices]) =>
      compute('return Table[Indices[i / columns] * columns + i % columns];', [count, columns], {
        tensors: { Table: table, Indices: indices },
        sizes: { columns },
      }),
    );
  }

  /** As the product with a matrix of ones and zeros: threads that add to one row would do so in any order. */
  override throughEmbed(delta: Handle, indices: Handle, rows: number): Handle {
    const count = this.checkedIndices(indices, rows, 'embed').length;
    return this.run([delta, indices], ([delta, indices]) => {
      const chosen = compute('return f32(Indices[i / rows] == i % rows);', [count, rows], {
        tensors: { Indices: indices },
        sizes: { rows },
      });
      return tf.matMul(chosen, delta, true);
    });
  }

  override addPositions(x: Handle, positions: Handle): Handle {
    return this.run([x, positions], ([x, positions]) =>
      compute('return X[i] + Positions[i % period];', x.shape, {
        tensors: { X: x, Positions: positions },
        sizes: { period: positions.size },
      }),
    );
  }

  override throughPositions(delta: Handle, context: number): Handle {
    const columns = this.shapeOf(delta)[1];
    return this.run([delta], ([delta]) => sumColumns(delta, [context, columns]));
  }

  override layerNorm(x: Handle, gain: Handle, bias: Handle): Handle {
    return this.run([...this.normalised(x), gain, bias], ([normal, , gain, bias]) =>
      compute('return Gain[i % columns] * X[i] + Bias[i % columns];', normal.shape, {
        tensors: { X: normal, Gain: gain, Bias: bias },
        sizes: { columns: gain.size },
      }),
    );
  }

  override throughLayerNorm(
    delta: Handle,
    x: Handle,
    gain: Handle,
  ): { x: Handle; gain: Handle; bias: Handle } {
    const [normal, deviation] = this.normalised(x);
    const shape = this.shapeOf(x);
    const sizes = { columns: shape[1] };
    return {
      x: this.run([delta, normal, deviation, gain], ([delta, normal, deviation, gain]) => {
        // Multiplied once: where a row varies little, a product that is rounded in two ways would be magnified.
        const g = compute('return Gain[i % columns] * D[i];', shape, {
          tensors: { D: delta, Gain: gain },
          sizes,
        });
        const tensors = { G: g, X: normal };
        const shift = reduceRows('sum', 'return G[i];', shape, { tensors });
        const tilt = reduceRows('sum', 'return G[i] * X[i];', shape, { tensors });
        return compute(throughNorm, shape, {
          tensors: { ...tensors, Shift: shift, Tilt: tilt, Deviation: deviation },
          sizes,
        });
      }),
      gain: this.run([delta, normal], ([delta, normal]) => sumColumns(tf.mul(delta, normal), [shape[1]])),
      bias: this.sumRows(delta),
    };
  }

  /** `x̂ = (x − μ) / s`, and `s` of each row */
  private normalised(x: Handle): Handle[] {
    const shape = this.shapeOf(x);
    const sizes = { columns: shape[1] };
    return this.remember(`normalised ${x}`, [x], ([x]) => {
      const mean = reduceRows('sum', 'return X[i] / f32(columns);', shape, { tensors: { X: x } });
      const centred = compute('return X[i] - Mean[i / columns];', shape, {
        tensors: { X: x, Mean: mean },
        sizes,
      });
      const variance = reduceRows('sum', 'return X[i] * X[i] / f32(columns);', shape, {
        tensors: { X: centred },
      });
      const deviation = compute('return sqrt(Variance[i] + 1e-5);', [shape[0]], {
        tensors: { Variance: variance },
      });
      const normal = compute('return X[i] / Deviation[i / columns];', shape, {
        tensors: { X: centred, Deviation: deviation },
        sizes,
      });
      return [normal, deviation];
    });
  }

  override biasGelu(z: Handle, bias: Handle): Handle {
    return this.run([z, bias], ([z, bias]) =>
      compute(`${gelu} return 0.5 * u * (1.0 + tanh_a);`, z.shape, {
        tensors: { Z: z, Bias: bias },
        sizes: { columns: bias.size },
      }),
    );
  }

  override throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    const through = this.run([delta, z, bias], ([delta, z, bias]) =>
      compute(geluSlope, z.shape, {
        tensors: { Delta: delta, Z: z, Bias: bias },
        sizes: { columns: bias.size },
      }),
    );
    return { z: through, bias: this.sumRows(through) };
  }

  override addResidual(x: Handle, z: Handle, bias: Handle): Handle {
    return this.run([x, z, bias], ([x, z, bias]) =>
      compute('return X[i] + Z[i] + Bias[i % columns];', x.shape, {
        tensors: { X: x, Z: z, Bias: bias },
        sizes: { columns: bias.size },
      }),
    );
  }

  override attend(z: Handle, bias: Handle, shape: AttentionShape): Handle {
    return this.run(this.attention(z, bias, shape), ([, , values, shares]) =>
      joinHeads(tf.matMul(shares, values), shape),
    );
  }

  override throughAttend(
    delta: Handle,
    z: Handle,
    bias: Handle,
    shape: AttentionShape,
  ): { z: Handle; bias: Handle } {
    const through = this.run(
      [delta, ...this.attention(z, bias, shape)],
      ([delta, queries, keys, values, shares]) => {
        const d = splitHeads(delta, undefined, { ...shape, parts: 1, part: 0 });
        const byShares = tf.matMul(d, values, false, true);
        const tensors = { A: shares, D: byShares };
        const rows = [shares.size / shape.context, shape.context];
        const sums = reduceRows('sum', 'return A[i] * D[i];', rows, { tensors });
        const g = compute('return scale * A[i] * (D[i] - Sums[i / context]);', shares.shape, {
          tensors: { ...tensors, Sums: sums },
          numbers: { scale: 1 / Math.sqrt(queries.shape[2] as number) },
          sizes: { context: shape.context },
        });
        const parts = [tf.matMul(g, keys), tf.matMul(g, queries, true), tf.matMul(shares, d, true)];
        return joinParts(parts, shape);
      },
    );
    return { z: through, bias: this.sumRows(through) };
  }

  /** Queries, keys and values of each head, shape `[B H, T, D/H]`, and the probabilities, shape `[B H, T, T]` */
  private attention(z: Handle, bias: Handle, shape: AttentionShape): Handle[] {
    const key = `attention ${z} ${bias} ${shape.heads} ${shape.context}`;
    return this.remember(key, [z, bias], ([z, bias]) => attentionOf(z, bias, shape));
  }

  override crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle } {
    const shape = this.shapeOf(z);
    const [rows, columns] = shape;
    this.checkedIndices(classes, columns, 'compare classes');
    const moments = this.remember(`moments ${z}`, [z], ([z]) => {
      const most = reduceRows('max', 'return Z[i];', shape, { tensors: { Z: z } });
      const tensors = { Z: z, Most: most };
      return [most, reduceRows('sum', 'return exp(Z[i] - Most[row]);', shape, { tensors })];
    });
    const made = (formula: string, shape: readonly number[]) =>
      this.run([z, classes, ...moments], ([z, classes, most, sum]) =>
        compute(formula, shape, {
          tensors: { Z: z, Classes: classes, Most: most, Sum: sum },
          sizes: { columns, rows },
        }),
      );
    return {
      losses: made('return log(Sum[i]) + (Most[i] - Z[i * columns + Classes[i]]);', [rows]),
      z: made(
        `let row = i / columns;
        let share = exp(Z[i] - Most[row]) / Sum[row];
        return (share - f32(i % columns == Classes[row])) / f32(rows);`,
        shape,
      ),
    };
  }

  override sharedIndices(count: number): SharedIndices {
    const shared = super.sharedIndices(count);
    const entry = this.entryOf(shared.handle);
    const publish = () => {
      entry.tensor?.dispose();
      entry.tensor = tf.keep(tf.tensor1d(shared.values.slice(), 'int32'));
    };
    publish();
    return { ...shared, publish };
  }

  override freeResults(kept: readonly Handle[] = []): void {
    this.memories.clear();
    super.freeResults(kept);
  }

  override freeLastResult(): void {
    this.memories.clear();
    super.freeLastResult();
  }

  /** What the way back needs of what was computed on the way forwards, until results are freed. */
  private remember(key: string, inputs: Handle[], make: (inputs: tf.Tensor[]) => tf.Tensor[]): Handle[] {
    const known = this.memories.get(key);
    if (known) return known;
    const tensors = tf.tidy(() => make(inputs.map((one) => this.tensorOf(one))));
    const handles = tensors.map((tensor) => this.result({ shape: tensor.shape, tensor }));
    this.memories.set(key, handles);
    return handles;
  }

  private checkedIndices(handle: Handle, limit: number, action: string): Int32Array {
    const indices = this.indicesOf(handle);
    requireIndices(indices, limit, action);
    return indices;
  }
}
