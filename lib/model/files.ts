/** Models on disk, in TensorFlow.js's own format: `model.json`, and beside it the weights. */
import { concatenate } from '../base/arrays';
import { sha256 } from '../base/hash';
import { host } from '../base/host';
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
  const { files } = host();
  const write = async (artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
    const state = await optimizerState(model);
    const weights = concatenate([...partsOf(artifacts.weightData), ...partsOf(state.data)], newBytes);
    const name = `weights-${await shortHash(weights)}.bin`;
    const content = {
      format: 'layers-model',
      generatedBy: artifacts.generatedBy,
      modelTopology: artifacts.modelTopology,
      trainingConfig: state.trainingConfig,
      weightsManifest: [{ paths: [name], weights: [...(artifacts.weightSpecs ?? []), ...state.specs] }],
    };
    await files.write(`${folder}/${name}`, weights);
    await files.write(`${folder}/${modelName}`, JSON.stringify(content));
    for (const other of await files.list(folder)) {
      if (weightsName.test(other.name) && other.name !== name) await files.remove(`${folder}/${other.name}`);
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
export async function requireWritable(folder: string): Promise<void> {
  const { files } = host();
  try {
    await files.write(`${folder}/.writable`, '');
    await files.remove(`${folder}/.writable`);
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

function cannotSave(folder: string, error: unknown): unknown {
  const cause = causeOf(error);
  if (!cause) return error;
  const why = ['EEXIST', 'ENOTDIR'].includes(cause.code) ? 'there is a file in its place' : cause.message;
  return new Error(`Cannot save the model in '${folder}': ${why}. Name a folder that can be written.`);
}

/** The system's own error below one of the host's, if there is one. */
function causeOf(error: unknown): { code: string; message: string } | undefined {
  const { cause } = error as { cause?: { code?: string; message: string } };
  return cause?.code ? { code: cause.code, message: cause.message } : undefined;
}

/**
 * Loads a model that {@link saveModel} saved, or any other in TensorFlow.js's layers format.
 *
 * @param folder - where `model.json` lies
 * @returns the model with its weights; compiled, with the state of its optimizer, if it was when saved
 * @throws Error if the folder holds no model or a damaged one; the message names the file
 */
export async function loadModel(folder: string): Promise<tf.Sequential> {
  const cannot = (why: string) =>
    new Error(`Cannot load the model in '${folder}': ${why}. Save it there again, or name another folder.`);
  const read = async (name: string): Promise<Uint8Array> => {
    try {
      return await host().files.read(`${folder}/${name}`);
    } catch (error) {
      const { code, message } = causeOf(error) ?? { code: '', message: (error as Error).message };
      throw cannot(code === 'ENOENT' ? `there is no ${name}` : message);
    }
  };
  const description = new TextDecoder().decode(await read(modelName));
  const { modelTopology, trainingConfig, weightsManifest } = parse(description, cannot);
  const names = weightsManifest.flatMap(({ paths }) => paths);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weights = concatenate(await Promise.all(names.map(read)), newBytes);
  const expected = weightSpecs.reduce((sum, spec) => sum + sizeOf(spec), 0);
  if (weights.length !== expected) {
    throw cannot(`${names.join(', ')} must hold ${expected} bytes, got ${weights.length}`);
  }
  const hash = names.length === 1 ? weightsName.exec(names[0])?.[1] : undefined;
  if (hash && hash !== (await shortHash(weights)))
    throw cannot(`${names[0]} is damaged: its hash is another`);
  try {
    const artifacts = { modelTopology, trainingConfig, weightSpecs, weightData: weights.buffer };
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

function parse(text: string, cannot: (why: string) => Error): ModelFile {
  let file: ModelFile;
  try {
    file = JSON.parse(text);
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

function partsOf(data: tf.io.WeightData | undefined): Uint8Array[] {
  const parts = Array.isArray(data) ? data : data ? [data] : [];
  return parts.map((part) => new Uint8Array(part));
}

const newBytes = (length: number) => new Uint8Array(length);

async function shortHash(bytes: Uint8Array): Promise<string> {
  return (await sha256(bytes)).slice(0, 16);
}
