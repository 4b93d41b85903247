/** Claims that speak of what a page does not have: there they do not apply, and say why. */
import { claimMimeType } from '../../../lib/page';
import type { Bundle } from './messages';

const installs = 'a page installs nothing';

/** The reason by the sentence of the claim. */
const reasons: Readonly<Record<string, string>> = {
  'Every npm package is installed in the version that package.json pins.': installs,
  'JupyterLab is installed in the version that requirements.txt pins.': installs,
  'Nothing in this installation is broken.': installs,
};

/** @returns an output; that of a claim which does not apply in a page says so */
export function asInPage(bundle: Bundle): Bundle {
  const claim = bundle[claimMimeType] as { sentence: string } | undefined;
  const why = claim && Object.hasOwn(reasons, claim.sentence) ? reasons[claim.sentence] : undefined;
  if (!claim || why === undefined) return bundle;
  return {
    'text/plain': `○ Claim does not apply (${why}): ${claim.sentence}`,
    [claimMimeType]: { ...claim, met: false, applies: false },
  };
}
