import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { runOnRay } from '../../../tools/sweep/ray';
import { faultyPlan } from './trials';

const run = (address: string) =>
  runOnRay(faultyPlan('/nowhere', []), [], {
    ...{ folder: '/nowhere', jobs: 1, address, signal: new AbortController().signal },
    ...{ say: () => {}, onOutcome: () => {} },
  });

test('runOnRay() says where nothing answers, before it sets anything up', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  await expect(run(`127.0.0.1:${port}`)).rejects.toThrow(
    `Cannot sweep on Ray: nothing answers at 127.0.0.1:${port} (ECONNREFUSED)`,
  );
  await expect(run('here')).rejects.toThrow("Cannot sweep on Ray: 'here' is no address; write host:port");
});
