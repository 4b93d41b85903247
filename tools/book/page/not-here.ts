/** Claims that speak of what a page does not have: there they do not apply, and say why. */
import { claimMimeType } from '../../../lib/page';
import type { Bundle } from './messages';
import { say } from './say';

/** The cells that make them, of any edition. */
const cells = ['start-claims'];

/** @param cell - whose output it is @returns the output; that of a claim which does not apply in a page says so */
export function asInPage(bundle: Bundle, cell: string): Bundle {
  const claim = bundle[claimMimeType] as { sentence: string } | undefined;
  if (!claim || !cells.includes(cell)) return bundle;
  const why = say('a page installs nothing');
  return {
    'text/plain': say('○ Claim does not apply ({why}): {sentence}', { why, sentence: claim.sentence }),
    [claimMimeType]: { ...claim, met: false, applies: false },
  };
}
