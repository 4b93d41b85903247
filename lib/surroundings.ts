/**
 * What the tools ask of a notebook: its knobs, its claims, the types of its outputs.
 *
 * @example
 * import { parseKnobs, rangeWarning } from './lib/surroundings';
 *
 * const [epochs] = parseKnobs('const epochs = 10; // 1 … 20: passes over the training digits');
 * console.log(rangeWarning(epochs, 50));
 * // epochs = 50 lies outside its range 1 … 20; go on, but expect surprises.
 */

// Where the project lies, and how its parts know each other.

export { claimMimeType, exerciseMimeType, noteMimeType, plotlyMimeType, settings } from './base/contract';
export { projectRoot } from './base/project-root';
export { outFolder } from './course/out-folder';

// What draws, and what a figure says of itself.

export { describeFigure, figureBundle } from './course/show';
export { figurePage, findPlotly, type PageFigure } from './course/static-page';

// What stands in a notebook.

export { formOf, isSame, type MatrixLike } from './course/answer-values';
export { type ClaimStatus, claimSigns, formatMeasured, statusOf } from './course/claims';
export { escapeHtml } from './course/display';
export { claimsIn, type PlacedClaim } from './course/evidence';
export {
  type AnswerTolerance,
  type Check,
  type ExerciseData,
  type ExerciseOptions,
  judgeExercise,
  showOutcome,
} from './course/exercises';
export { type KnobValue, typeOf, writeValue } from './course/knob-values';
export { type Knob, misfit, parseKnobs, rangeWarning, readLiteral } from './course/knobs';
export { translationSettings } from './course/translation';
