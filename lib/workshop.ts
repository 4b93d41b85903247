/**
 * What some notebooks need besides: the installation, the evidence of the others, studies made beforehand, live views.
 *
 * @example
 * import { readEvidence } from './lib/workshop';
 *
 * const evidence = await readEvidence();
 * console.log(evidence.every(({ claims }) => claims.every(({ met }) => met)));
 * // true
 */

// Numbers in words.

export { inWords } from './base/words';

// What is installed, and what the other notebooks have measured.

export {
  examineEnvironment,
  packageVersions,
  pinnedRequirement,
  showEnvironment,
} from './course/environment';
export { readEvidence, showEvidence } from './course/evidence';

// What a command has measured.

export { readStudy } from './course/studies';

// Outputs that move.

export { digitPad } from './course/digit-pad/pad';
export { trainingView } from './course/training-view/view';
export { type WrittenSample, writingView } from './course/training-view/writing';
