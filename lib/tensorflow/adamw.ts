/** AdamW, which TensorFlow.js lacks. */
import { requireNonNegative, requirePositive } from '../base/checks';
import { tf } from './backend';

type Gradients = Parameters<tf.AdamOptimizer['applyGradients']>[0];

/**
 * Adam with decoupled weight decay: each step first shrinks every parameter,
 * `θ ← θ − learningRate · weightDecay · θ`, and then makes Adam's step.
 *
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization" (2019)
 */
export class AdamWOptimizer extends tf.AdamOptimizer {
  /** @nocollapse */
  static override get className(): string {
    return 'AdamW';
  }

  /**
   * @param learningRate - length of the steps, > 0
   * @param weightDecay - share of each parameter that is lost per step and unit of learning rate, >= 0
   * @param beta1 - how much of the mean gradient is kept, 0 … 1
   * @param beta2 - how much of the mean squared gradient is kept, 0 … 1
   * @param epsilon - keeps the division from zero
   * @throws RangeError if a number is out of range
   */
  constructor(
    learningRate = 0.001,
    readonly weightDecay = 0.004,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-7,
  ) {
    requirePositive('learningRate', learningRate, 'make AdamW');
    requireNonNegative('weightDecay', weightDecay, 'make AdamW');
    super(learningRate, beta1, beta2, epsilon);
  }

  /** Shrinks the parameters that have a gradient, then steps as Adam does. */
  override applyGradients(gradients: Gradients): void {
    const names = Array.isArray(gradients) ? gradients.map(({ name }) => name) : Object.keys(gradients);
    const kept = 1 - this.learningRate * this.weightDecay;
    tf.tidy(() => {
      for (const name of names) {
        const parameter = tf.engine().registeredVariables[name];
        parameter.assign(parameter.mul(kept));
      }
    });
    super.applyGradients(gradients);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), weightDecay: this.weightDecay };
  }

  /** @nocollapse */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { learningRate, weightDecay, beta1, beta2, epsilon } = config;
    return new cls(learningRate, weightDecay, beta1, beta2, epsilon);
  }
}

tf.serialization.registerClass(AdamWOptimizer);
