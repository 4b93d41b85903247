import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { discard, type Ended, isOneLine, requirements, runTool, scratch, smallCopy } from './setup-copy';

const windows = process.platform === 'win32';
const hash = (kind: string, file: string, form: 'hex' | 'base64') =>
  createHash(kind).update(readFileSync(file)).digest(form);

/** Set-up with real packages, a tiny one each of npm's and of Python's, from files: no network. */
describe.skipIf(windows)('npm run setup with locked packages', { timeout: 300_000 }, () => {
  let copy: string;
  let files: string;
  let tarball: string;
  let wheel: string;
  beforeAll(() => {
    copy = smallCopy();
    files = scratch();
    const source = join(files, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'tiny', version: '1.0.0' }));
    expect(spawnSync('npm', ['pack', source, '--pack-destination', files]).status).toBe(0);
    tarball = join(files, 'tiny-1.0.0.tgz');
    wheel = join(files, 'tiny-1.0.0-py3-none-any.whl');
    const make = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    info = 'tiny-1.0.0.dist-info/'
    wheel.writestr('tiny.py', '')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', f'tiny.py,,\\n{info}METADATA,,\\n{info}WHEEL,,\\n{info}RECORD,,\\n')
`;
    expect(spawnSync('python3', ['-c', make, wheel]).status).toBe(0);
  });
  afterAll(() => discard(copy, files));

  /** Writes the lock files of the copy; a hash that is not given is the right one. */
  function lock({ npm = hash('sha512', tarball, 'base64'), pip = hash('sha256', wheel, 'hex') } = {}): void {
    const project = { name: 'descent', version: '0.0.0', dependencies: { tiny: 'file:tiny-1.0.0.tgz' } };
    copyFileSync(tarball, join(copy, 'tiny-1.0.0.tgz'));
    const tiny = { version: '1.0.0', resolved: 'file:tiny-1.0.0.tgz', integrity: `sha512-${npm}` };
    const packages = { '': project, 'node_modules/tiny': tiny };
    writeFileSync(join(copy, 'package.json'), JSON.stringify(project));
    writeFileSync(
      join(copy, 'package-lock.json'),
      JSON.stringify({ name: 'descent', version: '0.0.0', lockfileVersion: 3, packages }),
    );
    writeFileSync(join(copy, requirements, 'requirements.txt'), `tiny==1.0.0 --hash=sha256:${pip}\n`);
  }
  const setUp = (env: NodeJS.ProcessEnv = {}): Ended =>
    runTool(copy, 'setup', ['--tensorflow=none'], {
      ...process.env,
      ...{ npm_config_registry: 'http://127.0.0.1:9', PIP_NO_INDEX: '1', PIP_FIND_LINKS: files },
      ...env,
    });
  const changed = 'a downloaded file is not the one that was locked; run the same command again';

  it('refuses an npm package whose bytes are not those that were locked', () => {
    lock({ npm: hash('sha512', wheel, 'base64') });
    const { status, error } = setUp();
    expect(error).toContain(`✗ npm ci failed: ${changed}`);
    expect([status, isOneLine(error)]).toEqual([1, true]);
    expect(existsSync(join(copy, 'node_modules', 'tiny', 'package.json'))).toBe(false);
  });

  it('refuses a Python package whose bytes are not those that were locked', () => {
    lock({ pip: hash('sha256', tarball, 'hex') });
    const { status, error } = setUp();
    expect(error).toContain(`✗ pip install failed: ${changed}`);
    expect([status, isOneLine(error)]).toEqual([1, true]);
    expect(existsSync(join(copy, '.venv', '.descent-setup.json'))).toBe(false);
  });

  it('takes no package from PYTHONPATH for one that is installed, and puts none where PIP_TARGET says', () => {
    lock();
    const elsewhere = join(files, 'elsewhere');
    expect(spawnSync('python3', ['-m', 'zipfile', '-e', wheel, elsewhere]).status).toBe(0);
    const target = join(files, 'target');
    const { status, error } = setUp({ PYTHONPATH: elsewhere, PIP_TARGET: target });
    expect([status, error]).toEqual([0, '']);
    expect(existsSync(target)).toBe(false);
    const { stdout } = spawnSync(join(copy, '.venv', 'bin', 'python'), ['-m', 'pip', 'list'], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^tiny +1\.0\.0$/m);
  });

  describe('while JupyterLab or a kernel runs there', () => {
    const started: ChildProcess[] = [];
    afterEach(() => {
      for (const child of started.splice(0)) child.kill('SIGKILL');
    });

    it.each([
      ['the .venv', () => [join(copy, '.venv', 'bin', 'python'), '-c', 'input()']],
      ['the kernel', () => [process.execPath, join(copy, 'kernel', 'launch.js')]],
    ])('replaces no packages under a program of %s', async (_, command) => {
      lock();
      writeFileSync(join(copy, 'kernel', 'launch.js'), 'process.stdin.resume();');
      expect(setUp().status).toBe(0);
      const [program, ...args] = command();
      const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
      started.push(child);
      await new Promise((resolve) => child.on('spawn', resolve));
      // What is there already is no reason to complain.
      expect(setUp().status).toBe(0);
      const before = readdirSync(join(copy, 'node_modules'));
      writeFileSync(
        join(copy, 'package-lock.json'),
        `${readFileSync(join(copy, 'package-lock.json'), 'utf8')}\n`,
      );
      const { status, error } = setUp();
      expect(error).toContain(
        `✗ JupyterLab or a kernel runs in this folder (process ${child.pid}: ${program}`,
      );
      expect(error).toContain('end it (Ctrl-C where npm start runs), then run the same command again');
      expect([status, isOneLine(error)]).toEqual([1, true]);
      expect(readdirSync(join(copy, 'node_modules'))).toEqual(before);
      const ended = new Promise((resolve) => child.on('close', resolve));
      child.kill('SIGKILL');
      await ended;
      expect(setUp().status).toBe(0);
    });
  });
});
