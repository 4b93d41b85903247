/**
 * What a transformer needs, natively: by the course's own operations (`native/operations.cc`), one call each, or composed
 * of TensorFlow's where those are not loaded.
 */
import { nativeAddOn } from './backend';
import { ComposedTransformer } from './composed-transformer';
import type { Handle } from './insides';
import { NativeCalls } from './native-calls';
import type { AttentionShape, SharedIndices, TransformerOperations } from './transformer-operations';

/** How native operations run. */
export interface NativeOptions {
  /** whether to use the course's own operations where they are loaded; without it, yes */
  own?: boolean;
}

/** The methods are described at {@link TransformerOperations}. */
export class NativeTransformer extends NativeCalls implements TransformerOperations {
  /** whether the course's own operations run */
  readonly own: boolean;
  private readonly composed = new ComposedTransformer(this);

  /** @throws Error unless native TensorFlow runs */
  constructor({ own = true }: NativeOptions = {}) {
    super();
    this.own = own && nativeAddOn() !== undefined;
  }

  embed(table: Handle, indices: Handle): Handle {
    return this.run('GatherV2', [table, indices, this.wholeNumber(0)]);
  }

  throughEmbed(delta: Handle, indices: Handle, rows: number): Handle {
    if (!this.own) return this.composed.throughEmbed(delta, indices, rows);
    return this.run('DescentEmbedGradient', [delta, indices], this.integers({ size: rows }));
  }

  addPositions(x: Handle, positions: Handle): Handle {
    const [context, width] = this.shapeOf(positions);
    const texts = this.run('Reshape', [x, this.whole(-1, context, width)]);
    const sum = this.run('AddV2', [texts, positions]);
    return this.run('Reshape', [sum, this.whole(-1, width)]);
  }

  throughPositions(delta: Handle, context: number): Handle {
    const width = this.shapeOf(delta)[1];
    const texts = this.run('Reshape', [delta, this.whole(-1, context, width)]);
    return this.run('Sum', [texts, this.whole(0)]);
  }

  layerNorm(x: Handle, gain: Handle, bias: Handle): Handle {
    if (!this.own) return this.composed.layerNorm(x, gain, bias);
    return this.run('DescentLayerNorm', [x, gain, bias]);
  }

  throughLayerNorm(delta: Handle, x: Handle, gain: Handle): { x: Handle; gain: Handle; bias: Handle } {
    if (!this.own) return this.composed.throughLayerNorm(delta, x, gain);
    const [dx, dgain, dbias] = this.runAll('DescentLayerNormGradient', [delta, x, gain], 3);
    return { x: dx, gain: dgain, bias: dbias };
  }

  biasGelu(z: Handle, bias: Handle): Handle {
    if (!this.own) return this.composed.biasGelu(z, bias);
    return this.run('DescentBiasGelu', [z, bias]);
  }

  throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    if (!this.own) return this.composed.throughBiasGelu(delta, z, bias);
    const [dz, dbias] = this.runAll('DescentBiasGeluGradient', [delta, z, bias], 2);
    return { z: dz, bias: dbias };
  }

  addResidual(x: Handle, z: Handle, bias: Handle): Handle {
    if (!this.own) return this.composed.addResidual(x, z, bias);
    return this.run('DescentResidual', [x, z, bias]);
  }

  attend(z: Handle, bias: Handle, shape: AttentionShape): Handle {
    if (!this.own) return this.composed.attend(z, bias, shape);
    const { heads, context } = shape;
    return this.run('DescentAttend', [z, bias], this.integers({ heads, context }));
  }

  throughAttend(delta: Handle, z: Handle, bias: Handle, shape: AttentionShape): { z: Handle; bias: Handle } {
    if (!this.own) return this.composed.throughAttend(delta, z, bias, shape);
    const { heads, context } = shape;
    const attributes = this.integers({ heads, context });
    const [dz, dbias] = this.runAll('DescentAttendGradient', [delta, z, bias], 2, attributes);
    return { z: dz, bias: dbias };
  }

  crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle } {
    if (!this.own) return this.composed.crossEntropy(z, classes);
    const [losses, dz] = this.runAll('DescentCrossEntropy', [z, classes], 2);
    return { losses, z: dz };
  }

  sharedIndices(count: number): SharedIndices {
    return this.share([count], this.binding.TF_INT32, Int32Array);
  }

  /**
   * TensorFlow uses an array's own memory if it begins at a multiple of 64 bytes and copies it
   * otherwise, so a place in a slightly larger buffer is tried out; if none is found, `publish()`
   * copies.
   */
  protected share<Numbers extends Float32Array | Int32Array>(
    shape: number[],
    type: number,
    Numbers: new (buffer: ArrayBuffer, offset: number, size: number) => Numbers,
  ): { readonly values: Numbers; readonly handle: Handle; publish(): void } {
    const { binding, kept } = this;
    const size = shape.reduce((product, length) => product * length, 1);
    const buffer = new ArrayBuffer(size * 4 + 64);
    for (let offset = 0; offset < 64; offset += 16) {
      const values = new Numbers(buffer, offset, size);
      const handle = binding.createTensor(shape, type, values);
      values[0] = 1;
      const seen = binding.tensorDataSync(handle)[0] === 1;
      values[0] = 0;
      if (seen) {
        kept.push(handle);
        return { values, handle, publish() {} };
      }
      binding.deleteTensor(handle);
    }
    const values = new Numbers(buffer, 0, size);
    const place = kept.push(binding.createTensor(shape, type, values)) - 1;
    return {
      values,
      get handle() {
        return kept[place];
      },
      publish() {
        binding.deleteTensor(kept[place]);
        kept[place] = binding.createTensor(shape, type, values);
      },
    };
  }
}
