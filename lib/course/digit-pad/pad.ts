/** Draw a digit: a pad in the output of a notebook, with the trained network inside it. */

import { inPercent, say } from '../../base/words';
import { drawingFunctions, drawnDigit } from '../../data/digit-drawing';
import { applyNetwork, compactFunctions, packNetwork, unpackNetwork } from '../../model/compact-model';
import type { tf } from '../../tensorflow/backend';
import { displayOrPrint, escapeHtml } from '../display';
import { mountDigitPad } from './page';

/** How a pad looks. */
export interface DigitPadOptions {
  /** the line above the pad */
  title?: string;
}

/**
 * Shows a pad on which the reader draws a digit, and what the network makes of it, stroke by stroke.
 *
 * The trained weights travel inside the output, one byte each, and the page computes the
 * prediction: no kernel and no network connection is needed. The drawing is scaled and centred as
 * MNIST's digits were; a tick box turns that off, and shows why it matters.
 *
 * @param model - a trained network, 784 inputs, Dense layers, softmax over 10 classes
 * @param options - the title
 * @throws TypeError if the network is of another kind; the message names what is in the way
 */
export function digitPad(model: tf.LayersModel, options: DigitPadOptions = {}): void {
  displayOrPrint({
    'text/html': digitPadHtml(model, options),
    'text/plain': say('A pad to draw a digit on: it needs a notebook with scripts, such as JupyterLab.'),
  });
}

/**
 * The pad as HTML that needs nothing else: markup, style, network and script. It has no ids, so any
 * number of pads fit on a page.
 *
 * @param model - as for `digitPad`
 * @param options - the title
 * @returns HTML, about 150 kB for 101,770 parameters
 * @throws TypeError as `digitPad` does
 */
export function digitPadHtml(model: tf.LayersModel, options: DigitPadOptions = {}): string {
  const network = packNetwork(model);
  const [inputs, classes] = [network[0].inputs, network[network.length - 1].units];
  if (inputs !== 784 || classes !== 10) {
    throw new TypeError(
      `Cannot show a digit pad: the network must map 784 pixels to 10 classes, got ${inputs} to ${classes}`,
    );
  }
  // Scripts, where they run, replace the text: so it stands wherever they do not.
  const fallback = say(
    'Here is a pad to draw a digit on. It needs scripts: open this notebook in JupyterLab and run the cell, or, if you trust the notebook, choose "Trust Notebook" from the command palette.',
  );
  return [
    '<div class="descent-digit-pad">',
    `<p>${escapeHtml(fallback)}</p>`,
    `<script>${padScript(markup(options.title ?? say('Draw a digit')), network)}</script>`,
    '</div>',
  ].join('\n');
}

function padScript(html: string, network: object): string {
  const functions = [...drawingFunctions, ...compactFunctions].map(String).join('\n');
  const tools = [drawnDigit, unpackNetwork, applyNetwork].map((tool) => tool.name);
  // `\u003c` keeps a `</script>` or `<!--` inside the data from ending the script.
  const words = {
    small: say('Too small to read: go on drawing.'),
    empty: say('Draw a digit.'),
    read: say('I read {digit}, with probability {share}.'),
    share: inPercent('{share}'),
  };
  const data = [html, network, words].map((value) => JSON.stringify(value).replace(/</g, '\\u003c'));
  return `(() => {
// Some compilers wrap functions in this helper.
const __name = (target) => target;
${functions}
const tools = { drawnDigit: ${tools[0]}, unpackNetwork: ${tools[1]}, applyNetwork: ${tools[2]} };
// A notebook may run a script apart from its place; then the first pad not yet mounted is its own.
const own = document.currentScript && document.currentScript.closest('.descent-digit-pad');
const root = own || document.querySelector('.descent-digit-pad:not([data-digit])');
if (root) (${mountDigitPad})(root, ${data.join(', ')}, tools);
})();`;
}

/** Blue and vermilion of Okabe and Ito, both legible on white and on black. */
const style = `
.descent-digit-pad { color: var(--jp-content-font-color1, CanvasText); max-width: 720px; padding: 4px; }
.descent-digit-pad .pad-title { font-weight: bold; margin: 0 0 8px; }
.descent-digit-pad .pad-columns { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
.descent-digit-pad canvas { background: #111; border: 1px solid #888; border-radius: 4px; box-sizing: border-box; }
.descent-digit-pad .pad-canvas { width: 280px; height: 280px; touch-action: none; cursor: crosshair; display: block; }
.descent-digit-pad .pad-canvas:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.descent-digit-pad .pad-seen { width: 84px; height: 84px; image-rendering: pixelated; display: block; }
.descent-digit-pad .pad-controls { display: flex; gap: 16px; align-items: center; margin-top: 8px; width: 280px; }
.descent-digit-pad .pad-controls label { display: flex; gap: 6px; align-items: center; white-space: nowrap; }
.descent-digit-pad .pad-controls input[type=range] { width: 110px; }
.descent-digit-pad .pad-rows { margin: 8px 0; width: 280px; }
.descent-digit-pad .pad-row { display: flex; align-items: center; gap: 8px; line-height: 20px; }
.descent-digit-pad .pad-row > span:last-child { width: 56px; text-align: right; }
.descent-digit-pad .best { font-weight: bold; }
.descent-digit-pad .pad-track { flex: 1; height: 12px; background: rgba(128, 128, 128, 0.25); }
.descent-digit-pad .pad-bar { display: block; height: 12px; width: 0; background: #0072b2; }
.descent-digit-pad .best .pad-bar { background: #d55e00; }
.descent-digit-pad .pad-note { font-size: 90%; margin: 8px 0 0; }
`;

function markup(title: string): string {
  const said = (english: string) => escapeHtml(say(english));
  const rows = Array.from(
    { length: 10 },
    (_, digit) =>
      `<div class="pad-row" role="listitem" data-part="row"><span>${digit}</span><span class="pad-track" aria-hidden="true">` +
      '<span class="pad-bar" data-part="bar"></span></span><span data-part="share"></span></div>',
  );
  return `<style>${style}</style>
<div role="group" aria-label="${escapeHtml(title)}" data-lm-suppress-shortcuts="true">
<p class="pad-title">${escapeHtml(title)}</p>
<div class="pad-columns">
<div>
<canvas class="pad-canvas" data-part="canvas" width="560" height="560" tabindex="0" role="application"
 aria-label="${said('Pad to draw a digit on. Arrow keys move the pen, space lowers and lifts it, Delete clears.')}"></canvas>
<div class="pad-controls"><button type="button" data-part="clear">${said('Clear')}</button>
<label>${said('Pen')} <input type="range" data-part="pen" min="1.4" max="4.6" step="0.2" value="2.6"
 aria-label="${said('Width of the pen, in pixels of the picture that the network sees')}"></label></div>
<div class="pad-controls"><label><input type="checkbox" data-part="centred" checked> ${said('Scale and centre as MNIST did')}</label></div>
</div>
<div>
<div>${said('What the network sees, 28 × 28:')}</div>
<canvas class="pad-seen" data-part="seen" width="28" height="28" role="img"
 aria-label="${said('The drawing as the network sees it, 28 by 28 pixels')}"></canvas>
<div class="pad-rows" role="list" aria-label="${said('Probability of each digit')}">${rows.join('')}</div>
<div data-part="verdict" role="status" aria-live="polite"></div>
</div>
</div>
<p class="pad-note">${said('Draw with mouse, pen or finger. By keyboard: arrow keys move the pen, space lowers and lifts it, Delete clears.')}</p>
</div>`;
}
