import { platform } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, shown, until } from './client';

const model = `
const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [3] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const x = tf.ones([64, 3]), y = tf.ones([64, 4]);
const count = { batches: 0 };
const callbacks = { onBatchEnd: () => { if (++count.batches === 3) console.log('training') } };`;

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
  await run("import { startTensorflow, tf } from './lib/tensorflow';\nawait startTensorflow();");
  await run(model);
});
afterAll(() => kernel.stop());

async function run(code: string): Promise<string> {
  const answer = await kernel.execute(code);
  const failures = messages(answer, 'error').map(plainTraceback);
  expect([code, answer.reply.status, ...failures]).toEqual([code, 'ok']);
  return shown(answer);
}

describe.skipIf(platform() === 'win32')('an interrupt of a training', () => {
  const ways = {
    interrupt_request: () => void kernel.request('interrupt_request', {}, 'control'),
    SIGINT: () => void kernel.process.kill('SIGINT'),
  };

  test.each(Object.entries(ways))('by %s stops model.fit; the model stays', async (_, interrupt) => {
    await run('count.batches = 0; undefined');
    const { answer, done } = kernel.begin(
      'await model.fit(x, y, { epochs: 1_000_000, batchSize: 8, verbose: 0, callbacks });',
    );
    await until(() => shown(answer).includes('training'));
    interrupt();
    expect((await done).reply).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });

    // It has stopped, not gone on behind the reader's back: nothing trains any more, and another training may begin.
    await run('await new Promise((r) => setTimeout(r, 200)); const counted = count.batches;');
    expect(await run('await new Promise((r) => setTimeout(r, 200)); count.batches - counted')).toBe('0\n');
    const again = await run(
      'const history = await model.fit(x, y, { epochs: 2, verbose: 0 }); history.epoch',
    );
    expect(again).toBe('[ 0, 1 ]\n');
  });

  test('lets code that listens return what the training has so far', async () => {
    await run('count.batches = 0; undefined');
    const { answer, done } = kernel.begin(
      "const signal = (globalThis as any)[Symbol.for('descent.interrupt')];\nawait model.fit(x, y, { epochs: 1_000_000, batchSize: 8, verbose: 0, callbacks });\nconsole.log('returned', signal.aborted);",
    );
    await until(() => shown(answer).includes('training'));
    ways.interrupt_request();
    expect((await done).reply.status).toBe('ok');
    expect(shown(answer)).toContain('returned true');
  });
});
