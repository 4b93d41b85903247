/** What two towers make of pictures and names: where they lie, and TensorFlow's form of the loss. */
import { tf } from '../tensorflow/backend';
import { bytesToTensor, chunk } from '../tensorflow/tensors';
import type { NamedPictures } from './digit-pairs';
import type { TwoTowers } from './two-towers';

/**
 * Where pictures lie in the common space.
 *
 * @param towers - never changed
 * @param pictures - never changed
 * @returns unit vectors, shape `[count, D]`
 */
export async function embedPictures(towers: TwoTowers, pictures: NamedPictures): Promise<number[][]> {
  const { images, count } = pictures;
  return rowsOf(() => {
    const pixels = bytesToTensor(images, [count, images.length / count], 255);
    return unit(towers.pictures.predict(pixels, { batchSize: chunk }) as tf.Tensor2D);
  });
}

/**
 * Where names lie in the common space.
 *
 * @param towers - never changed
 * @param names - as the towers read them; default the names of the labels
 * @returns unit vectors, shape `[names, D]`
 */
export async function embedNames(
  towers: TwoTowers,
  names: readonly string[] = towers.labelNames,
): Promise<number[][]> {
  return rowsOf(() => unit(towers.names.predict(tf.tensor2d(names.map(towers.encode))) as tf.Tensor2D));
}

/**
 * The contrastive loss of groups of pairs, each group with one picture for each name:
 * `½ (−mean ln softmax_rows(S/τ)_ii − mean ln softmax_columns(S/τ)_ii)`, `S = U Vᵀ` in each group.
 *
 * @param pictures - outputs of the picture tower, shape `[G, N, D]`
 * @param names - outputs of the name tower, shape `[N, D]`
 * @param temperature - `τ` > 0
 * @returns the mean over groups, pairs and directions, a scalar; equals `contrastiveLoss()` for G = 1
 */
export function groupLoss(pictures: tf.Tensor3D, names: tf.Tensor2D, temperature: number) {
  return tf.tidy(() => {
    const logits = similarities(pictures, names).div(temperature) as tf.Tensor3D;
    const count = names.shape[0];
    const pairs = tf.eye(count);
    const byRow = tf.logSoftmax(logits).mul(pairs).sum();
    const byColumn = tf
      .logSoftmax(logits.transpose([0, 2, 1]))
      .mul(pairs)
      .sum();
    return byRow.add(byColumn).div(-2 * count * pictures.shape[0]) as tf.Scalar;
  });
}

/** `S = U Vᵀ` with unit rows: pictures `[G, N, D]`, names `[N, D]`, result `[G, N, N]`. */
function similarities(pictures: tf.Tensor3D, names: tf.Tensor2D): tf.Tensor3D {
  const [groups, count, size] = pictures.shape;
  const flat = unit(pictures.reshape([groups * count, size]) as tf.Tensor2D);
  return tf.matMul(flat, unit(names), false, true).reshape([groups, count, names.shape[0]]);
}

function unit(rows: tf.Tensor2D): tf.Tensor2D {
  return rows.div(rows.square().sum(1, true).add(1e-12).sqrt());
}

async function rowsOf(compute: () => tf.Tensor2D): Promise<number[][]> {
  const tensor = tf.tidy(compute);
  const rows = (await tensor.array()) as number[][];
  tensor.dispose();
  return rows;
}
