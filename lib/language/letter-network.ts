/**
 * A network that guesses the next letter from the last few, each read as a learnt list of numbers.
 *
 * @see Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model" (2003)
 */
import { requireCount, requireKnownOptions, requirePositive } from '../base/checks';
import { kernelSignal } from '../base/contract';
import { type Random, seededRandom } from '../base/random';
import { tf } from '../tensorflow/backend';
import type { TrainingView } from '../training/history';
import { runTraining } from '../training/loop';
import { type LetterParameters, LetterStep } from './letter-step';

/**
 * `p = softmax(tanh(Σ E[x₍ₜ₋ₖ₎] Wₖ + b) U + c)`, where `k` runs over the last `context` letters and
 * `E[x]` is row `x` of the table of embeddings.
 */
export interface LetterNetwork extends LetterParameters {
  /** `V` */
  readonly size: number;
  readonly parameterCount: number;
  /** @returns `E`, row after row, shape `[V][embeddingSize]` */
  embeddings(): number[][];
  /** @returns the mean of `−ln p`, nats a token; the first `context` tokens are read, not guessed */
  loss(tokens: Int32Array): number;
  dispose(): void;
}

/** Options of {@link createLetterNetwork}. */
export interface LetterNetworkOptions {
  /** `V`, a whole number >= 1 */
  size: number;
  /** `K`, how many letters it reads; 8 */
  context?: number;
  /** numbers in an embedding; 16 */
  embeddingSize?: number;
  /** 128 */
  hiddenUnits?: number;
  /** standard deviation of the first embeddings, > 0; 0.1 */
  embeddingScale?: number;
  /** draws the first weights; 1 */
  seed?: number;
}

/** Options of {@link trainLetterNetwork}. */
export interface LetterTraining {
  /** how many letters are guessed and learnt from; each place of the text at most once an epoch; all */
  examples?: number;
  /** 1 */
  epochs?: number;
  /** letters in one update; 256 */
  batchSize?: number;
  /** step size of Adam; 0.004 */
  learningRate?: number;
  /** the order of the places; 1 */
  seed?: number;
  view?: TrainingView;
}

/**
 * Makes a network. Its first weights are normal with variance 1 over the inputs of a unit; those of the
 * last layer are a tenth of that in size, so that at first all letters are about equally likely.
 *
 * @param options - see {@link LetterNetworkOptions}
 * @returns the network; the caller disposes it
 * @throws RangeError if an option is unknown or out of range
 */
export function createLetterNetwork(options: LetterNetworkOptions): LetterNetwork {
  const {
    size,
    context = 8,
    embeddingSize = 16,
    hiddenUnits = 128,
    embeddingScale = 0.1,
    seed = 1,
  } = options;
  const action = 'make a letter network';
  const counts = { size, context, embeddingSize, hiddenUnits };
  requireKnownOptions(options, [...Object.keys(counts), 'embeddingScale', 'seed'], action);
  for (const [name, count] of Object.entries(counts)) requireCount(name, count, action);
  requirePositive('embeddingScale', embeddingScale, action);
  const random = seededRandom(seed, 'weights of the letter network');
  const normal = (shape: [number, number], deviation: number) =>
    variable(
      Float32Array.from({ length: shape[0] * shape[1] }, () => deviation * random.normal()),
      shape,
    );
  const zeros = (length: number) => variable(new Float32Array(length), [length]);
  const table = normal([size, embeddingSize], embeddingScale);
  const spread = 1 / Math.sqrt(context * embeddingSize);
  const mixers = Array.from({ length: context }, () => normal([embeddingSize, hiddenUnits], spread));
  const hiddenBias = zeros(hiddenUnits);
  const outputs = normal([hiddenUnits, size], 0.1 / Math.sqrt(hiddenUnits));
  const outputBias = zeros(size);
  const all = [table, ...mixers, hiddenBias, outputs, outputBias];
  const network: LetterNetwork = {
    ...{ context, size, table, mixers, hiddenBias, outputs, outputBias },
    parameterCount: all.reduce((sum, one) => sum + one.size, 0),
    embeddings: () => table.arraySync() as number[][],
    loss(tokens) {
      requireTokens(tokens, network, 'measure a loss');
      const optimizer = tf.train.sgd(0);
      const step = new LetterStep(network, tokens, optimizer);
      try {
        return step.measure();
      } finally {
        step.dispose();
        optimizer.dispose();
      }
    },
    dispose: () => tf.dispose(all),
  };
  return network;
}

function variable(values: Float32Array, shape: number[]): tf.Variable {
  const tensor = tf.tensor(values, shape);
  const result = tf.variable(tensor);
  tensor.dispose();
  return result;
}

/**
 * Trains a network with Adam to guess each letter from those before it.
 *
 * @param network - changed
 * @param tokens - letters as numbers, more of them than the network reads
 * @param options - see {@link LetterTraining}
 * @returns the mean loss of each epoch in nats, shape `[epochs]`
 * @throws RangeError if an option is unknown or out of range, or the tokens do not fit
 */
export async function trainLetterNetwork(
  network: LetterNetwork,
  tokens: Int32Array,
  options: LetterTraining = {},
): Promise<number[]> {
  const action = 'train the letter network';
  const known = ['examples', 'epochs', 'batchSize', 'learningRate', 'seed', 'view'];
  requireKnownOptions(options, known, action);
  requireTokens(tokens, network, action);
  const places = tokens.length - network.context;
  const { examples = places, epochs = 1, batchSize = 256, learningRate = 0.004, seed = 1, view } = options;
  requireCount('examples', examples, action);
  requirePositive('learningRate', learningRate, action);
  const optimizer = tf.train.adam(learningRate);
  const order = (random: Random) => random.permutation(places).subarray(0, examples);
  const step = new LetterStep(network, tokens, optimizer, order);
  try {
    const history = await runTraining(step, { epochs, batchSize, seed, view, signal: kernelSignal() });
    if (history.stopped && !view) console.warn(history.stopped.message);
    return history.epochs.map(({ loss }) => loss);
  } finally {
    step.sync();
    step.dispose();
    optimizer.dispose();
  }
}

function requireTokens(tokens: Int32Array, { context, size }: LetterNetwork, action: string): void {
  if (tokens.length <= context) {
    throw new RangeError(
      `Cannot ${action}: there must be more than ${context} letters, got ${tokens.length}`,
    );
  }
  const wrong = tokens.findIndex((token) => token < 0 || token >= size);
  if (wrong < 0) return;
  throw new RangeError(
    `Cannot ${action}: letter ${wrong} must be one of 0 … ${size - 1}, got ${tokens[wrong]}`,
  );
}
