/** Models on disk, in TensorFlow.js's own format: `model.json`, and beside it the weights. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { tf } from '../tensorflow/backend';
import { ownOptimizer, trainingConfigOf } from '../tensorflow/insides';

/** What `model.json` says about the weights. */
interface WeightsGroup {
  /** names of the files, which are read one after the other as if they were one */
  paths: string[];
  weights: tf.io.WeightsManifestEntry[];
}

interface ModelFile {
  format?: string;
  modelTopology: object;
  weightsManifest: WeightsGroup[];
  trainingConfig?: tf.io.TrainingConfig;
}

const modelName = 'model.json';
const weightsName = /^weights-([0-9a-f]{16})\.bin$/;

/**
 * Saves a model: its layers, weights, and the state of its optimizer if it is compiled.
 *
 * The weights are in a file whose name holds their SHA-256, and `model.json`, which names that file,
 * is put in its place last and at once: whoever reads the folder, at whatever moment, finds the old
 * model or the new one, whole.
 *
 * @param model - any model of TensorFlow.js's layers
 * @param folder - made if it is not there; a model in it is replaced
 * @throws Error if the folder cannot be written
 */
export async function saveModel(model: tf.LayersModel, folder: string): Promise<void> {
  const place = path.resolve(folder);
  const write = async (artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
    const state = await optimizerState(model);
    const weights = Buffer.concat([bytesOf(artifacts.weightData), bytesOf(state.data)]);
    const name = `weights-${hashOf(weights)}.bin`;
    const content = {
      format: 'layers-model',
      generatedBy: artifacts.generatedBy,
      modelTopology: artifacts.modelTopology,
      trainingConfig: state.trainingConfig,
      weightsManifest: [{ paths: [name], weights: [...(artifacts.weightSpecs ?? []), ...state.specs] }],
    };
    fs.mkdirSync(place, { recursive: true });
    writeWhole(path.join(place, name), weights);
    writeWhole(path.join(place, modelName), Buffer.from(JSON.stringify(content)));
    for (const other of fs.readdirSync(place)) {
      if (weightsName.test(other) && other !== name) fs.rmSync(path.join(place, other));
    }
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  try {
    await model.save(tf.io.withSaveHandler(write));
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

/**
 * Makes sure that a model can be saved in a folder, before it is trained for long.
 *
 * @param folder - made if it is not there
 * @throws Error if it cannot be written
 */
export function requireWritable(folder: string): void {
  const place = path.resolve(folder);
  try {
    fs.mkdirSync(place, { recursive: true });
    writeWhole(path.join(place, '.writable'), Buffer.alloc(0));
    fs.rmSync(path.join(place, '.writable'));
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

function cannotSave(folder: string, error: unknown): unknown {
  const { syscall, code, message } = error as NodeJS.ErrnoException;
  if (!syscall) return error;
  const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'there is a file in its place' : message;
  return new Error(`Cannot save the model in '${folder}': ${why}. Name a folder that can be written.`);
}

/**
 * Loads a model that {@link saveModel} saved, or any other in TensorFlow.js's layers format.
 *
 * @param folder - where `model.json` lies
 * @returns the model with its weights; compiled, with the state of its optimizer, if it was when saved
 * @throws Error if the folder holds no model or a damaged one; the message names the file
 */
export async function loadModel(folder: string): Promise<tf.Sequential> {
  const place = path.resolve(folder);
  const cannot = (why: string) =>
    new Error(`Cannot load the model in '${folder}': ${why}. Save it there again, or name another folder.`);
  const read = (name: string): Buffer => {
    try {
      return fs.readFileSync(path.join(place, name));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw cannot(code === 'ENOENT' ? `there is no ${name}` : message);
    }
  };
  const { modelTopology, trainingConfig, weightsManifest } = parse(read(modelName), cannot);
  const names = weightsManifest.flatMap(({ paths }) => paths);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weights = Buffer.concat(names.map(read));
  const expected = weightSpecs.reduce((sum, spec) => sum + sizeOf(spec), 0);
  if (weights.length !== expected) {
    throw cannot(`${names.join(', ')} must hold ${expected} bytes, got ${weights.length}`);
  }
  const hash = names.length === 1 ? weightsName.exec(names[0])?.[1] : undefined;
  if (hash && hash !== hashOf(weights)) throw cannot(`${names[0]} is damaged: its hash is another`);
  const weightData = new Uint8Array(weights).buffer;
  try {
    const artifacts = { modelTopology, trainingConfig, weightSpecs, weightData };
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    ownOptimizer(model);
    return model as tf.Sequential;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw cannot(`${modelName} is not understood (${reason})`);
  }
}

interface OptimizerState {
  trainingConfig?: object;
  specs: tf.io.WeightsManifestEntry[];
  data?: ArrayBuffer;
}

/**
 * What `model.save` adds with `includeOptimizer`, except that it leaves the tensor that counts the
 * updates in memory.
 */
async function optimizerState(model: tf.LayersModel): Promise<OptimizerState> {
  if (!model.optimizer) return { specs: [] };
  const state = await model.optimizer.getWeights();
  const { data, specs } = await tf.io.encodeWeights(state, 'optimizer');
  for (const { name, tensor } of state) if (name === 'iter') tensor.dispose();
  return { trainingConfig: trainingConfigOf(model), specs, data };
}

function parse(content: Buffer, cannot: (why: string) => Error): ModelFile {
  let file: ModelFile;
  try {
    file = JSON.parse(content.toString('utf8'));
  } catch {
    throw cannot(`${modelName} is damaged: it is not JSON`);
  }
  const complete =
    file?.modelTopology &&
    Array.isArray(file.weightsManifest) &&
    file.weightsManifest.every(({ paths, weights }) => Array.isArray(paths) && Array.isArray(weights));
  if (complete && (file.format ?? 'layers-model') === 'layers-model') return file;
  throw cannot(`${modelName} does not describe a model of TensorFlow.js's layers`);
}

/** Bytes of one tensor in the file. */
function sizeOf({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number {
  const bytes: Record<string, number> = {
    float32: 4,
    int32: 4,
    bool: 1,
    uint8: 1,
    uint16: 2,
    float16: 2,
  };
  return shape.reduce((product, size) => product * size, 1) * bytes[quantization?.dtype ?? dtype];
}

function bytesOf(data: tf.io.WeightData | undefined): Buffer {
  const parts = Array.isArray(data) ? data : data ? [data] : [];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** Written beside and renamed, so that nobody meets half a file; nothing is left where it fails. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}.part`;
  try {
    fs.writeFileSync(draft, bytes);
    fs.renameSync(draft, file);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}
