/** What a transformer needs, with the course's own kernels in WebAssembly. */
import type { Handle } from './insides';
import { requireIndices } from './shared-indices';
import type { AttentionShape, TransformerOperations } from './transformer-operations';
import { WasmTensors } from './wasm-tensors';

/** The methods are described at {@link TransformerOperations}. */
export class WasmTransformer extends WasmTensors implements TransformerOperations {
  protected readonly kernels = this.memory.kernels;

  embed(table: Handle, indices: Handle): Handle {
    const [rows, columns] = this.sizeOf(table);
    const count = this.countIndices(indices, rows, 'embed');
    const y = this.result([count, columns]);
    this.kernels.embed(y, table, indices, count, columns);
    return y;
  }

  throughEmbed(delta: Handle, indices: Handle, rows: number): Handle {
    const columns = this.sizeOf(delta)[1];
    const count = this.countIndices(indices, rows, 'embed');
    this.requireCount('embed', delta, count * columns);
    const y = this.zeros([rows, columns]);
    this.kernels.throughEmbed(y, delta, indices, count, columns);
    return y;
  }

  /** Each text counts as one long row. */
  addPositions(x: Handle, positions: Handle): Handle {
    const [count, length] = [this.countOf(x), this.countOf(positions)];
    requireWhole(count / length, 'add positions', 'texts');
    const y = this.result(this.shapeOf(x));
    this.kernels.addBias(y, x, positions, count / length, length);
    return y;
  }

  throughPositions(delta: Handle, context: number): Handle {
    const [rows, columns] = this.sizeOf(delta);
    requireWhole(rows / context, 'add positions', 'texts');
    const y = this.result([context, columns]);
    this.kernels.sumRows(y, delta, rows / context, context * columns);
    return y;
  }

  layerNorm(x: Handle, gain: Handle, bias: Handle): Handle {
    const [rows, columns] = this.sizeOf(x);
    this.requireCount('normalise', gain, columns);
    this.requireCount('normalise', bias, columns);
    const y = this.result([rows, columns]);
    this.kernels.layerNorm(y, x, gain, bias, rows, columns);
    return y;
  }

  throughLayerNorm(delta: Handle, x: Handle, gain: Handle): { x: Handle; gain: Handle; bias: Handle } {
    const [rows, columns] = this.sizeOf(x);
    this.requireCount('normalise', delta, rows * columns);
    this.requireCount('normalise', gain, columns);
    const y = this.result([rows, columns]);
    const [byGain, byBias] = [this.zeros([columns]), this.zeros([columns])];
    this.kernels.throughLayerNorm(y, byGain, byBias, delta, x, gain, rows, columns);
    return { x: y, gain: byGain, bias: byBias };
  }

  biasGelu(z: Handle, bias: Handle): Handle {
    const [rows, columns] = this.sizeOf(z);
    this.requireCount('add a bias', bias, columns);
    const y = this.result([rows, columns]);
    this.kernels.biasGelu(y, z, bias, rows, columns);
    return y;
  }

  throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    const [rows, columns] = this.sizeOf(z);
    this.requireCount('go through an activation', delta, rows * columns);
    this.requireCount('add a bias', bias, columns);
    const [y, byBias] = [this.result([rows, columns]), this.zeros([columns])];
    this.kernels.throughBiasGelu(y, byBias, delta, z, bias, rows, columns);
    return { z: y, bias: byBias };
  }

  addResidual(x: Handle, z: Handle, bias: Handle): Handle {
    const [rows, columns] = this.sizeOf(x);
    this.requireCount('add', z, rows * columns);
    this.requireCount('add a bias', bias, columns);
    const y = this.result([rows, columns]);
    this.kernels.addResidual(y, x, z, bias, rows, columns);
    return y;
  }

  attend(z: Handle, bias: Handle, shape: AttentionShape): Handle {
    const { rows, texts, width } = this.attention(z, bias, shape);
    const { context, heads } = shape;
    const y = this.result([rows, width]);
    const length = this.kernels.attentionScratch(context, width);
    const scratch = this.memory.allocate(length);
    this.kernels.attend(y, z, bias, texts, context, width, heads, scratch);
    this.memory.release(scratch, length);
    return y;
  }

  throughAttend(delta: Handle, z: Handle, bias: Handle, shape: AttentionShape): { z: Handle; bias: Handle } {
    const { rows, texts, width } = this.attention(z, bias, shape);
    const { context, heads } = shape;
    this.requireCount('go through an attention', delta, rows * width);
    const [y, byBias] = [this.result([rows, 3 * width]), this.result([3 * width])];
    const length = this.kernels.attentionScratch(context, width);
    const scratch = this.memory.allocate(length);
    this.kernels.throughAttend(y, delta, z, bias, texts, context, width, heads, scratch);
    this.memory.release(scratch, length);
    this.kernels.sumRows(byBias, y, rows, 3 * width);
    return { z: y, bias: byBias };
  }

  crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle } {
    const [rows, columns] = this.sizeOf(z);
    this.requireCount('compare classes', classes, rows);
    this.countIndices(classes, columns, 'compare classes');
    const [losses, y] = [this.result([rows]), this.result([rows, columns])];
    this.kernels.crossEntropy(losses, y, z, classes, rows, columns);
    return { losses, z: y };
  }

  /** @returns how many indices there are; the kernels trust that each is that of a row */
  private countIndices(handle: Handle, limit: number, action: string): number {
    const count = this.countOf(handle);
    requireIndices(this.memory.ints.subarray(handle >>> 2, (handle >>> 2) + count), limit, action);
    return count;
  }

  private attention(z: Handle, bias: Handle, { heads, context }: AttentionShape) {
    const [rows, columns] = this.sizeOf(z);
    this.requireCount('add a bias', bias, columns);
    const [texts, width] = [rows / context, columns / 3];
    requireWhole(texts, 'attend', 'texts');
    requireWhole(width / heads, 'attend', 'columns of a head');
    return { rows, texts, width };
  }
}

function requireWhole(value: number, action: string, name: string): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(`Cannot ${action}: the number of ${name} must be whole and > 0, got ${value}`);
}
