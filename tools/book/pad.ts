/** The digit pad in a page of the book: its own script does not run there, so the page does what that would. */
import {
  applyNetwork,
  drawnDigit,
  mountDigitPad,
  type PackedLayer,
  type PadTools,
  type PadWords,
  type PageElement,
  unpackNetwork,
} from '../../lib/pad';

const tools: PadTools = { drawnDigit, unpackNetwork, applyNetwork };

/**
 * Makes a pad work.
 *
 * @param root - the element of the pad, as its HTML has it
 * @param script - the text of its script
 * @throws Error if that is not written as a digit pad's is
 */
export function mountPad(root: PageElement, script: string): void {
  // Its last line calls the function of the pad, with its markup, its network and its words as JSON.
  const [, given] = /\)\(root, (.*), tools\);\n\}\)\(\);$/.exec(script) ?? [];
  if (given === undefined) throw new Error('Cannot show the digit pad: its script has another form');
  const [markup, network, words] = JSON.parse(`[${given}]`) as [string, PackedLayer[], PadWords];
  mountDigitPad(root, markup, network, words, tools);
}
