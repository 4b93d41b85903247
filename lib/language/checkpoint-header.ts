/** The first line of a checkpoint: what the GPT is, and whether its numbers can be read by it. */
import { type Precision, precisions } from './checkpoint-bytes';
import { type GptShape, requireGptShape } from './gpt-shape';

/** What every checkpoint begins with. */
export const format = { format: 'descent-gpt', version: 1 };

/** The first line. */
export interface Header {
  format: string;
  version: number;
  precision: Precision;
  shape: GptShape;
  letters: string[];
  notes: Record<string, unknown>;
  /** updates and rounds made, and the powers of AdamW's `β₁` and `β₂`: of the weights, of the gains and biases */
  training?: { step: number; round: number; powers: number[][] };
  /** of the numbers */
  sha256: string;
}

/**
 * @param line - the first line of a file
 * @returns the header, or what is wrong with it and what helps
 */
export function readHeader(line: string): Header | string {
  let header: Partial<Header>;
  try {
    header = JSON.parse(line);
  } catch {
    return 'it is no checkpoint of a GPT';
  }
  if (!isRecord(header) || header.format !== format.format) return 'it is no checkpoint of a GPT';
  const why = problemOf(header);
  return why === undefined ? (header as Header) : `${why}; train the GPT anew`;
}

/** @returns what is wrong with a header of this format */
function problemOf({ version, shape, precision, letters, notes, training }: Partial<Header>) {
  if (version !== format.version)
    return `it has version ${version}, and version ${format.version} is understood`;
  if (!isRecord(shape)) return `its first line must name the shape of the GPT, got ${JSON.stringify(shape)}`;
  try {
    requireGptShape(shape, 'read');
  } catch (error) {
    return `its shape is impossible: ${(error as Error).message.replace('Cannot read: ', '')}`;
  }
  if (!precisions.includes(precision as Precision)) {
    return `its precision must be one of ${precisions.join(', ')}, got ${JSON.stringify(precision)}`;
  }
  if (!isRecord(notes)) return `its notes must be an object, got ${JSON.stringify(notes)}`;
  return lettersProblem(letters, shape.vocabulary) ?? trainingProblem(training);
}

/**
 * A token is the place of its letter, and whoever reads the file numbers the letters by their code points: in another
 * order, or with one of them twice, each text would be read as another.
 *
 * @param letters - of the vocabulary of a GPT
 * @param size - of that vocabulary
 * @returns what is wrong with them
 */
export function lettersProblem(letters: unknown, size: number): string | undefined {
  if (!Array.isArray(letters)) return `its letters must be a list, got ${JSON.stringify(letters)}`;
  if (letters.length !== size) return `it has ${letters.length} letters for a vocabulary of ${size}`;
  const wrong = letters.findIndex((letter) => typeof letter !== 'string' || [...letter].length !== 1);
  if (wrong >= 0) return `letter ${wrong} must be a single one, got ${JSON.stringify(letters[wrong])}`;
  const place = letters.findIndex(
    (letter, index) => index > 0 && codeOf(letters[index - 1]) >= codeOf(letter),
  );
  if (place < 0) return undefined;
  const [before, letter] = letters.slice(place - 1, place + 1).map((one) => JSON.stringify(one));
  const first = letters.indexOf(letters[place]);
  if (first < place) return `its letter ${letter} is there twice, at places ${first} and ${place}`;
  return `its letters must stand in the order of their code points, and ${before} stands before ${letter}`;
}

function trainingProblem(training: unknown): string | undefined {
  if (training === undefined) return undefined;
  const { step, round, powers }: Partial<Record<string, unknown>> = isRecord(training) ? training : {};
  const areCounts = [step, round].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
  const isPair = (list: unknown) => Array.isArray(list) && list.length === 2 && list.every(Number.isFinite);
  if (areCounts && Array.isArray(powers) && powers.length === 2 && powers.every(isPair)) return undefined;
  return `its first line must say where the training stands, got ${JSON.stringify(training)}`;
}

const codeOf = (letter: string) => letter.codePointAt(0) as number;

function isRecord<Value>(value: Value | undefined): value is Value & object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
