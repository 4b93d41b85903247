/**
 * A GPT in a file: one line of JSON that says what it is, and its numbers after it; of a training that goes on also what
 * AdamW remembers.
 */
import { concatenate, countElements } from '../base/arrays';
import { sha256 } from '../base/hash';
import { host } from '../base/host';
import type { AdamState } from '../training/adam-state';
import { bytesAt, bytesOf, fromBytes, type Precision, toBytes } from './checkpoint-bytes';
import { format, lettersProblem, readHeader } from './checkpoint-header';
import { type Gpt, notFinite } from './gpt-model';
import { type GptShape, type GptTensor, gptTensors } from './gpt-shape';
import type { GptTrainingState } from './gpt-step';

/** A GPT and what belongs to it. */
export interface Checkpoint {
  model: Gpt;
  /** of its vocabulary */
  letters: readonly string[];
  /** how it was made and what it reaches, as JSON */
  notes: Record<string, unknown>;
  /** where its training stands, if it is to go on */
  training?: GptTrainingState;
}

const cut = 'it is cut off, or of another shape';

/** The arrays of AdamW: of the weights first, then of the gains and biases. */
function stateTensors(shape: GptShape): GptTensor[][] {
  const tensors = gptTensors(shape);
  return [true, false].map((weights) => tensors.filter(({ kind }) => (kind === 'weight') === weights));
}

/**
 * Writes a checkpoint; a reader of the file finds the old one or the new one, whole.
 *
 * @param path - of the file, in the project's folder
 * @param checkpoint - never changed
 * @param precision - `int8` takes a quarter of the room, and is for use only, not for training on
 * @throws RangeError if the letters are not those of the GPT's vocabulary, in the order of their code points, or a number
 *   is not finite; Error if the file cannot be written
 */
export async function saveCheckpoint(
  path: string,
  { model, letters, notes, training }: Checkpoint,
  precision: Precision = 'float32',
): Promise<void> {
  const why = lettersProblem(letters, model.shape.vocabulary) ?? notFinite(model);
  if (why) throw new RangeError(`Cannot save the GPT in '${path}': ${why}`);
  const tensors = gptTensors(model.shape);
  const parts = tensors.map((tensor) => toBytes(tensor, model.weights[tensor.name], precision));
  for (const { means, squares } of training?.adam ?? []) parts.push(...[...means, ...squares].map(bytesAt));
  const body = concatenate(parts, (length) => new Uint8Array(length));
  const state = training && {
    ...{ step: training.step, round: training.round },
    powers: training.adam.map(({ powers }) => powers),
  };
  const header = { ...format, precision, shape: model.shape, letters, notes, training: state };
  const line = `${JSON.stringify({ ...header, sha256: await sha256(body) })}\n`;
  const bytes = [new TextEncoder().encode(line), body];
  await host().files.write(
    path,
    concatenate(bytes, (length) => new Uint8Array(length)),
  );
}

/**
 * Reads a checkpoint.
 *
 * @param path - of the file, in the project's folder
 * @returns what was saved
 * @throws Error if there is no such file, or it is none, of another version, truncated or damaged, or a number in it is not
 *   finite
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const fail = (why: string) => new Error(`Cannot load the GPT from '${path}': ${why}`);
  const bytes = await host()
    .files.read(path)
    .catch((error: Error) => {
      throw fail(error.message);
    });
  const end = bytes.indexOf(10);
  const header = readHeader(new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0))));
  if (typeof header === 'string') throw fail(header);
  const { shape, precision, letters, notes, training } = header;
  const body = bytes.subarray(end + 1);
  // Before any list of so many layers is made: each of them takes some bytes.
  if (shape.layers > body.length)
    throw fail(`it names ${shape.layers} layers, and holds ${body.length} bytes of them; ${cut}`);
  const tensors = gptTensors(shape);
  const own = tensors.reduce((sum, tensor) => sum + bytesOf(tensor, precision), 0);
  const kept = 8 * tensors.reduce((sum, tensor) => sum + countElements(tensor.shape), 0);
  const length = own + (training ? kept : 0);
  if (body.length !== length) {
    throw fail(`after its first line it must hold ${length} bytes, got ${body.length}; ${cut}`);
  }
  if ((await sha256(body)) !== header.sha256) throw fail('it is damaged: its SHA-256 is another');
  let from = 0;
  const take = (tensor: GptTensor, kind: Precision) => {
    const to = from + bytesOf(tensor, kind);
    const values = fromBytes(tensor, body.subarray(from, to), kind);
    from = to;
    return values;
  };
  const weights = Object.fromEntries(tensors.map((tensor) => [tensor.name, take(tensor, precision)]));
  const model = { shape, weights };
  const why = notFinite(model);
  if (why) throw fail(why);
  const adam = stateTensors(shape).map((group, index): AdamState | undefined => {
    if (!training) return undefined;
    const [means, squares] = [0, 1].map(() => group.map((tensor) => take(tensor, 'float32')));
    return { means, squares, powers: training.powers[index] };
  });
  const state = training && { step: training.step, round: training.round, adam: adam as AdamState[] };
  return { model, letters, notes, training: state };
}
