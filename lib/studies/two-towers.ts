/** Two networks that learn one space for pictures and names: made, trained, asked. */
import {
  requireBetween,
  requireCount,
  requireKnownOptions,
  requireOneOf,
  requirePositive,
} from '../base/checks';
import { kernelSignal } from '../base/contract';
import { mixedSeed, type Random } from '../base/random';
import type { DigitSet } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { chunk, imagesToTensor } from '../tensorflow/tensors';
import { runTraining } from '../training/loop';
import { TowersStep } from './towers-step';

/** What the digits 0 … 9 are called. */
export const digitNames = 'zero one two three four five six seven eight nine'.split(' ');

/** Letters of the longest name. */
const nameLength = 5;
const letters = 26;

/** Two networks that end in the same space: one reads pictures, one reads names. */
export interface TwoTowers {
  /** 784 pixels → `embeddingSize` numbers */
  pictures: tf.Sequential;
  /** 5 · 26 letters → `embeddingSize` numbers */
  names: tf.Sequential;
  dispose(): void;
}

/** Options of {@link trainTowers}. */
export interface TowerTraining {
  /** `τ` > 0, default 0.1 */
  temperature?: number;
  /** passes over the digits, default 2 */
  epochs?: number;
  /** groups of ten pairs, one of each digit, in one step; default 10 */
  groups?: number;
  /** step size of Adam, default 0.002 */
  learningRate?: number;
  /** the order of the digits, default 1 */
  seed?: number;
  /** names to learn with, default {@link digitNames}; digits that have none are left out */
  names?: readonly string[];
  /** `'attract'` leaves out the denominator: pairs attract, nothing repels; default `'contrast'` */
  loss?: 'contrast' | 'attract';
}

const known: Record<keyof TowerTraining, true> = {
  temperature: true,
  epochs: true,
  groups: true,
  learningRate: true,
  seed: true,
  names: true,
  loss: true,
};

/**
 * A name as a network reads it: 26 numbers for each of five places, 1 for the letter that stands
 * there.
 *
 * @param name - one to five letters a … z
 * @returns zeros and ones, shape `[5 · 26]`
 * @throws RangeError if the name is longer, empty, or has another character
 */
export function encodeName(name: string): number[] {
  if (!/^[a-z]{1,5}$/.test(name)) {
    throw new RangeError(`Cannot encode a name: it must be 1 … 5 letters a … z, got '${name}'`);
  }
  const code = new Array<number>(nameLength * letters).fill(0);
  for (const [place, letter] of Array.from(name).entries()) {
    code[place * letters + letter.charCodeAt(0) - 'a'.charCodeAt(0)] = 1;
  }
  return code;
}

/**
 * Two towers without a common part but the size of their output: 784 → 128 relu → D for pictures,
 * 130 → 32 relu → D for names.
 *
 * @param options - `embeddingSize`: `D`, >= 1; `seed`: draws the first weights
 * @returns the towers; the caller disposes them
 * @throws RangeError if an option is unknown or out of range
 */
export function createTowers(options: { embeddingSize?: number; seed?: number } = {}): TwoTowers {
  const { embeddingSize = 16, seed = 1 } = options;
  requireKnownOptions(options, ['embeddingSize', 'seed'], 'create the towers');
  requireCount('embeddingSize', embeddingSize, 'create the towers');
  requireCount('seed', seed, 'create the towers', 0);
  const tower = (name: string, inputs: number, hiddenUnits: number) => {
    const dense = (units: number, place: string, more: object) => {
      const first = mixedSeed(seed, `weights of ${name}, ${place}`);
      return tf.layers.dense({
        units,
        kernelInitializer: tf.initializers.glorotUniform({ seed: first }),
        ...more,
      });
    };
    const hidden = dense(hiddenUnits, 'hidden', { inputShape: [inputs], activation: 'relu' });
    return tf.sequential({ name, layers: [hidden, dense(embeddingSize, 'output', {})] });
  };
  const pictures = tower('pictures', 784, 128);
  const names = tower('names', nameLength * letters, 32);
  const dispose = () => [pictures, names].forEach((one) => void one.dispose());
  return { pictures, names, dispose };
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

/**
 * Trains both towers with Adam on pairs of a picture and its name. A step takes groups of ten pairs,
 * one of each digit, so that no two pairs of a group have the same name.
 *
 * @param towers - changed
 * @param digits - never changed; what is left over of the more frequent digits is not used
 * @param options - see {@link TowerTraining}
 * @returns the mean loss of each epoch, shape `[epochs]`
 * @throws RangeError if an option is unknown or out of range, a name comes twice, or a named digit is
 *   missing
 */
export async function trainTowers(
  towers: TwoTowers,
  digits: DigitSet,
  options: TowerTraining = {},
): Promise<number[]> {
  requireKnownOptions(options, Object.keys(known), 'train the towers');
  const { temperature = 0.1, epochs = 2, groups = 10, learningRate = 0.002, seed = 1 } = options;
  const { names = digitNames, loss = 'contrast' } = options;
  requirePositive('temperature', temperature, 'train the towers');
  requirePositive('learningRate', learningRate, 'train the towers');
  requireCount('epochs', epochs, 'train the towers');
  requireCount('groups', groups, 'train the towers');
  requireOneOf('loss', loss, ['contrast', 'attract'], 'train the towers');
  requireBetween('the number of names', names.length, 2, 10, 'train the towers');
  const repeated = names.find((name, place) => names.indexOf(name) < place);
  if (repeated !== undefined) {
    throw new RangeError(
      `Cannot train the towers: the name '${repeated}' comes twice; each group has it once`,
    );
  }
  const labels = names.map((name) => digitNames.indexOf(name));
  const missing = labels.findIndex((label) => !digits.labels.includes(label));
  if (missing >= 0) {
    const name = names[missing];
    throw new RangeError(`Cannot train the towers: there is no digit with the name '${name}'`);
  }
  const pairs = {
    digits,
    codes: names.map(encodeName),
    order: (random: Random) => groupsOf(digits, labels, random.permutation(digits.count)),
  };
  const [size] = towers.names.outputs[0].shape.slice(1) as number[];
  const optimizer = tf.train.adam(learningRate);
  const head = { pairs: names.length, size, temperature, loss };
  const step = new TowersStep(towers, pairs, head, optimizer);
  try {
    const history = await runTraining(step, {
      ...{ epochs, seed, batchSize: groups * names.length },
      signal: kernelSignal(),
    });
    if (history.stopped) console.warn(history.stopped.message);
    return history.epochs.map((epoch) => epoch.loss);
  } finally {
    try {
      step.sync();
    } finally {
      step.dispose();
      optimizer.dispose();
    }
  }
}

/** Digits in this order, group after group: one of the first label, one of the second, … */
function groupsOf(digits: DigitSet, labels: readonly number[], order: Uint32Array): Uint32Array {
  const piles = labels.map((label) => order.filter((index) => digits.labels[index] === label));
  const count = Math.min(...piles.map(({ length }) => length));
  return Uint32Array.from(
    { length: count * piles.length },
    (_, place) => piles[place % piles.length][Math.floor(place / piles.length)],
  );
}

/**
 * Where digits lie in the common space.
 *
 * @param towers - never changed
 * @param digits - never changed
 * @returns unit vectors, shape `[count, D]`
 */
export async function embedPictures(towers: TwoTowers, digits: DigitSet): Promise<number[][]> {
  return rowsOf(() =>
    unit(towers.pictures.predict(imagesToTensor(digits), { batchSize: chunk }) as tf.Tensor2D),
  );
}

/**
 * Where names lie in the common space.
 *
 * @param towers - never changed
 * @param names - each 1 … 5 letters; default {@link digitNames}
 * @returns unit vectors, shape `[names, D]`
 */
export async function embedNames(
  towers: TwoTowers,
  names: readonly string[] = digitNames,
): Promise<number[][]> {
  return rowsOf(() => unit(towers.names.predict(tf.tensor2d(names.map(encodeName))) as tf.Tensor2D));
}

async function rowsOf(compute: () => tf.Tensor2D): Promise<number[][]> {
  const tensor = tf.tidy(compute);
  const rows = (await tensor.array()) as number[][];
  tensor.dispose();
  return rows;
}
