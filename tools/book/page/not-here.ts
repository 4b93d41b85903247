/** Claims that speak of what a page does not have: there they do not apply, and say why. */
import { claimMimeType } from '../../../lib/page';
import type { Bundle } from './messages';

const installs = 'a page installs nothing';
const isNative = 'it is of native TensorFlow, and a page computes in WebAssembly';

/** The reason by the sentence of the claim. */
const reasons: Readonly<Record<string, string>> = {
  'Every npm package is installed in the version that package.json pins.': installs,
  'JupyterLab is installed in the version that requirements.txt pins.': installs,
  'Nothing in this installation is broken.': installs,
  'Less than a third of the time of model.fit goes into matrix products.': isNative,
  'For model.fit the prediction is right within 40 %.': isNative,
  'For the fused step the prediction is right within 40 %.': isNative,
  'With one hidden unit model.fit takes over half of its time with 128.': isNative,
  'A quarter of the weights takes more than half of the time.': isNative,
  'With weights that stay in the cache the same arithmetic takes less than three quarters of the time.':
    isNative,
  'Of a core at work the step of the GPT uses more than the fused step with 128 hidden units.': isNative,
  'The fused step uses more with 512 hidden units than with 128.': isNative,
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
