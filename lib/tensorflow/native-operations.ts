/**
 * Native TensorFlow's own operations, one call each: what TensorFlow.js's layers are built on, without
 * the bookkeeping around it.
 */
import type { tf } from './backend';
import type { Attribute, Handle } from './insides';
import { type NativeOptions, NativeTransformer } from './native-transformer';
import type {
  ActivationName,
  AdamSettings,
  ByteRows,
  MomentumSettings,
  Operations,
  RmsPropSettings,
  SharedFloats,
} from './operations';
import { runsOnManyRows } from './threads';
import type { SharedIndices } from './transformer-operations';

const forward = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', softmax: 'Softmax' } as const;

/** Numbers the variables, so that no two share their memory by name. */
let variables = 0;

/**
 * Owns what it makes: results last until `freeResults()`, variables, constants and shared arrays until
 * `dispose()`. The methods are described at {@link Operations}.
 */
export class NativeOperations extends NativeTransformer implements Operations {
  private readonly resources: Handle[] = [];
  private readonly floatType: Attribute[];
  private readonly transposed: Record<'first' | 'second', Attribute[]>;
  private readonly turned: Record<'none' | 'first' | 'second', Attribute[]>;
  private readonly nesterov: Attribute[];
  private readonly keepDimensions: Attribute[];

  /** @throws Error unless native TensorFlow runs */
  constructor(options?: NativeOptions) {
    super(options);
    const { TF_ATTR_TYPE, TF_FLOAT } = this.binding;
    this.floatType = [{ name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT }];
    this.transposed = { first: this.flag('transpose_a'), second: this.flag('transpose_b') };
    this.turned = {
      none: this.integers({ first: 0, second: 0 }),
      first: this.integers({ first: 1, second: 0 }),
      second: this.integers({ first: 0, second: 1 }),
    };
    this.nesterov = this.flag('use_nesterov');
    this.keepDimensions = this.flag('keep_dims');
  }

  matMul(a: Handle, b: Handle, transposed?: 'first' | 'second'): Handle {
    if (this.own && runsOnManyRows())
      return this.run('DescentProduct', [a, b], this.turned[transposed ?? 'none']);
    return this.run('MatMul', [a, b], transposed && this.transposed[transposed]);
  }

  addBias(x: Handle, bias: Handle): Handle {
    return this.run('BiasAdd', [x, bias]);
  }

  sumRows(delta: Handle): Handle {
    return this.run('BiasAddGrad', [delta]);
  }

  activate(activation: ActivationName, z: Handle): Handle {
    return activation === 'linear' ? z : this.run(forward[activation], [z]);
  }

  throughActivation(activation: ActivationName, delta: Handle, a: Handle): Handle {
    switch (activation) {
      case 'linear':
        return delta;
      case 'relu':
        return this.run('ReluGrad', [delta, a]);
      case 'sigmoid':
        return this.run('SigmoidGrad', [a, delta]);
      case 'tanh':
        return this.run('TanhGrad', [a, delta]);
      case 'softmax':
        return this.throughSoftmax(delta, a);
    }
  }

  private throughSoftmax(delta: Handle, a: Handle): Handle {
    const weighted = this.run('Mul', [delta, a]);
    const mean = this.run('Sum', [weighted, this.whole(1)], this.keepDimensions);
    return this.run('Mul', [this.run('Sub', [delta, mean]), a]);
  }

  add(a: Handle, b: Handle): Handle {
    return this.run('AddV2', [a, b]);
  }

  multiply(a: Handle, b: Handle): Handle {
    return this.run('Mul', [a, b]);
  }

  divide(a: Handle, b: Handle): Handle {
    return this.run('RealDiv', [a, b]);
  }

  halfSquares(...all: Handle[]): Handle {
    if (this.own && all.length > 1)
      return this.run('DescentHalfSquares', all, this.integers({ N: all.length }));
    return all.map((x) => this.run('L2Loss', [x])).reduce((sum, half) => this.add(sum, half));
  }

  zerosLike(x: Handle): Handle {
    return this.run('ZerosLike', [x]);
  }

  descend(parameter: Handle, rate: Handle, gradient: Handle): void {
    this.update('ResourceApplyGradientDescent', [parameter, rate, gradient]);
  }

  descendWithMomentum(
    parameter: Handle,
    { sum }: { sum: Handle },
    { rate, momentum, nesterov }: MomentumSettings,
    gradient: Handle,
  ): void {
    const inputs = [parameter, sum, rate, gradient, momentum];
    this.update('ResourceApplyMomentum', inputs, nesterov ? this.nesterov : []);
  }

  descendByRmsProp(
    parameter: Handle,
    { square, moment }: { square: Handle; moment: Handle },
    settings: RmsPropSettings,
    gradient: Handle,
  ): void {
    const { rate, decay, momentum, epsilon } = settings;
    const state = [parameter, square, moment];
    this.update('ResourceApplyRMSProp', [...state, rate, decay, momentum, epsilon, gradient]);
  }

  descendByAdam(
    parameter: Handle,
    { mean, square }: { mean: Handle; square: Handle },
    settings: AdamSettings,
    gradient: Handle,
  ): void {
    const { power1, power2, rate, beta1, beta2, epsilon } = settings;
    const inputs = [parameter, mean, square, power1, power2, rate, beta1, beta2, epsilon, gradient];
    this.update('ResourceApplyAdam', inputs);
  }

  variable(shape: number[], initial: Handle): Handle {
    const { TF_ATTR_SHAPE, TF_ATTR_STRING } = this.binding;
    const attributes = [
      ...this.floatType,
      { name: 'shape', type: TF_ATTR_SHAPE, value: shape },
      { name: 'shared_name', type: TF_ATTR_STRING, value: `descent-variable-${variables++}` },
    ];
    const [{ id }] = this.binding.executeOp('VarHandleOp', attributes, [], 1);
    this.resources.push(id);
    this.assign(id, initial);
    return id;
  }

  assign(variable: Handle, value: Handle): void {
    this.update('AssignVariableOp', [variable, value], this.floatType);
  }

  readVariable(variable: Handle): Handle {
    return this.run('ReadVariableOp', [variable], this.floatType);
  }

  variableToTensor(variable: Handle, shape: number[]): tf.Tensor {
    const [{ id }] = this.binding.executeOp('ReadVariableOp', this.floatType, [variable], 1);
    return this.backend.createOutputTensor({ id, shape, dtype: this.binding.TF_FLOAT });
  }

  handleOf(tensor: tf.Tensor): Handle {
    return this.backend.getInputTensorIds([tensor])[0];
  }

  constant(value: number): Handle {
    return this.keepFloats([], Float32Array.of(value));
  }

  byteRows(bytes: Uint8Array, width: number): ByteRows | undefined {
    if (!this.own) return undefined;
    const all = this.keep([bytes.length], this.binding.TF_UINT8, bytes);
    const batches = new Map<number, SharedIndices>();
    const attributes = this.integers({ size: width });
    return {
      scaled: (indices) => {
        const batch = batches.get(indices.length) ?? this.sharedIndices(indices.length);
        batches.set(indices.length, batch);
        batch.values.set(indices);
        batch.publish();
        return this.run('DescentScaledRows', [all, batch.handle], attributes);
      },
    };
  }

  shared(shape: number[]): SharedFloats {
    return this.share(shape, this.binding.TF_FLOAT, Float32Array);
  }

  override dispose(): void {
    this.freeResults();
    for (const resource of this.resources) {
      this.update('DestroyResourceOp', [resource], this.flag('ignore_lookup_error'));
      this.binding.deleteTensor(resource);
    }
    this.resources.length = 0;
    super.dispose();
  }
}
