/** TensorFlow.js as the course uses it: without what draws, converts and reads data, and without WebGL. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-backend-cpu';
import { version_core } from '@tensorflow/tfjs-core';
import { version_layers } from '@tensorflow/tfjs-layers';

export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';

/** All its parts have one version. */
export const version = { tfjs: version_core, 'tfjs-core': version_core, 'tfjs-layers': version_layers };
