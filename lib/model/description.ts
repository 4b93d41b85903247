/** `model.json`: what stands in it, and that it can be believed before anything is done with it. */
import { countElements } from '../base/arrays';
import type { tf } from '../tensorflow/backend';
import { weightsOfTopology } from '../tensorflow/insides';

/** What `model.json` says about the weights. */
interface WeightsGroup {
  /** names of the files, which are read one after the other as if they were one */
  paths: string[];
  weights: tf.io.WeightsManifestEntry[];
}

/** A description that has been checked. */
export interface ModelDescription {
  modelTopology: object;
  trainingConfig?: tf.io.TrainingConfig;
  /** names of files beside `model.json`, read one after the other as if they were one */
  names: string[];
  weightSpecs: tf.io.WeightsManifestEntry[];
  /** how many bytes the files must hold together */
  bytes: number;
}

/** Bytes of one number in a file of weights. */
const numberSizes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
};
/** What weights may be when loaded, and how they may be stored instead. */
const storedTypes: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['float32', ['uint8', 'uint16', 'float16']],
  ['int32', ['uint8', 'uint16']],
  ['bool', []],
]);

const remedy = 'Save it there again, or name another folder.';

/** What is wrong with a model on disk, as a sentence that is completed by {@link loadModel}. */
export class ModelFault extends Error {
  /** @param why - what is wrong  @param what - what the reader can do */
  constructor(
    why: string,
    readonly what = remedy,
  ) {
    super(why);
  }
}

/**
 * Reads a description, and checks each of its statements on the weights.
 *
 * @param text - the contents of `model.json`
 * @returns what it says
 * @throws ModelFault if it is not that of a model of TensorFlow.js's layers
 */
export function readDescription(text: string): ModelDescription {
  const file = parse(text);
  if (
    !isObject(file) ||
    !isObject(file.modelTopology) ||
    (file.format ?? 'layers-model') !== 'layers-model'
  ) {
    throw new ModelFault("model.json does not describe a model of TensorFlow.js's layers");
  }
  requireOldKeras(file.modelTopology);
  if (!Array.isArray(file.weightsManifest) || !file.weightsManifest.every(isGroup)) {
    throw new ModelFault("model.json does not describe a model of TensorFlow.js's layers");
  }
  const names = file.weightsManifest.flatMap(({ paths }) => paths);
  const weightSpecs = file.weightsManifest.flatMap(({ weights }) => weights);
  names.forEach(requirePlainName);
  return {
    modelTopology: file.modelTopology,
    trainingConfig: file.trainingConfig as tf.io.TrainingConfig | undefined,
    names,
    weightSpecs,
    bytes: weightSpecs.reduce((sum, spec) => sum + bytesOf(spec), 0),
  };
}

/**
 * Makes sure that the layers ask for no weight that the files do not hold: layers take their memory
 * before the weights are read into them.
 *
 * @throws ModelFault if they do, or if a layer is unknown
 */
export async function requireAllWeights({ modelTopology, weightSpecs }: ModelDescription): Promise<void> {
  const held = weightSpecs.map(({ shape }) => String(shape));
  for (const { name, shape } of await weightsOfTopology(modelTopology)) {
    const place = held.indexOf(String(shape));
    if (place < 0) {
      throw new ModelFault(
        `the layers in model.json need weights '${name}' of shape [${shape.join(', ')}], but the files hold none of that shape`,
      );
    }
    held.splice(place, 1);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelFault('model.json is damaged: it is not JSON');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isGroup(group: unknown): group is WeightsGroup {
  return (
    isObject(group) &&
    Array.isArray(group.paths) &&
    group.paths.every((name) => typeof name === 'string') &&
    Array.isArray(group.weights) &&
    group.weights.every(isObject)
  );
}

/** @throws ModelFault if Keras 3 wrote the layers, whose form TensorFlow.js 4 cannot read */
function requireOldKeras(topology: Record<string, unknown>): void {
  const version = /^3\./.test(String(topology.keras_version));
  if (!version && !/"batch_shape"|"DTypePolicy"/.test(JSON.stringify(topology))) return;
  throw new ModelFault(
    'model.json was written by Keras 3, and TensorFlow.js reads the layers of Keras 2 alone',
    'In Python install tf_keras, set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported, save the model anew, and convert that one with tensorflowjs_converter.',
  );
}

/** A file beside `model.json`, on every system. */
function requirePlainName(name: string): void {
  if (/^[^/\\:\0]+$/.test(name) && name !== '.' && name !== '..') return;
  throw new ModelFault(
    `model.json names the file of weights ${JSON.stringify(name)}, which does not lie beside it`,
  );
}

/** Bytes of one tensor in the file. */
function bytesOf(spec: tf.io.WeightsManifestEntry): number {
  const { name, shape, dtype, quantization } = spec as Partial<tf.io.WeightsManifestEntry>;
  const wrong = (what: string, value: unknown) =>
    new ModelFault(
      `model.json gives the weights ${JSON.stringify(name)} the ${what} ${JSON.stringify(value)}`,
    );
  if (typeof name !== 'string') throw wrong('name', name);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw wrong('shape', shape);
  }
  const stored = storedTypes.get(dtype);
  if (!stored) throw wrong('type', dtype);
  if (quantization !== undefined && !isQuantization(quantization, stored)) {
    throw wrong('quantization', quantization);
  }
  return countElements(shape) * numberSizes[quantization?.dtype ?? (dtype as string)];
}

function isQuantization(value: unknown, types: readonly string[]): boolean {
  if (!isObject(value) || !types.includes(String(value.dtype))) return false;
  return value.dtype === 'float16' || [value.scale, value.min].every(Number.isFinite);
}
