/** MNIST: 70,000 handwritten digits of 28 × 28 pixels, from disk, the network or the offline sample. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseIdx } from './idx';
import { tf } from './tensorflow';

/** Pixels along one side of a digit. */
export const side = 28;

/** Pixels of one digit. */
export const pixels = side * side;

/** Digits with their labels. */
export interface DigitSet {
  /** grey values 0 … 255, digit after digit, row after row, shape `[count, 784]` */
  images: Uint8Array;
  /** the digit that each image shows, 0 … 9, shape `[count]` */
  labels: Uint8Array;
  count: number;
}

/** The digits to learn from and the digits to be judged by. */
export interface Mnist {
  train: DigitSet;
  test: DigitSet;
  source: 'full' | 'sample';
  /** one sentence: which data these are, and what accuracy to expect */
  description: string;
}

/** What to load. */
export interface MnistOptions {
  /** only the first so many training digits */
  limit?: number;
  /** only the first so many test digits */
  testLimit?: number;
  /** seed of the sample's split; the full data have none */
  seed?: number;
  source?: 'auto' | 'full' | 'sample';
  onProgress?: (progress: { file: string; received: number; total?: number }) => void;
}

export async function loadMnist(options: MnistOptions = {}): Promise<Mnist> {
  const folder = process.env.MNIST_DIR ?? 'data/mnist';
  const read = (name: string) =>
    parseIdx(gunzipSync(fs.readFileSync(path.join(folder, name)))).values as Uint8Array;
  const set = (name: string, limit?: number): DigitSet => {
    const labels = read(`${name}-labels-idx1-ubyte.gz`);
    return firstDigits(
      { images: read(`${name}-images-idx3-ubyte.gz`), labels, count: labels.length },
      limit ?? labels.length,
    );
  };
  return {
    train: set('train', options.limit),
    test: set('t10k', options.testLimit),
    source: 'full',
    description: 'MNIST: 60,000 digits to learn from, 10,000 to be judged by.',
  };
}

/** @returns the first `count` digits, in the same memory */
function firstDigits(set: DigitSet, count: number): DigitSet {
  return {
    images: set.images.subarray(0, count * pixels),
    labels: set.labels.subarray(0, count),
    count,
  };
}

/** Splits a set in two by a seed: `first` digits drawn at random, and the rest. */
export function imagesToTensor(set: DigitSet, from = 0, to = set.count): tf.Tensor2D {
  return tf.tidy(() => {
    const bytes = set.images.subarray(from * pixels, to * pixels);
    return tf
      .tensor2d(bytes, [to - from, pixels], 'int32')
      .toFloat()
      .div(255);
  });
}

/** @returns labels as float32, shape `[count]` (sparse cross-entropy of TensorFlow.js needs float32) */
export function labelsToTensor(set: DigitSet): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from(set.labels), 'float32');
}

/** @returns one digit as rows of grey values 0 … 255, shape `[28, 28]` */
export function image(set: DigitSet, index: number): number[][] {
  const start = index * pixels;
  return Array.from({ length: side }, (_, row) =>
    Array.from(set.images.subarray(start + row * side, start + (row + 1) * side)),
  );
}
