/**
 * For tools that publish results of experiments: the key that tells whether a result is of the code that stands there now.
 *
 * @example
 * import { keyOf } from './lib/results';
 *
 * const parts = { settings: '{"seed":1}', backend: 'none', definitions: [] };
 * const [one, other] = await Promise.all(['() => 1', '() => 2'].map((compute) => keyOf({ ...parts, compute })));
 * console.log(one.length, one === other);
 * // 16 false
 */

export { keyOf, nearSettings } from './course/experiment-key';
