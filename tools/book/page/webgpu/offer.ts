/** Offers a graphics card to the reader of a page that has one; no other page loads this file. */
import { element } from '../dom';
import type { Say } from '../say';

const name = 'webgpu';

/** What is known of the page. */
export interface Offer {
  /** what may compute, to choose from */
  list: HTMLSelectElement;
  /** of the runtime, with `/` at its end */
  folder: string;
  /** @returns what the address asks for */
  asked(): string | undefined;
  say: Say;
}

/** Adds the card to the list, if the workers of the page have it, too. */
export async function offerCard({ list, folder, asked, say }: Offer): Promise<void> {
  if (!(await worksInWorker(folder))) return;
  list.append(element('option', { value: name, text: say('on the graphics card (WebGPU)') }));
  list.title = say(
    'The fastest way is WebAssembly: most steps of this course are small, and a graphics card is worth it for large ones alone.',
  );
  // The reader may have chosen meanwhile.
  if (asked() === name) list.value = name;
}

async function worksInWorker(folder: string): Promise<boolean> {
  const probe = new Worker(`${folder}webgpu/probe.js`, { type: 'module' });
  const works = await new Promise<boolean>((resolve) => {
    probe.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
    probe.onerror = () => resolve(false);
  });
  probe.terminate();
  return works;
}
