/**
 * The network written by hand as a model of TensorFlow.js, and back.
 *
 * @example
 * import { fromTensorflow, toTensorflow } from './lib/conversion';
 * import { createPerceptron, flatten } from './lib/network';
 * import { startTensorflow } from './lib/tensorflow';
 *
 * await startTensorflow('js');
 * const network = createPerceptron({ units: [2, 3, 1], seed: 1 });
 * const model = toTensorflow(network);
 * const back = fromTensorflow(model.getWeights());
 * console.log(flatten(back).every((value, index) => value === Math.fround(flatten(network.layers)[index])));
 * // true
 */

export { fromTensorflow, toTensorflow } from './model/dense';
