/** Gradients that are too long are made shorter, all by the same factor. */
import { requirePositive } from '../base/checks';
import type { Handle, Operations, SharedFloats } from '../tensorflow/operations';
import type { Parameter } from './parameters';

/** Clips by the norm of all gradients together: with `‖g‖ = √(Σ g²)`, `g ← g min(1, most / ‖g‖)`. */
export class Clipping {
  private readonly factor: SharedFloats;

  /**
   * @param run - runs the operations
   * @param most - the greatest norm that is left as it is, > 0
   * @throws RangeError if `most` is not positive
   * @see Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks" (2013)
   */
  constructor(
    private readonly run: Operations,
    private readonly most: number,
  ) {
    requirePositive('clip', most, 'train');
    this.factor = run.shared([]);
  }

  /**
   * Gives parameters shorter gradients if theirs are too long; the old ones last until results are freed.
   *
   * @param parameters - each with its gradient
   * @returns `‖g‖` before
   */
  clip(parameters: readonly Parameter[]): number {
    const { run, most, factor } = this;
    const gradients = parameters.map(({ gradient }) => gradient as Handle);
    const norm = Math.sqrt(2 * run.read(run.halfSquares(...gradients))[0]);
    if (norm > most && Number.isFinite(norm)) {
      factor.values[0] = most / norm;
      factor.publish();
      for (const parameter of parameters) {
        parameter.gradient = run.multiply(parameter.gradient as Handle, factor.handle);
      }
    }
    return norm;
  }
}
