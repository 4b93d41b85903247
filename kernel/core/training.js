/** Lets an interrupt stop `model.fit`: TensorFlow.js looks at `model.stopTraining` after each batch, nothing else. */

/**
 * @param {NodeJS.Require | ((id: string) => any)} require the one that cells use
 * @param {() => { signal: AbortSignal, listens: boolean } | undefined} currentCell
 */
function stopTrainingOnInterrupt(require, currentCell) {
  const { LayersModel } = require('@tensorflow/tfjs-layers');
  for (const method of /** @type {const} */ (['fit', 'fitDataset'])) {
    const train = /** @type {Function} */ (LayersModel.prototype[method]);
    /** @this {any} @param {unknown[]} args */
    LayersModel.prototype[method] = async function (...args) {
      const cell = currentCell();
      if (!cell) return train.apply(this, args);
      const stop = () => {
        this.stopTraining = true;
      };
      cell.signal.addEventListener('abort', stop);
      try {
        const history = await train.apply(this, args);
        // Code that asked for the signal decides for itself what an interrupted training returns.
        if (!cell.listens) cell.signal.throwIfAborted();
        return history;
      } finally {
        cell.signal.removeEventListener('abort', stop);
      }
    };
  }
}

module.exports = { stopTrainingOnInterrupt };
