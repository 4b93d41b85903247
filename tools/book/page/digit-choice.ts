/** Whether a page has all digits or the first ones: the reader chooses, and a page that knows of a reason offers it. */
import type { DigitBytes } from './facts';
import { fewDigits } from './few-digits';
import { inThousands, megabytes } from './numbers';
import { say } from './say';

/** How the address has the choice: `?mnist=first`. */
export const digitsInAddress = { name: 'mnist', few: 'first' };

/** The choices in words, by what the address has for each. */
export function digitChoices({ all, few }: DigitBytes): Record<string, string> {
  return {
    '': say('all ({size} MB)', { size: megabytes(all) }),
    [digitsInAddress.few]: say('the first {count} ({size} MB)', {
      count: inThousands(fewDigits.train),
      size: megabytes(few),
    }),
  };
}

/** What a browser may tell of its device and its connection; each part may be missing. */
export interface Hints {
  /** Chromium alone has it: what the reader has set, and how fast the connection has been of late */
  connection?: { saveData?: boolean; effectiveType?: string };
  /**
   * Chromium alone has it, and only on pages that come by https or from this machine: gigabytes, rounded to a power of two.
   * From Chrome 147 on computers 2 is the least that is told, so that 2 means 2 or less.
   */
  deviceMemory?: number;
}

/** @returns why fewer digits may suit the reader, the beginning of a sentence; `undefined` where nothing is known */
function whyFew({ connection, deviceMemory }: Hints): string | undefined {
  if (connection?.saveData) return say('This connection saves data');
  if (['slow-2g', '2g', '3g'].includes(connection?.effectiveType ?? ''))
    return say('This connection is slow');
  if (deviceMemory !== undefined && deviceMemory <= 2) return say('This device has little memory');
  return undefined;
}

/** @returns the offer in a sentence; `undefined` where there is no reason to make it */
export function offerOfFew({ all, few }: DigitBytes, surroundings: Hints): string | undefined {
  const why = whyFew(surroundings);
  if (!why) return undefined;
  const sizes = { all: megabytes(all), few: megabytes(few), count: inThousands(fewDigits.train) };
  return say('{why}: all digits are {all} MB, the first {count} are {few} MB. You choose, in this bar.', {
    why,
    ...sizes,
  });
}
