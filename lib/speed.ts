/** TODO */

export { type OperationProfile, profileOperations } from './studies/operation-profile';
export { fastest, leastSeconds, measureLimits, stepCosts } from './studies/roofline';
