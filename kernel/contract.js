/**
 * The global symbols at which the kernel offers something to `lib/`, and the type of figures. The kernel runs as it
 * stands and cannot read TypeScript, so these names stand here a second time; `lib/base/contract.ts` has them all.
 */

const symbols = {
  display: Symbol.for('descent.display'),
  interrupt: Symbol.for('descent.interrupt'),
  cell: Symbol.for('descent.cell'),
  definitions: Symbol.for('descent.definitions'),
  comms: Symbol.for('descent.comms'),
};

/** A figure, as JupyterLab draws it. */
const plotlyMimeType = 'application/vnd.plotly.v1+json';

/** The method by which a value says itself how it looks: Jupyter's for JavaScript, as Deno has it. */
const displayMethod = Symbol.for('Jupyter.display');

module.exports = { displayMethod, plotlyMimeType, symbols };
