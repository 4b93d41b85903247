/** What a transformer computes row by row, as loops over plain arrays; `columns` is the length of a row. */

/** `γ (x − μ) / √(σ² + 10⁻⁵) + β` */
export function layerNorm(x: Float32Array, gain: Float32Array, bias: Float32Array): Float32Array {
  const columns = gain.length;
  const y = new Float32Array(x.length);
  for (let from = 0; from < x.length; from += columns) {
    const { mean, deviation } = momentsOf(x, from, columns);
    for (let c = 0; c < columns; c++) y[from + c] = (gain[c] * (x[from + c] - mean)) / deviation + bias[c];
  }
  return y;
}

/** The gradients by x, gain and bias. */
export function throughLayerNorm(
  delta: Float32Array,
  x: Float32Array,
  gain: Float32Array,
): { x: Float32Array; gain: Float32Array; bias: Float32Array } {
  const columns = gain.length;
  const by = {
    x: new Float32Array(x.length),
    gain: new Float32Array(columns),
    bias: new Float32Array(columns),
  };
  for (let from = 0; from < x.length; from += columns) {
    const { mean, deviation } = momentsOf(x, from, columns);
    let [shift, tilt] = [0, 0];
    for (let c = 0; c < columns; c++) {
      const normal = (x[from + c] - mean) / deviation;
      by.gain[c] += delta[from + c] * normal;
      by.bias[c] += delta[from + c];
      shift += (gain[c] * delta[from + c]) / columns;
      tilt += (gain[c] * delta[from + c] * normal) / columns;
    }
    for (let c = 0; c < columns; c++) {
      const normal = (x[from + c] - mean) / deviation;
      by.x[from + c] = (gain[c] * delta[from + c] - shift - normal * tilt) / deviation;
    }
  }
  return by;
}

/** Mean and `√(σ² + 10⁻⁵)` of a row. */
function momentsOf(x: Float32Array, from: number, columns: number): { mean: number; deviation: number } {
  let [mean, variance] = [0, 0];
  for (let c = 0; c < columns; c++) mean += x[from + c] / columns;
  for (let c = 0; c < columns; c++) variance += (x[from + c] - mean) ** 2 / columns;
  return { mean, deviation: Math.sqrt(variance + 1e-5) };
}

const steepness = Math.sqrt(2 / Math.PI);

/** `φ(z + b)` with `φ(u) = ½ u (1 + tanh(√(2/π) (u + 0.044715 u³)))` */
export function biasGelu(z: Float32Array, bias: Float32Array): Float32Array {
  return z.map((value, index) => {
    const u = value + bias[index % bias.length];
    return (u * (1 + Math.tanh(steepness * (u + 0.044715 * u ** 3)))) / 2;
  });
}

/** `δ φ′(z + b)` */
export function throughBiasGelu(delta: Float32Array, z: Float32Array, bias: Float32Array): Float32Array {
  return z.map((value, index) => {
    const u = value + bias[index % bias.length];
    const tanh = Math.tanh(steepness * (u + 0.044715 * u ** 3));
    const slope = steepness * (1 + 3 * 0.044715 * u ** 2);
    return (delta[index] * (1 + tanh + u * (1 - tanh ** 2) * slope)) / 2;
  });
}

/** `Σ x` over the rows */
export function sumRows(x: Float32Array, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  for (let index = 0; index < x.length; index++) sums[index % columns] += x[index];
  return Float32Array.from(sums);
}

/** For each row `−ln p` of its class, with `p = softmax(z)`; and `(p − y) / rows`. */
export function crossEntropy(
  z: Float32Array,
  classes: Int32Array,
): { losses: Float32Array; z: Float32Array } {
  const rows = classes.length;
  const columns = z.length / rows;
  const [losses, y] = [new Float32Array(rows), new Float32Array(z.length)];
  for (let row = 0; row < rows; row++) {
    const own = z.subarray(row * columns, (row + 1) * columns);
    const largest = own.reduce((most, value) => Math.max(most, value), -Infinity);
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += Math.exp(own[c] - largest);
    losses[row] = Math.log(sum) + largest - own[classes[row]];
    for (let c = 0; c < columns; c++) y[row * columns + c] = Math.exp(own[c] - largest) / sum / rows;
    y[row * columns + classes[row]] -= 1 / rows;
  }
  return { losses, z: y };
}
