/** TODO */
export { claimMimeType, exerciseMimeType, noteMimeType, plotlyMimeType } from './base/contract';
export { projectRoot } from './base/project-root';
export { formatMeasured } from './course/claims';
export { escapeHtml } from './course/display';
export { claimsIn, type PlacedClaim } from './course/evidence';
export type { ExerciseData } from './course/exercises';
export {
  type Knob,
  type KnobValue,
  misfit,
  parseKnobs,
  rangeWarning,
  readLiteral,
  typeOf,
  writeValue,
} from './course/knobs';
