/** The Python side of the benchmark: what is installed is what was locked. With the real pip, and packages made here. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { setUpPython } from '../../../tools/bench/python';
import { Problem, pythonOf } from '../../../tools/setup/project.mjs';
import { findPython } from '../../../tools/setup/python.mjs';
import { discard, scratch } from '../setup-copy';

function whyNoPython(): string {
  try {
    findPython();
    return '';
  } catch (error) {
    if (error instanceof Problem) return ` (skipped: ${error.problem})`;
    throw error;
  }
}
const noPython = whyNoPython();

/** Makes a wheel `tiny` 1.0, and a source package `built` 1.0 whose set-up leaves a mark. */
const packages = `
import sys, tarfile, zipfile, io
folder, mark = sys.argv[1:]
with zipfile.ZipFile(f'{folder}/tiny-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tiny.py', 'answer = 42\\n')
    wheel.writestr('tiny-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n')
    wheel.writestr('tiny-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('tiny-1.0.dist-info/RECORD', 'tiny.py,,\\ntiny-1.0.dist-info/METADATA,,\\ntiny-1.0.dist-info/WHEEL,,\\ntiny-1.0.dist-info/RECORD,,\\n')
setup = f'open({mark!r}, "w").close()\\nfrom setuptools import setup\\nsetup(name="built", version="1.0")\\n'.encode()
with tarfile.open(f'{folder}/built-1.0.tar.gz', 'w:gz') as source:
    entry = tarfile.TarInfo('built-1.0/setup.py')
    entry.size = len(setup)
    source.addfile(entry, io.BytesIO(setup))
`;

describe.skipIf(noPython)(`setUpPython()${noPython}`, { timeout: 300_000 }, () => {
  const folder = scratch();
  const mark = join(folder, 'mark');
  const venv = join(folder, 'venv');
  const requirements = join(folder, 'requirements.txt');
  const hash = (name: string) =>
    `--hash=sha256:${createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')}`;
  const setUp = async (...lines: string[]) => {
    writeFileSync(requirements, `${lines.join('\n')}\n`);
    const said: string[] = [];
    const why = await setUpPython((text) => said.push(text), venv, requirements);
    return { why, said };
  };

  beforeAll(() => {
    const [python, ...args] = findPython().command;
    expect(spawnSync(python, [...args, '-c', packages, folder, mark]).status).toBe(0);
  });
  beforeEach(() => {
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => discard(folder));

  it('refuses a package without a hash, and one with another', async () => {
    const bare = await setUp('tiny==1.0');
    expect(bare.why).toMatch(/^pip install failed.*hash.*; or measure with --no-python$/i);
    const other = await setUp(`tiny==1.0 --hash=sha256:${'0'.repeat(64)}`);
    expect(other.why).toContain('pip install failed: a downloaded file is not the one that was locked');
  });

  it('builds nothing: a source package is refused, and its code does not run', async () => {
    const { why } = await setUp(`built==1.0 ${hash('built-1.0.tar.gz')}`);
    expect(why).toMatch(/^pip install failed/);
    expect(existsSync(mark)).toBe(false);
  });

  it('installs what is locked, and does nothing the second time', async () => {
    const line = `tiny==1.0 ${hash('tiny-1.0-py3-none-any.whl')}`;
    const first = await setUp(line);
    expect(first.why).toBeUndefined();
    expect(first.said).toHaveLength(1);
    const tried = spawnSync(pythonOf(venv), ['-c', 'import tiny; print(tiny.answer)'], { encoding: 'utf8' });
    expect(tried.stdout.trim()).toBe('42');
    expect(await setUp(line)).toEqual({ why: undefined, said: [] });
    expect((await setUp(line, '# changed')).said).toHaveLength(1);
  });
});

it('the benchmark locks each package with hashes, and each that it asks for', () => {
  const read = (name: string) => readFileSync(join(projectRoot(), 'tools', 'bench', name), 'utf8');
  const locked = read('requirements-bench.txt')
    .replace(/^#.*\n/gm, '')
    .split(/\n(?=\S)/);
  expect(locked.length).toBeGreaterThan(20);
  for (const entry of locked) expect(entry).toMatch(/^[\w.-]+==\S+[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}/);
  for (const line of read('requirements-bench.in').split('\n')) {
    const wanted = /^[\w-]+==[\w.]+/.exec(line)?.[0];
    if (wanted)
      expect(
        locked.some((entry) => entry.startsWith(`${wanted} `)),
        wanted,
      ).toBe(true);
  }
});
