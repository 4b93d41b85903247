/**
 * For a page that shows the digit pad, but runs no script that stands in an output.
 *
 * @example
 * import { drawnDigit } from './lib/pad';
 *
 * const down = [{ x: 0.5, y: 0.2 }, { x: 0.5, y: 0.8 }];
 * console.log(drawnDigit([down])?.length);
 * // 784
 */

export { mountDigitPad, type PadTools, type PadWords, type PageElement } from './course/digit-pad/page';
export { drawnDigit } from './data/digit-drawing';
export { applyNetwork, type PackedLayer, unpackNetwork } from './model/compact-model';
