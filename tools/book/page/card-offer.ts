/** Whether a page can offer its reader to compute on a graphics card. */

/** Written by the build: whether what that takes comes with the book. */
declare const webgpu: boolean;

/**
 * @param folder - of the runtime, with `/` at its end
 * @returns whether a worker of this page can compute on a graphics card
 */
export async function hasCard(folder: string): Promise<boolean> {
  // A worker is asked where the page itself has a card: most have none, and load nothing for it.
  const ask = async () => webgpu && (await navigator.gpu?.requestAdapter());
  if (!(await ask().catch(() => null))) return false;
  const probe = new Worker(`${folder}webgpu/probe.js`, { type: 'module' });
  const can = await new Promise<boolean>((resolve) => {
    probe.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
    probe.onerror = () => resolve(false);
  });
  probe.terminate();
  return can;
}
