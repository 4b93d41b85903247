import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
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

test('each package of the environment is locked with hashes, and each that is asked for', () => {
  const read = (name: string) => readFileSync(path.join(projectRoot(), 'tools', 'sweep', name), 'utf8');
  const locked = read('requirements-sweep.txt')
    .replace(/^#.*\n/gm, '')
    .split(/\n(?=\S)/);
  expect(locked.length).toBeGreaterThan(20);
  for (const entry of locked) expect(entry).toMatch(/^[\w.-]+==\S+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}/);
  const asked = [...read('requirements-sweep.in').matchAll(/^([\w-]+)(?:\[\w+\])?==([\w.]+)/gm)];
  expect(asked.map(([, name]) => name)).toEqual(['ray', 'optuna', 'certifi']);
  for (const [, name, version] of asked) {
    expect(
      locked.some((entry) => entry.startsWith(`${name}==${version} `)),
      name,
    ).toBe(true);
  }
});
