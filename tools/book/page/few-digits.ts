/** The digits of a page whose reader has chosen the first ones: how cells get them, and what does not hold then. */
import { claimMimeType, noteMimeType, shared } from '../../../lib/page';
import type { Bundle } from './messages';
import { inThousands } from './numbers';
import { say } from './say';

/**
 * How many there are. To learn from it is the first of the course's 50,000. To choose by it is all of them, for results that
 * come with the pages hold answers to each; to be judged by it is every fifth, as the two halves of MNIST's test digits are
 * not equally hard. So each part is of the same part of the course's one split.
 */
export const fewDigits = { train: 10_000, validation: 10_000, test: 2_000 };

interface MnistOptions {
  limit?: number;
  testLimit?: number;
  validation?: number;
  folder?: string;
}
type LoadMnist = (options?: MnistOptions) => Promise<unknown>;
type Compute = (settings: object) => unknown;
type Experiment = (name: string, settings: object, compute: Compute, options?: object) => Promise<unknown>;

/** What is known of the cell that makes a claim. */
export interface ClaimingCell {
  restsOn: readonly string[];
  /** whether it uses digits of which there are fewer, besides what its experiments compute */
  usesDigits?: boolean;
}

/** What cells have asked for since the worker began. */
export class FewDigits {
  private loaded = false;
  /** experiments by name: those whose stored results were read, and those that were computed here */
  private readonly read = new Set<string>();
  private readonly computed = new Set<string>();

  /** @returns a module as cells get it: of `./lib/data` and `./lib/course` one function is another */
  module(id: string, module: object): object {
    if (id === './lib/data') {
      const { loadMnist } = module as { loadMnist: LoadMnist };
      return { ...module, loadMnist: (options?: MnistOptions) => this.load(loadMnist, options) };
    }
    if (id === './lib/course') {
      const { experiment } = module as { experiment: Experiment };
      return { ...module, experiment: this.experiment(experiment) };
    }
    return module;
  }

  /** The result of an experiment was read. */
  noteRead(name: string): void {
    this.read.add(name);
  }

  private load(loadMnist: LoadMnist, options: MnistOptions = {}): Promise<unknown> {
    if (options.folder !== undefined) return loadMnist(options);
    // The course's split; without it a sixth of what there is would be kept to choose by.
    const { limit = 0, testLimit = 0, validation = fewDigits.validation } = options;
    if (!this.loaded) this.tell();
    this.loaded = true;
    const numbers = (asked: number, count: number) => ({
      asked: inThousands(asked),
      count: inThousands(count),
    });
    if (limit > fewDigits.train)
      note(
        say(
          'This cell asks for {asked} digits, and gets the first {count}.',
          numbers(limit, fewDigits.train),
        ),
      );
    if (testLimit > fewDigits.test)
      note(
        say(
          'This cell asks for {asked} test digits, and gets every fifth, {count}.',
          numbers(testLimit, fewDigits.test),
        ),
      );
    return loadMnist({
      ...options,
      validation,
      // Digits to choose by are none to learn from, also where a cell keeps fewer of them.
      ...((limit > fewDigits.train || validation < fewDigits.validation) && {
        limit: Math.min(limit || fewDigits.train, fewDigits.train),
      }),
      ...(testLimit > fewDigits.test && { testLimit: fewDigits.test }),
    });
  }

  private tell(): void {
    const values = { train: inThousands(fewDigits.train), test: inThousands(fewDigits.test) };
    note(
      say(
        'As chosen in the bar, the page has the first {train} digits to learn from, all to choose by, and every fifth to be judged by, {test}. Claims are of all digits: they do not apply, but for those that stored results alone decide.',
        values,
      ),
    );
  }

  private experiment(experiment: Experiment): Experiment {
    return (name, settings, compute, options) => {
      const here: Compute = (given) => {
        this.computed.add(name);
        requireEnough(name, given);
        return compute(given);
      };
      // Its text is in the result's key.
      Object.defineProperty(here, 'toString', { value: () => compute.toString() });
      return experiment(name, settings, here, options);
    };
  }

  /**
   * @param bundle - an output
   * @param cell - whose it is
   * @param isEdited - whether the reader has changed it, or a cell above it
   * @returns the output; that of a claim which speaks of all digits says that it does not apply
   */
  inScope(bundle: Bundle, cell: ClaimingCell | undefined, isEdited: boolean): Bundle {
    const claim = bundle[claimMimeType] as Claim | undefined;
    if (!this.loaded || !claim || claim.applies === false) return bundle;
    if (cell && !isEdited && this.isStored(cell)) return bundle;
    const { sentence, measured, bound } = claim;
    const why = say('it is of all digits, and the page has the first {count}', {
      count: inThousands(fewDigits.train),
    });
    const values = { why, sentence, measured: inFourDigits(measured), bound };
    const line = say(
      '○ Claim does not apply ({why}): {sentence} Measured {measured}; with all digits claimed {bound}.',
      values,
    );
    return {
      'text/plain': line,
      'text/html': `<div style="border-left:4px solid #7a7a7a;padding:2px 0 2px 10px;color:inherit">${escaped(line)}</div>`,
      [claimMimeType]: { ...claim, met: false, applies: false },
    };
  }

  /** Whether what a cell claims comes from stored results alone. */
  private isStored({ restsOn, usesDigits }: ClaimingCell): boolean {
    if (usesDigits || restsOn.length === 0) return false;
    const isRead = (name: string) => this.read.has(name) && !this.computed.has(name);
    return restsOn.every((name) =>
      name === '*' ? this.read.size > 0 && this.computed.size === 0 : isRead(name),
    );
  }

  /** @returns the error of a cell, with what to do where it asked for more digits than there are */
  explained(error: readonly string[] | undefined): string[] | undefined {
    const asked = this.loaded && error && digitsAsked(error.join('\n'));
    return asked ? [...error, tooFew(asked)] : error && [...error];
  }
}

interface Claim {
  sentence: string;
  measured: number | boolean | string;
  bound: string;
  applies?: false;
}

function inFourDigits(measured: Claim['measured']): string {
  if (typeof measured !== 'number' || Number.isSafeInteger(measured)) return String(measured);
  return String(Number(measured.toPrecision(4)));
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** How many digits an error of `lib/data` or `lib/model` says that were asked for, if there are so many in the course. */
function digitsAsked(error: string): number | undefined {
  const [, act, index, got] =
    /Cannot (take|split|draw) (?:a )?digits?: (index )?.*\bgot (\d+)/.exec(error) ?? [];
  // Places count from 0, and of what is split something must be left.
  const asked = Number(got) + Number(Boolean(index) || act === 'split');
  return asked >= fewDigits.train && asked <= 50_000 ? asked : undefined;
}

const tooFew = (asked: number) =>
  say('This cell asks for {asked} digits; the page has the first {count}: choose all digits in the bar.', {
    asked: inThousands(asked),
    count: inThousands(fewDigits.train),
  });

/** Trainings that see more and more digits would go on with fewer, and say nothing. */
function requireEnough(name: string, settings: object): void {
  const { dataSizes = [] } = settings as { dataSizes?: number[] };
  const most = Math.max(0, ...dataSizes);
  if (most <= fewDigits.train) return;
  throw new RangeError(
    say("'{name}' asks for {asked} digits; the page has the first {count}: choose all digits in the bar.", {
      name,
      asked: inThousands(most),
      count: inThousands(fewDigits.train),
    }),
  );
}

function note(sentence: string): void {
  shared('display')?.({ 'text/plain': `○ ${sentence}`, [noteMimeType]: { note: sentence } });
}
