import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';

const read = (...names: string[]) => readFileSync(join(projectRoot(), ...names), 'utf8');
const entriesOf = (text: string) => text.replace(/^#.*\n/gm, '').split(/\n(?=\S)/);

test('the hub locks each Python package with hashes, and those of the course in the same versions', () => {
  const locked = entriesOf(read('deploy', 'hub', 'requirements.txt'));
  expect(locked.length).toBeGreaterThan(60);
  for (const entry of locked) expect(entry).toMatch(/^[\w.-]+==\S+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}/);
  const versions = (entries: string[]) => entries.map((entry) => /^\S+==\S+/.exec(entry)?.[0]);
  const own = versions(locked);
  for (const wanted of [/^jupyterhub==6\.1\.1$/m, /^jupyterhub-idle-culler==2\.0\.0$/m]) {
    expect(read('deploy', 'hub', 'requirements.in')).toMatch(wanted);
    expect(own.some((version) => version && wanted.test(version))).toBe(true);
  }
  for (const version of versions(entriesOf(read('tools', 'setup', 'python', 'requirements.txt')))) {
    expect(own).toContain(version);
  }
});

test("the hub's proxy is pinned, and all that it needs has its integrity", () => {
  const { dependencies } = JSON.parse(read('deploy', 'hub', 'proxy', 'package.json'));
  expect(dependencies).toEqual({ 'configurable-http-proxy': '5.3.0' });
  const { packages } = JSON.parse(read('deploy', 'hub', 'proxy', 'package-lock.json'));
  const { '': own, ...others } = packages as Record<string, { integrity?: string; dependencies?: object }>;
  expect(own.dependencies).toEqual(dependencies);
  for (const { integrity } of Object.values(others)) expect(integrity).toMatch(/^sha512-/);
});
