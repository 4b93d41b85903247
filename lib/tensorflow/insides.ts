/**
 * The private parts of TensorFlow.js that the course reaches into, all in this file: an upgrade of
 * TensorFlow.js is reviewed here.
 */
import * as tf from '@tensorflow/tfjs';

/** Names a tensor of the TensorFlow library; valid until it is freed. */
export type Handle = number;

/** A named setting of an operation, such as `transpose_a` of `MatMul`. */
export interface Attribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}

/** tfjs-node's binding: TensorFlow's C interface, call by call. */
export interface Binding {
  TF_Version: string;
  TF_FLOAT: number;
  TF_UINT8: number;
  TF_INT32: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_INT: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array | Uint8Array): Handle;
  deleteTensor(handle: Handle): void;
  tensorDataSync(handle: Handle): Float32Array;
  executeOp(name: string, attributes: Attribute[], inputs: Handle[], outputs: number): { id: Handle }[];
  getNumOfTensors(): number;
}

/** tfjs-node's backend, as far as it is used here. */
export interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: tf.Tensor[]): Handle[];
  createOutputTensor(metadata: { id: Handle; shape: number[]; dtype: number }): tf.Tensor;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor;
}

/** @returns whether native TensorFlow runs */
export function isNative(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** @returns the backend in use, which must be native TensorFlow */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** @returns how many tensors native TensorFlow holds at present; 0 on other backends */
export function countNativeTensors(): number {
  return isNative() ? nativeBackend().binding.getNumOfTensors() : 0;
}

/** A program of TensorFlow.js's WebGPU backend. */
export interface GpuProgram {
  outputShape: number[];
  /** the same for the same code */
  shaderKey: string;
  /** which axes of the result are spread over which of the groups' */
  dispatchLayout: { x: number[] };
  /** groups of threads; is changed where one axis cannot have so many */
  dispatch: number[];
  /** threads in a group */
  workgroupSize: [number, number, number];
  /** of the inputs, in their order */
  variableNames: string[];
  /** fields of the structure `uniforms`, beside those that it has */
  uniforms: string;
  /** whether `uniforms.size` says how many numbers the result has */
  size: boolean;
  getUserCode(): string;
}

/** TensorFlow.js's WebGPU backend, as far as it is used here. */
interface WebGpuBackend {
  runWebGPUProgram(
    program: GpuProgram,
    inputs: tf.TensorInfo[],
    type: 'float32',
    uniforms: { type: string; data: number[] }[],
  ): tf.TensorInfo;
}

/**
 * Runs a program on the graphics card; WebGPU must be the backend in use.
 *
 * @param program - takes its inputs for plain arrays
 * @param inputs - never changed
 * @param shape - of the result
 * @param uniforms - in the order of the program's fields
 * @returns the result, float32, to be disposed as any tensor
 */
export function runOnGpu(
  program: GpuProgram,
  inputs: readonly tf.Tensor[],
  shape: readonly number[],
  uniforms: { type: string; data: number[] }[],
): tf.Tensor {
  const flat = inputs.map(({ dataId, size, dtype }) => ({ dataId, dtype, shape: [size] }));
  const backend = tf.backend() as unknown as WebGpuBackend;
  const result = backend.runWebGPUProgram(program, flat, 'float32', uniforms);
  return tf.engine().makeTensorFromTensorInfo({ ...result, shape: [...shape] });
}

/**
 * Puts a stand-in in front of the binding, since the binding itself cannot be changed.
 *
 * @param executeOp - is called in the place of the binding's own, which it is given
 * @returns takes the stand-in away
 */
export function interposeOperations(
  executeOp: (own: Binding['executeOp']) => Binding['executeOp'],
): () => void {
  const backend = nativeBackend();
  const { binding } = backend;
  const standIn: Record<string, unknown> = {};
  const names = [binding, Object.getPrototypeOf(binding)].flatMap(Object.getOwnPropertyNames);
  for (const name of names) standIn[name] = binding[name as keyof Binding];
  standIn.executeOp = executeOp(binding.executeOp.bind(binding));
  backend.binding = standIn as unknown as Binding;
  return () => {
    backend.binding = binding;
  };
}

/** What TensorFlow.js keeps in a compiled model beside its public part. */
export interface CompiledModel {
  /** whether a `fit` is under way */
  isTraining: boolean;
  /** what `compile` found to train; undefined in a model that was changed afterwards */
  collectedTrainableWeights?: tf.LayerVariable[];
  getDedupedMetricsNames(): string[];
}

/** A `tf.Sequential` leaves the training to a model inside it. */
export function insideOf(model: tf.LayersModel): CompiledModel {
  const { model: inside } = model as unknown as { model?: CompiledModel };
  return inside ?? (model as unknown as CompiledModel);
}

/** @returns what `model.save` writes about loss, metrics and optimizer */
export function trainingConfigOf(model: tf.LayersModel): object {
  return (model as unknown as { getTrainingConfig(): object }).getTrainingConfig();
}

/**
 * Lets `model.dispose()` free the optimizer too, and all of it: TensorFlow.js's momentum forgets the
 * tensor of its learning rate.
 *
 * @param model - compiled
 */
export function ownOptimizer(model: tf.LayersModel): void {
  const { optimizer } = model;
  if (optimizer?.getClassName() === 'Momentum') {
    const free = optimizer.dispose;
    optimizer.dispose = () => {
      free.call(optimizer);
      tf.SGDOptimizer.prototype.dispose.call(optimizer);
    };
  }
  (model as unknown as { isOptimizerOwned: boolean }).isOptimizerOwned = true;
}

/** A setting that a layer keeps in itself and not in its configuration, such as a constraint. */
export function settingOf(layer: tf.layers.Layer, name: string): unknown {
  return layer.getConfig()[name] ?? (layer as unknown as Record<string, unknown>)[name];
}

/** One array of an optimizer's state, such as Adam's mean gradient, for each parameter. */
export type Slots = { originalName: string; variable: tf.Variable }[];

/** The settings and the state that TensorFlow.js keeps in its optimizers; each has some of them. */
export interface OptimizerInsides {
  iterations_?: number;
  learningRate: number;
  momentum: number;
  useNesterov: boolean;
  centered?: boolean;
  decay: number;
  epsilon: number;
  beta1: number;
  beta2: number;
  weightDecay?: number;
  accBeta1: tf.Variable;
  accBeta2: tf.Variable;
  accumulations: Slots;
  accumulatedMeanSquares: Slots;
  accumulatedMoments: Slots;
  accumulatedFirstMoment: Slots;
  accumulatedSecondMoment: Slots;
}

/** @returns the optimizer itself, with its private fields */
export function insidesOf(optimizer: tf.Optimizer): OptimizerInsides {
  return optimizer as unknown as OptimizerInsides;
}

/** What a layer calls to make one of its weights. */
interface WeightMaker {
  addWeight(name: string, shape: number[]): unknown;
}

/**
 * The weights that a model would have, found out without making them.
 *
 * @param modelTopology - of a model of layers, as `model.json` has it
 * @returns name within its layer and shape of each, in the order in which they are made
 * @throws Error as `tf.loadLayersModel` does of layers that there are not
 */
export async function weightsOfTopology(modelTopology: object): Promise<{ name: string; shape: number[] }[]> {
  const found: { name: string; shape: number[] }[] = [];
  const layers = tf.layers.Layer.prototype as unknown as WeightMaker;
  const { addWeight } = layers;
  layers.addWeight = (name, shape) => {
    found.push({ name, shape });
    return {};
  };
  // It makes all layers before it first waits: those of no other model are made meanwhile.
  const made = tf.models.modelFromJSON({ modelTopology } as unknown as tf.ModelAndWeightsConfig);
  layers.addWeight = addWeight;
  await made;
  return found;
}
