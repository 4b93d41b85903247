/** TODO */
export { claim } from './course/claims';
export { exercise, given } from './course/exercises';
export { experiment } from './course/experiments';
export { is } from './course/is';
export { knobs } from './course/knobs';
export { show } from './course/show';
export { showFormulas } from './course/show-formulas';
export { showTable } from './course/show-table';
