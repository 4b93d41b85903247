/** TODO */

export { digitPad } from './course/digit-pad/pad';
export {
  examineEnvironment,
  packageVersions,
  pinnedRequirement,
  showEnvironment,
} from './course/environment';
export { readEvidence, showEvidence } from './course/evidence';
export { trainingView } from './course/training-view/view';
