/** Models on disk, in TensorFlow.js's own format: `model.json`, and beside it the weights. */
import { concatenate } from '../base/arrays';
import { sha256 } from '../base/hash';
import { host } from '../base/host';
import { tf } from '../tensorflow/backend';
import { ownOptimizer, trainingConfigOf } from '../tensorflow/insides';
import { type ModelDescription, ModelFault, readDescription, requireAllWeights } from './description';

const modelName = 'model.json';
const weightsName = /^weights-([0-9a-f]{16})\.bin$/;
/** Weights that no description names may be those of a model which is just being saved: for so long they stay. */
const savingMilliseconds = 60_000;
/** How often a model is read, or put in its place, while others save theirs in the same folder. */
const attempts = 5;

/**
 * Saves a model: its layers, weights, and the state of its optimizer if it is compiled.
 *
 * The weights are in a file whose name holds their SHA-256, and `model.json`, which names that file,
 * is put in its place last and at once: whoever reads the folder, at whatever moment, finds the old
 * model or the new one, whole. Where several save at the same time, one of their models stays. Weights
 * that no longer belong to a model are removed by the first save that finds them a minute old.
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
    for (let attempt = 0; attempt < attempts; attempt++) {
      await files.write(`${folder}/${name}`, weights);
      await files.write(`${folder}/${modelName}`, JSON.stringify(content));
      await removeOldWeights(folder, name);
      if (await isWhole(folder, name)) break;
    }
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  try {
    await model.save(tf.io.withSaveHandler(write));
  } catch (error) {
    throw cannotSave(folder, error);
  }
}

/** Removes the weights that models before this one have left. */
async function removeOldWeights(folder: string, kept: string): Promise<void> {
  const { files } = host();
  const factsOf = (name: string) => files.facts(`${folder}/${name}`).catch(() => undefined);
  // By the clock of the disk, which need not be that of this machine.
  const now = (await factsOf(modelName))?.modified ?? 0;
  for (const { name } of await files.list(folder)) {
    if (!weightsName.test(name) || name === kept) continue;
    const facts = await factsOf(name);
    if (facts && now - facts.modified > savingMilliseconds) await files.remove(`${folder}/${name}`);
  }
}

/** Whether the weights are there if the description, which another may have replaced, still names them. */
async function isWhole(folder: string, name: string): Promise<boolean> {
  const { files } = host();
  const description = await files.readText(`${folder}/${modelName}`);
  return !description.includes(name) || files.exists(`${folder}/${name}`);
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
  try {
    const { description, weights } = await readWhole(folder);
    await understand(() => requireAllWeights(description));
    return await understand(() => modelOf(description, weights));
  } catch (error) {
    if (!(error instanceof ModelFault)) throw error;
    throw new Error(`Cannot load the model in '${folder}': ${error.message}. ${error.what}`);
  }
}

/** The description and the weights that belong to it, though someone may be saving another model. */
async function readWhole(folder: string): Promise<{ description: ModelDescription; weights: Uint8Array }> {
  for (let attempt = 1; ; attempt++) {
    const text = await readText(folder);
    try {
      const description = readDescription(text);
      return { description, weights: await readWeights(folder, description) };
    } catch (error) {
      if (attempt === attempts || (await readText(folder)) === text) throw error;
    }
  }
}

async function readText(folder: string): Promise<string> {
  await factsOf(folder, modelName);
  return new TextDecoder().decode(await read(folder, modelName));
}

async function readWeights(folder: string, { names, bytes }: ModelDescription): Promise<Uint8Array> {
  const sizes = await Promise.all(names.map((name) => factsOf(folder, name)));
  const there = sizes.reduce((sum, size) => sum + size, 0);
  if (there !== bytes) throw new ModelFault(`${names.join(', ')} must hold ${bytes} bytes, got ${there}`);
  const weights = concatenate(await Promise.all(names.map((name) => read(folder, name))), newBytes);
  const hash = names.length === 1 ? weightsName.exec(names[0])?.[1] : undefined;
  if (weights.length !== bytes || (hash && hash !== (await shortHash(weights)))) {
    throw new ModelFault(`${names[0]} is damaged: its hash is another`);
  }
  return weights;
}

/** The size of a file, which must be a plain one: no other has a size, or an end. */
async function factsOf(folder: string, name: string): Promise<number> {
  const { regular, size } = await host()
    .files.facts(`${folder}/${name}`)
    .catch((error) => Promise.reject(cannotRead(name, error)));
  if (!regular) throw new ModelFault(`${name} is not a plain file`);
  return size;
}

function read(folder: string, name: string): Promise<Uint8Array> {
  return host()
    .files.read(`${folder}/${name}`)
    .catch((error) => Promise.reject(cannotRead(name, error)));
}

function cannotRead(name: string, error: unknown): ModelFault {
  const { code, message } = causeOf(error) ?? { code: '', message: (error as Error).message };
  return new ModelFault(code === 'ENOENT' ? `there is no ${name}` : message);
}

async function modelOf(
  { modelTopology, trainingConfig, weightSpecs }: ModelDescription,
  weights: Uint8Array,
): Promise<tf.Sequential> {
  const artifacts = { modelTopology, trainingConfig, weightSpecs, weightData: weights.buffer as ArrayBuffer };
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  ownOptimizer(model);
  return model as tf.Sequential;
}

/** Does what TensorFlow.js may refuse: its complaint becomes one line that names the file. */
async function understand<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelFault) throw error;
    const [reason] = (error as Error).message.split('\n');
    throw new ModelFault(`${modelName} is not understood (${reason})`);
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

function partsOf(data: tf.io.WeightData | undefined): Uint8Array[] {
  const parts = Array.isArray(data) ? data : data ? [data] : [];
  return parts.map((part) => new Uint8Array(part));
}

const newBytes = (length: number) => new Uint8Array(length);

async function shortHash(bytes: Uint8Array): Promise<string> {
  return (await sha256(bytes)).slice(0, 16);
}
