/** TODO */
export { projectRoot } from './base/project-root';
export { formatMeasured } from './course/claims';
export { escapeHtml } from './course/display';
export { claimsIn, type PlacedClaim } from './course/evidence';
export { type ExerciseData, exerciseMimeType } from './course/exercises';
export { noteMimeType } from './course/experiments';
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
