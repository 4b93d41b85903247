/** What a transformer needs, as loops over plain arrays: for small networks, and where nothing faster runs. */
import type { Handle } from './insides';
import { attend, throughAttend } from './plain-attention';
import { biasGelu, crossEntropy, layerNorm, sumRows, throughBiasGelu, throughLayerNorm } from './plain-rows';
import { PortableTensors } from './portable-tensors';
import { requireIndices } from './shared-indices';
import type { AttentionShape, TransformerOperations } from './transformer-operations';

/** The methods are described at {@link TransformerOperations}. */
export class PortableTransformer extends PortableTensors implements TransformerOperations {
  embed(table: Handle, indices: Handle): Handle {
    const [rows, columns] = this.shapeOf(table);
    const [values, list] = [this.read(table), this.indicesOf(indices)];
    requireIndices(list, rows, 'embed');
    const y = new Float32Array(list.length * columns);
    for (const [row, index] of list.entries()) {
      y.set(values.subarray(index * columns, (index + 1) * columns), row * columns);
    }
    return this.result({ shape: [list.length, columns], values: y });
  }

  throughEmbed(delta: Handle, indices: Handle, rows: number): Handle {
    const columns = this.shapeOf(delta)[1];
    const [values, list] = [this.read(delta), this.indicesOf(indices)];
    requireIndices(list, rows, 'embed');
    const y = new Float32Array(rows * columns);
    for (const [row, index] of list.entries()) {
      for (let c = 0; c < columns; c++) y[index * columns + c] += values[row * columns + c];
    }
    return this.result({ shape: [rows, columns], values: y });
  }

  addPositions(x: Handle, positions: Handle): Handle {
    const table = this.read(positions);
    const values = this.read(x).map((value, index) => value + table[index % table.length]);
    return this.result({ shape: this.shapeOf(x), values });
  }

  throughPositions(delta: Handle, context: number): Handle {
    const columns = this.shapeOf(delta)[1];
    const values = sumRows(this.read(delta), context * columns);
    return this.result({ shape: [context, columns], values });
  }

  layerNorm(x: Handle, gain: Handle, bias: Handle): Handle {
    const values = layerNorm(this.read(x), this.read(gain), this.read(bias));
    return this.result({ shape: this.shapeOf(x), values });
  }

  throughLayerNorm(delta: Handle, x: Handle, gain: Handle): { x: Handle; gain: Handle; bias: Handle } {
    const by = throughLayerNorm(this.read(delta), this.read(x), this.read(gain));
    return {
      x: this.result({ shape: this.shapeOf(x), values: by.x }),
      gain: this.result({ shape: this.shapeOf(gain), values: by.gain }),
      bias: this.result({ shape: this.shapeOf(gain), values: by.bias }),
    };
  }

  biasGelu(z: Handle, bias: Handle): Handle {
    return this.result({ shape: this.shapeOf(z), values: biasGelu(this.read(z), this.read(bias)) });
  }

  throughBiasGelu(delta: Handle, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    const values = throughBiasGelu(this.read(delta), this.read(z), this.read(bias));
    return this.withSum(values, z, bias);
  }

  addResidual(x: Handle, z: Handle, bias: Handle): Handle {
    const [added, shift] = [this.read(z), this.read(bias)];
    const values = this.read(x).map((value, index) => value + added[index] + shift[index % shift.length]);
    return this.result({ shape: this.shapeOf(x), values });
  }

  attend(z: Handle, bias: Handle, shape: AttentionShape): Handle {
    const [rows, columns] = this.shapeOf(z);
    const values = attend(this.read(z), this.read(bias), shape);
    return this.result({ shape: [rows, columns / 3], values });
  }

  throughAttend(delta: Handle, z: Handle, bias: Handle, shape: AttentionShape): { z: Handle; bias: Handle } {
    const values = throughAttend(this.read(delta), this.read(z), this.read(bias), shape);
    return this.withSum(values, z, bias);
  }

  crossEntropy(z: Handle, classes: Handle): { losses: Handle; z: Handle } {
    const [rows, columns] = this.shapeOf(z);
    const list = this.indicesOf(classes);
    requireIndices(list, columns, 'compare classes');
    const { losses, z: values } = crossEntropy(this.read(z), list);
    return {
      losses: this.result({ shape: [rows], values: losses }),
      z: this.result({ shape: [rows, columns], values }),
    };
  }

  /** The gradient by z, and by its bias the sum over the rows. */
  private withSum(values: Float32Array, z: Handle, bias: Handle): { z: Handle; bias: Handle } {
    const shape = this.shapeOf(bias);
    const sum = sumRows(values, shape[0]);
    return {
      z: this.result({ shape: this.shapeOf(z), values }),
      bias: this.result({ shape, values: sum }),
    };
  }
}
