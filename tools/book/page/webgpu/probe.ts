/** A worker that says whether the workers of this page can compute on a graphics card. */

async function canCompute(): Promise<boolean> {
  const adapter = await navigator.gpu?.requestAdapter();
  // Through such a canvas TensorFlow.js reads what is asked for at once.
  return adapter ? new OffscreenCanvas(1, 1).getContext('webgpu') !== null : false;
}

void canCompute()
  .catch(() => false)
  .then((can) => postMessage(can));

export {};
