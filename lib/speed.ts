/**
 * Where the time goes: what an operation must take at least, and what each of them took.
 *
 * @example
 * import { leastSeconds } from './lib/speed';
 *
 * const product = { name: 'X W', flops: 2e9, bytes: 4e6 };
 * console.log(leastSeconds(product, { peak: 1e11, bandwidth: 1e10 }));
 * // 0.02
 */

export { type OperationProfile, profileOperations } from './studies/operation-profile';
export { fastest, leastSeconds, measureLimits, stepCosts, timeProducts } from './studies/roofline';
