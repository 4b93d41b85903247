/** Claims that speak of what a page does not have: there they do not apply, and say why. */
import { claimMimeType } from '../../../lib/page';
import type { Bundle } from './messages';
import { say } from './say';

/** Why claims of a cell do not apply. */
interface Reason {
  why: string;
  /** which of its claims, from 0, as they come; all, if left out */
  places?: readonly number[];
}

const installs = 'a page installs nothing';
const isNative = 'it is of native TensorFlow, and a page computes in WebAssembly';

/** By the cell, which is called the same in all editions. */
const reasons: Readonly<Record<string, Reason>> = {
  'start-claims': { why: installs },
  'fast-profile-claims': { why: isNative },
  'fast-fixed-claims': { why: isNative, places: [0, 1, 3] },
  'fast-roofline-claims': { why: isNative, places: [1] },
  'fast-tokens-claims': { why: isNative, places: [0] },
  'fast-utilisation-claims': { why: isNative },
};

/**
 * @param bundle - an output
 * @param cell - whose it is
 * @param place - how many claims the cell has made before, in this run
 * @returns the output; that of a claim which does not apply in a page says so
 */
export function asInPage(bundle: Bundle, cell: string, place: number): Bundle {
  const claim = bundle[claimMimeType] as { sentence: string } | undefined;
  const reason = Object.hasOwn(reasons, cell) ? reasons[cell] : undefined;
  if (!claim || !reason || !(reason.places?.includes(place) ?? true)) return bundle;
  const why = say(reason.why);
  return {
    'text/plain': say('○ Claim does not apply ({why}): {sentence}', { why, sentence: claim.sentence }),
    [claimMimeType]: { ...claim, met: false, applies: false },
  };
}
