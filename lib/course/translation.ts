/** What a notebook in another language knows of itself. */
import { host } from '../base/host';
import { languageSetting } from '../base/words';

/** The settings that are asked for: in Node, environment variables. */
export const translationSettings = {
  /** the language in which the course speaks, where the notebook's place does not say it */
  language: languageSetting,
  /** if 1, the code is known to be that of the English notebook but for its words */
  sameCode: 'DESCENT_SAME_CODE',
} as const;

/** @returns whether this notebook's code is known to be that of the English one but for its words */
export function isSameCode(): boolean {
  return host().environment(translationSettings.sameCode) === '1';
}
