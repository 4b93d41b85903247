/**
 * What every notebook uses: knobs, sliders, figures, tables and formulas, claims, exercises, experiments.
 *
 * @example
 * import { claim, is } from './lib/course';
 *
 * claim('Half of a half is a quarter.', 0.5 * 0.5, is.equalTo(0.25));
 * // ✓ Claim met: Half of a half is a quarter. Measured 0.25; claimed exactly 0.25.
 */

// What a notebook shows.

export { interact } from './course/interact';
export { button, checkbox, choice, logSlider, slider } from './course/interact/controls';
export { knobs } from './course/knobs';
export { show } from './course/show';
export { showFormulas } from './course/show-formulas';
export { showTable } from './course/show-table';

// What it measures.

export { claim } from './course/claims';
export { experiment } from './course/experiments';
export { is } from './course/is';

// What it asks the reader.

export { near } from './course/answer-checks';
export { exercise, given } from './course/exercises';
