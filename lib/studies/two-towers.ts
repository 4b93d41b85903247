/** Two networks that learn one space for pictures and names: made and trained. */
import {
  requireBetween,
  requireCount,
  requireKnownOptions,
  requireOneOf,
  requirePositive,
} from '../base/checks';
import { kernelSignal } from '../base/contract';
import { mixedSeed, type Random } from '../base/random';
import { digitPixels } from '../data/digit-set';
import { tf } from '../tensorflow/backend';
import { runTraining } from '../training/loop';
import type { NamedPictures } from './digit-pairs';
import { digitNames, type NameCode, nameReader } from './names';
import { TowersStep } from './towers-step';

/** Two networks that end in the same space: one reads pictures, one reads names. */
export interface TwoTowers {
  /** `pixels` → `embeddingSize` numbers */
  pictures: tf.Sequential;
  /** the numbers of `encode` → `embeddingSize` numbers */
  names: tf.Sequential;
  /** the names of the labels 0, 1, 2, … */
  labelNames: readonly string[];
  /** a name as the names' tower reads it */
  encode(name: string): number[];
  dispose(): void;
}

/** Options of {@link createTowers}. */
export interface TowerOptions {
  /** `D` >= 1, default 16 */
  embeddingSize?: number;
  /** draws the first weights, default 1 */
  seed?: number;
  /** pixels of a picture, default 784 */
  pixels?: number;
  /** the names of the labels 0, 1, 2, …; default {@link digitNames} */
  names?: readonly string[];
  /** what the names' tower reads: the `'letters'` of a name (default), or only which it is, `'ids'` */
  code?: NameCode;
}

/** Options of {@link trainTowers}. */
export interface TowerTraining {
  /** `τ` > 0, default 0.1 */
  temperature?: number;
  /** step size of Adam on `ln τ`; by default the temperature stays as it is */
  temperatureRate?: number;
  /** passes over the pictures, default 2 */
  epochs?: number;
  /** `B`, pairs in a group, no two with the same name; default as many as names are learnt, at most 10 */
  pairs?: number;
  /** groups in one step; default 10 */
  groups?: number;
  /** step size of Adam, default 0.002 */
  learningRate?: number;
  /** the order of the pictures, default 1 */
  seed?: number;
  /** labels whose pictures and names are left out */
  without?: readonly number[];
  /** `'attract'` leaves out the denominator: pairs attract, nothing repels; default `'contrast'` */
  loss?: 'contrast' | 'attract';
}

const known: Record<keyof TowerTraining, true> = {
  temperature: true,
  temperatureRate: true,
  epochs: true,
  pairs: true,
  groups: true,
  learningRate: true,
  seed: true,
  without: true,
  loss: true,
};

/**
 * Two towers without a common part but the size of their output: pixels → 128 relu → D for pictures,
 * letters → 32 relu → D for names.
 *
 * @param options - see {@link TowerOptions}
 * @returns the towers; the caller disposes them
 * @throws RangeError if an option is unknown or out of range
 */
export function createTowers(options: TowerOptions = {}): TwoTowers {
  const { embeddingSize = 16, seed = 1, pixels = digitPixels } = options;
  const { names: labelNames = digitNames, code = 'letters' } = options;
  requireKnownOptions(options, ['embeddingSize', 'seed', 'pixels', 'names', 'code'], 'create the towers');
  requireCount('embeddingSize', embeddingSize, 'create the towers');
  requireCount('pixels', pixels, 'create the towers');
  requireCount('seed', seed, 'create the towers', 0);
  requireBetween('the number of names', labelNames.length, 2, 256, 'create the towers');
  const repeated = labelNames.find((name, place) => labelNames.indexOf(name) < place);
  if (repeated !== undefined) {
    throw new RangeError(`Cannot create the towers: the name '${repeated}' comes twice`);
  }
  const encode = nameReader(labelNames, code);
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
  const pictures = tower('pictures', pixels, 128);
  const names = tower('names', encode(labelNames[0]).length, 32);
  const dispose = () => [pictures, names].forEach((one) => void one.dispose());
  return { pictures, names, labelNames, encode, dispose };
}

/**
 * Trains both towers with Adam on pairs of a picture and its name. A step takes groups of `B` pairs, in
 * each of which no two pairs have the same name.
 *
 * @param towers - changed
 * @param pictures - with the labels of `towers.labelNames`; never changed; what is left over of the
 *   more frequent labels is not used
 * @param options - see {@link TowerTraining}
 * @returns `losses`, the mean of each epoch, shape `[epochs]`, and the temperature after the last step
 * @throws RangeError if an option is unknown or out of range, or a name has no picture
 */
export async function trainTowers(
  towers: TwoTowers,
  pictures: NamedPictures,
  options: TowerTraining = {},
): Promise<{ losses: number[]; temperature: number }> {
  requireKnownOptions(options, Object.keys(known), 'train the towers');
  const { temperature = 0.1, temperatureRate, epochs = 2, groups = 10, learningRate = 0.002 } = options;
  const { seed = 1, without = [], loss = 'contrast' } = options;
  const labels = [...towers.labelNames.keys()].filter((label) => !without.includes(label));
  const { pairs = Math.min(10, labels.length) } = options;
  const rates = { temperature, learningRate, ...(temperatureRate !== undefined && { temperatureRate }) };
  for (const [name, rate] of Object.entries(rates)) requirePositive(name, rate, 'train the towers');
  for (const [name, count] of Object.entries({ epochs, groups })) {
    requireCount(name, count, 'train the towers');
  }
  requireOneOf('loss', loss, ['contrast', 'attract'], 'train the towers');
  requireCount('pairs', pairs, 'train the towers', 2);
  requireBetween('pairs', pairs, 2, labels.length, 'train the towers');
  const missing = labels.find((label) => !pictures.labels.includes(label));
  if (missing !== undefined) {
    const name = towers.labelNames[missing];
    throw new RangeError(`Cannot train the towers: there is no picture with the name '${name}'`);
  }
  const examples = {
    pictures,
    codes: towers.labelNames.map(towers.encode),
    order: (random: Random) => groupsOf(pictures, labels, pairs, random),
    temperatureRate,
  };
  const [size] = towers.names.outputs[0].shape.slice(1) as number[];
  const optimizer = tf.train.adam(learningRate);
  const step = new TowersStep(towers, examples, { pairs, size, temperature, loss }, optimizer);
  try {
    const history = await runTraining(step, {
      ...{ epochs, seed, batchSize: groups * pairs },
      signal: kernelSignal(),
    });
    if (history.stopped) console.warn(history.stopped.message);
    return { losses: history.epochs.map((epoch) => epoch.loss), temperature: step.temperature };
  } finally {
    try {
      step.sync();
    } finally {
      step.dispose();
      optimizer.dispose();
    }
  }
}

/**
 * Deals the pictures of an epoch. Each round takes one picture of each label, in random order, and cuts
 * it into groups of `pairs`; what does not fill a group is left out of this round.
 *
 * @returns places of pictures, group after group
 */
function groupsOf(
  pictures: NamedPictures,
  labels: readonly number[],
  pairs: number,
  random: Random,
): Uint32Array {
  const piles = new Map<number, number[]>(labels.map((label) => [label, []]));
  for (const index of random.permutation(pictures.count)) piles.get(pictures.labels[index])?.push(index);
  const decks = [...piles.values()];
  const rounds = Math.min(...decks.map(({ length }) => length));
  const dealt = labels.length - (labels.length % pairs);
  const order = new Uint32Array(rounds * dealt);
  for (let round = 0; round < rounds; round++) {
    const turn = random.permutation(labels.length).subarray(0, dealt);
    order.set(
      Array.from(turn, (deck) => decks[deck][round]),
      round * dealt,
    );
  }
  return order;
}
