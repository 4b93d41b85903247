/** A worker of the worker: computes a part of each batch, where Node would start a process. */
import { share } from '../../../lib/page';
import { examinePage } from './browser';
import { pageFiles } from './files';
import { pageHost } from './host';
import { offerDigest } from './node-modules';
import { say } from './say';
import { SiteFiles } from './site-files';
import { turnWithoutFrames } from './turns';
import { webGpu } from './webgpu';

turnWithoutFrames();
offerDigest();
const address = new URL('.', location.href).href;
const files = pageFiles(new SiteFiles(address, () => {}), new Map(), address);

/** Written by the build: a module's file by its name. */
declare const modules: Record<string, string>;
const load = (id: string): Promise<object> => import(`${address}${modules[id]}`);
/** Told what to compute with, by name; where its card fails, the worker does, and who started it hears that. */
const card = webGpu({ address, load, say, lose: (lost) => reportError(new Error(lost)) }, () => false);
share(
  'host',
  pageHost({
    address,
    files,
    examine: examinePage,
    load,
    card,
    beginning: () => ({ knobs: {}, measureAgain: false }),
  }),
);

/** What the worker's script listens to, once it is loaded. */
let listen: ((order: unknown) => void) | undefined;
const early: unknown[] = [];
addEventListener('message', ({ data }) => (listen ? listen(data) : early.push(data)));
const process = {
  env: {},
  on(name: string, listener: (order: unknown) => void) {
    if (name === 'message') listen = listener;
  },
  send: (answer: unknown) => postMessage(answer),
};
Object.assign(globalThis, { process });

// Not awaited at the top level: messages come meanwhile.
void import(`${address}lib/data-parallel-worker.js`).then(() => {
  for (const order of early.splice(0)) listen?.(order);
});
