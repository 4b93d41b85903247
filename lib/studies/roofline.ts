/** How long an operation must take at least: arithmetic, memory traffic, and what the machine can do. */
import { requireCount, requirePositive } from '../base/checks';
import { say } from '../base/words';
import { tf } from '../tensorflow/backend';
import { createOperations } from '../tensorflow/create-operations';

/** What an operation costs, whoever carries it out. */
export interface OperationCost {
  name: string;
  /** additions and multiplications */
  flops: number;
  /** read and written once each, float32 */
  bytes: number;
}

/** What a machine can do, or one core of it. */
export interface MachineLimits {
  /** additions and multiplications per second */
  peak: number;
  /** bytes per second that are moved, from wherever the numbers lie */
  bandwidth: number;
}

/** {@link MachineLimits} with both places that numbers may lie in. */
export interface MeasuredLimits extends MachineLimits {
  /** bytes per second within the processor's cache; `bandwidth` is that of the memory */
  cacheBandwidth: number;
}

/**
 * A product of two matrices, `[rows, inner] · [inner, columns]`: a multiplication and an addition for
 * each of `rows · inner · columns` triples.
 *
 * @returns `flops = 2 · rows · inner · columns`, and the bytes of the three matrices
 */
export function productCost(name: string, rows: number, inner: number, columns: number): OperationCost {
  const numbers = rows * inner + inner * columns + rows * columns;
  return { name, flops: 2 * rows * inner * columns, bytes: 4 * numbers };
}

/** The sizes of a network with one hidden layer, and of a batch. */
export interface StepSizes {
  batchSize: number;
  inputs: number;
  hiddenUnits: number;
  outputs: number;
}

/**
 * The operations of one training step of a network with one hidden layer, Adam's update included.
 *
 * @param sizes - all >= 1
 * @returns the five products first, then what goes entry by entry
 * @throws RangeError if a size is no whole number >= 1
 */
export function stepCosts(sizes: StepSizes): OperationCost[] {
  for (const [name, value] of Object.entries(sizes)) requireCount(name, value, 'count a step');
  const { batchSize, inputs, hiddenUnits, outputs } = sizes;
  const parameters = hiddenUnits * (inputs + 1) + outputs * (hiddenUnits + 1);
  const entries = batchSize * hiddenUnits;
  return [
    productCost('X W₁', batchSize, inputs, hiddenUnits),
    productCost('A W₂', batchSize, hiddenUnits, outputs),
    productCost('Aᵀ δ₂', hiddenUnits, batchSize, outputs),
    productCost('δ₂ W₂ᵀ', batchSize, outputs, hiddenUnits),
    productCost('Xᵀ δ₁', inputs, batchSize, hiddenUnits),
    { name: say('bias and ReLU'), flops: 2 * entries, bytes: 4 * 4 * entries },
    { name: 'ReLU′', flops: entries, bytes: 4 * 3 * entries },
    // m, v and θ are read and written, the gradient is read; about twelve operations each.
    { name: 'Adam', flops: 12 * parameters, bytes: 4 * 7 * parameters },
  ];
}

/**
 * The least time that an operation can take, `max(flops / peak, bytes / bandwidth)`.
 *
 * @param cost - what it does
 * @param limits - the machine's
 * @returns seconds
 * @throws RangeError if a limit is not positive
 * @see Williams, Waterman and Patterson, "Roofline: an insightful visual performance model" (2009)
 */
export function leastSeconds({ flops, bytes }: OperationCost, limits: MachineLimits): number {
  requirePositive('peak', limits.peak, 'find the least time');
  requirePositive('bandwidth', limits.bandwidth, 'find the least time');
  return Math.max(flops / limits.peak, bytes / limits.bandwidth);
}

/** A time is told by so many steps of the clock at least: in a browser's page one takes a tenth of a millisecond. */
const stepsOfClock = 50;
const clockStep = findClockStep();

/** @returns milliseconds between two times that the clock tells */
function findClockStep(): number {
  const start = performance.now();
  let now = start;
  for (let look = 0; now === start && look < 1e6; look++) now = performance.now();
  return now - start;
}

/**
 * Times a computation several times and keeps the fastest: whatever else the machine does can only
 * make it slower. What is too short for the clock is done many times over each time.
 *
 * @param work - done at once, not a promise
 * @param options - `repeats`: how often it is timed at least; `seconds`: for how long at least
 * @returns seconds
 */
export function fastest(work: () => unknown, { repeats = 5, seconds = 0.05 } = {}): number {
  requireCount('repeats', repeats, 'time');
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + 1000 * seconds;
  for (let [repeat, times] = [0, 1]; repeat < repeats || performance.now() < end; ) {
    const start = performance.now();
    for (let time = 0; time < times; time++) work();
    const took = performance.now() - start;
    if (took < stepsOfClock * clockStep && times < 2 ** 20) {
      times *= 2;
      continue;
    }
    repeat++;
    least = Math.min(least, took / times);
  }
  return least / 1000;
}

/**
 * Times a matrix times each of several others, one after the other, with the operation that trainings call: native
 * TensorFlow gives it one thread, unless it is large, or one row meets more than some 200,000 weights. (`tf.matMul` calls
 * another one, which takes all.)
 *
 * @param a - shape `[rows, inner]`
 * @param matrices - each of shape `[inner, columns]`
 * @param options - those of {@link fastest}
 * @returns seconds that all products take together, the fastest time
 */
export function timeProducts(
  a: tf.Tensor,
  matrices: readonly tf.Tensor[],
  options?: Parameters<typeof fastest>[1],
): number {
  const run = createOperations();
  try {
    const handles = matrices.map((matrix) => run.handleOf(matrix));
    const left = run.handleOf(a);
    return fastest(() => {
      for (const handle of handles) run.matMul(left, handle);
      // Where tensors are copied into the memory of the kernels, these are results too.
      run.freeResults([left, ...handles]);
    }, options);
  } finally {
    run.dispose();
  }
}

/**
 * Sides of square matrices whose products native TensorFlow leaves to one core. oneDNN shares out larger ones: squares
 * from a side of about 300 on, other shapes from about 20 million multiplications on.
 */
const sides = [64, 128, 192, 256];

/**
 * Measures what one core can do with the backend that runs: the best rate of a square matrix product, of growing
 * size until one takes three tenths of a second, and the best rates at which 64 MB are copied in memory and 128 kB
 * within the cache.
 *
 * @returns the limits
 */
export function measureLimits(): MeasuredLimits {
  let peak = 0;
  for (const size of sides) {
    const [a, b] = [tf.randomUniform([size, size]), tf.randomUniform([size, size])];
    const seconds = timeProducts(a, [b], { repeats: 4, seconds: 0.2 });
    tf.dispose([a, b]);
    peak = Math.max(peak, productCost('', size, size, size).flops / seconds);
    if (seconds > 0.3) break;
  }
  return { peak, bandwidth: copyRate(2 ** 24, 1), cacheBandwidth: copyRate(2 ** 15, 100) };
}

/** Bytes read and written per second where so many numbers are copied. */
function copyRate(numbers: number, times: number): number {
  const source = new Float32Array(numbers).fill(1);
  const target = new Float32Array(numbers);
  const copy = () => {
    for (let time = 0; time < times; time++) target.set(source);
  };
  // What shares the memory comes and goes, so it is watched for longer than a product.
  return (2 * source.byteLength * times) / fastest(copy, { repeats: 10, seconds: 0.4 });
}
