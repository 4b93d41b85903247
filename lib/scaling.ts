/** TODO */

export { lossGradient, parameterVector, setParameterVector } from './model/loss-gradient';
export { countParameters, exampleFlops, trainingBytes, trainingFlops } from './studies/costs';
export { averageShards, startWorkers, type WorkerTeam } from './studies/data-parallel';
