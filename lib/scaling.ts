/**
 * What a model costs, and how several workers train one.
 *
 * @example
 * import { countParameters, trainingFlops } from './lib/scaling';
 *
 * const parameters = countParameters([784, 128, 10]);
 * console.log(parameters, trainingFlops(parameters, 60000));
 * // 101770 36637200000
 */

// What it costs.

export { countParameters, exampleFlops, trainingFlops } from './studies/costs';

// One vector of parameters, several workers.

export { lossGradient, parameterVector, setParameterVector } from './model/loss-gradient';
export { averageShards, startWorkers, type WorkerTeam } from './studies/data-parallel';
