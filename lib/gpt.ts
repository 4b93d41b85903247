/**
 * A small GPT: made, trained, measured, saved, asked to write; adapted, made smaller, told what is liked.
 *
 * @example
 * import { countGptParameters, createGpt, textExamples, trainGpt, writeText } from './lib/gpt';
 * import { createVocabulary } from './lib/language';
 * import { startTensorflow } from './lib/tensorflow';
 *
 * await startTensorflow();
 * const text = 'round and '.repeat(30);
 * const vocabulary = createVocabulary(text);
 * const shape = { vocabulary: vocabulary.size, context: 16, layers: 1, heads: 2, width: 16 };
 * const model = createGpt(shape);
 * const training = textExamples(vocabulary.encode(text), 16);
 * await trainGpt(model, { training }, { steps: 100, batchSize: 8, learningRate: 0.01 });
 * console.log(countGptParameters(shape), writeText(model, vocabulary, { prompt: 'r', letters: 18, topK: 1 }));
 * // 3680 round and round and
 */

// The model, and its training.

export { gptGradients } from './language/gpt-gradients';
export { measureGpt } from './language/gpt-loss';
export { createGpt, type Gpt } from './language/gpt-model';
export { countGptParameters, type GptShape, type GptTensor, gptTensors } from './language/gpt-shape';
export { GptStep } from './language/gpt-step';
export { type GptPart, gptWithout } from './language/gpt-without';
export { type TokenExamples, textExamples } from './language/token-examples';
export { type GptHistory, type GptMeasurement, type GptTraining, trainGpt } from './language/train-gpt';

// What is done with one that is trained: adapted, made smaller, told what is liked.

export { countLoraParameters, createLora, type Lora, loraTensors, mergeLora } from './language/lora';
export { learnPreferences, type Preference, type PreferenceTraining } from './language/preferences';
export { gptBytes, type Quantised, quantise, quantiseGpt, type ScaleFor } from './language/quantise';

// Sums, which it can learn.

export { type Adder, addWith, makeAdder, type Sum, sumExamples } from './language/adder';

// What it writes.

export { GptCache } from './language/gpt-cache';
export { continueTokens, firstPrompt, type WritingOptions, writeText } from './language/write-text';

// In a file.

export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './language/checkpoint';
