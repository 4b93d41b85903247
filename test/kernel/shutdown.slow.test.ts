import { expect, test } from 'vitest';
import { Kernel, messages } from './client';

const STARTS = 70;

/** What a kernel may be at when it is shut down. */
const moments: Record<string, (kernel: Kernel) => unknown> = {
  'at once': () => {},
  'after a cell': (kernel) => kernel.execute('console.log(1 + 1)'),
  'after a flood of replies': (kernel) =>
    Promise.all(Array.from({ length: 400 }, () => kernel.request('kernel_info_request', {}, 'control'))),
  'while replies are on their way': (kernel) => {
    for (let count = 0; count < 400; count++) void kernel.request('kernel_info_request', {}, 'control');
  },
  'while a cell waits': (kernel) => void kernel.begin('await new Promise(() => {})'),
  'while a cell loops': (kernel) => void kernel.begin('for (;;) {}'),
  'with TensorFlow loaded': async (kernel) => {
    const code =
      "import { startTensorflow, tf } from './lib/tensorflow'; await startTensorflow(); tf.ones([9]).print();";
    expect(messages(await kernel.execute(code), 'error')).toEqual([]);
  },
};

test(`${STARTS} starts and shutdowns end with status 0`, async () => {
  const names = Object.keys(moments);
  for (let start = 0; start < STARTS; start++) {
    const moment = names[start % names.length];
    const kernel = await Kernel.start();
    await moments[moment](kernel);
    void kernel.request('shutdown_request', { restart: false }, start % 2 ? 'control' : 'shell');
    if (moment.includes('while a cell'))
      void kernel.request('shutdown_request', { restart: false }, 'control');
    const status = await kernel.exited;
    await kernel.stop();
    expect(`start ${start}, ${moment}: ${status}\n${kernel.log}`).toBe(`start ${start}, ${moment}: 0\n`);
  }
});
