/** A GPT with a part left out, to see what the part is for. */
import { requireOneOf } from '../base/checks';
import type { Handle, Operations } from '../tensorflow/operations';
import type { Layer } from '../training/layers';
import type { Parameter } from '../training/parameters';
import { Attention, type Branch, gptLayers, Mlp, Residual } from './gpt';
import { LayerNorm, type Part, Positions } from './gpt-parts';

/** What can be left out. */
const gptParts = ['attention', 'mlp', 'norm', 'residual', 'positions'] as const;
export type GptPart = (typeof gptParts)[number];

/** Hands on what it gets; the parameters of the part in whose place it stands learn nothing. */
class Skipped implements Part {
  constructor(
    private readonly run: Operations,
    readonly parameters: readonly Parameter[],
  ) {}

  forward(x: Handle): Handle {
    return x;
  }

  backward(dy: Handle): Handle {
    for (const parameter of this.parameters) parameter.gradient = this.run.zerosLike(parameter.value);
    return dy;
  }
}

/** `y = f(LN x)`: nothing goes past. */
class Straight implements Part {
  readonly parameters: readonly Parameter[];

  constructor(
    private readonly run: Operations,
    private readonly norm: Part,
    private readonly branch: Branch,
  ) {
    this.parameters = [...norm.parameters, ...branch.parameters];
  }

  forward(x: Handle): Handle {
    const { norm, branch } = this;
    return this.run.addBias(branch.forward(norm.forward(x)), branch.bias.value);
  }

  backward(dy: Handle): Handle {
    return this.norm.backward(this.branch.backward(dy));
  }
}

/** What stands in the place of a layer. */
function inPlaceOf(layer: Layer, part: GptPart, run: Operations): Layer {
  const skipped = new Skipped(run, layer.parameters);
  if (layer instanceof Positions) return part === 'positions' ? skipped : layer;
  if (layer instanceof LayerNorm) return part === 'norm' ? skipped : layer;
  if (!(layer instanceof Residual)) return layer;
  const { norm, branch } = layer;
  if (part === 'norm') return new Residual(run, new Skipped(run, norm.parameters), branch);
  if (part === 'residual') return new Straight(run, norm, branch);
  const left = { attention: Attention, mlp: Mlp, positions: undefined }[part];
  return left && branch instanceof left ? skipped : layer;
}

/**
 * The layers of a GPT without one of its parts, for `trainGpt`: without `attention` or `mlp` the layers that add them,
 * without `norm` all normalisations, without `residual` what goes past, `x = f(LN x)` in place of `x += f(LN x)`, and
 * without `positions` their table. The parameters of what is left out are still there, without a gradient, so that shape and
 * first weights of what remains are those of the whole GPT.
 *
 * @param part - what to leave out
 * @returns the layers
 * @throws RangeError if there is no such part
 */
export function gptWithout(part: GptPart): typeof gptLayers {
  requireOneOf('the part', part, gptParts, 'leave out');
  return (run, of, shape) => gptLayers(run, of, shape).map((layer) => inPlaceOf(layer, part, run));
}
