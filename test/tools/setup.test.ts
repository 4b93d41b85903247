import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  discard,
  fakeProgram,
  freshCopy,
  isOneLine,
  requirements,
  runTool,
  scratch,
  smallCopy,
  startTool,
  withPath,
} from './setup-copy';

const windows = process.platform === 'win32';
/** Real set-ups in small copies take seconds, and longer where other work runs beside them. */
const patience = 300_000;
const pythons = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];

/** @returns an environment in which every Python answers set-up's question with this version */
function fakePython(version: string, venv: boolean): NodeJS.ProcessEnv {
  const folder = scratch();
  folders.push(folder);
  const answer = JSON.stringify({ version, executable: '/fake/python3', venv });
  for (const name of pythons) fakeProgram(folder, name, `echo '${answer}'`);
  return withPath(folder);
}

const folders: string[] = [];
afterAll(() => discard(...folders));

describe.skipIf(windows)('npm run setup that cannot go on', { timeout: patience }, () => {
  let copy: string;
  let before: string[];
  beforeAll(() => {
    copy = freshCopy();
    folders.push(copy);
    before = readdirSync(copy);
  });
  const setUp = (args: string[], env?: NodeJS.ProcessEnv) => runTool(copy, 'setup', args, env);
  /** Nothing but its own log was written. */
  const untouched = () => expect(readdirSync(copy).filter((name) => name !== '.setup')).toEqual(before);

  it.each([
    [['--tensorflw=auto'], "Unknown option '--tensorflw'; the options are --tensorflow=…"],
    [['now'], "Unexpected argument 'now'"],
    [['--tensorflow'], 'argument missing'],
    [['--tensorflow=cuda'], '--tensorflow=cuda is unknown; it is one of auto, wheel, upstream, none'],
  ])('refuses %j in one line', (args, message) => {
    const { status, error } = setUp(args);
    expect(status).toBe(1);
    expect(error).toContain(message);
    expect(isOneLine(error)).toBe(true);
    untouched();
  });

  it.each([
    ['3.8.10', true, 'Python 3.8.10 (/fake/python3) is too old; install Python 3.10'],
    ['2.7.18', true, 'Python 2.7.18 (/fake/python3) is too old'],
    ['3.12.1', false, 'Python 3.12.1 (/fake/python3) has no venv module; install'],
  ])('refuses Python %s with venv: %s', (version, venv, message) => {
    const { status, error } = setUp([], fakePython(version, venv));
    expect(status).toBe(1);
    expect(error).toContain(message);
    expect(isOneLine(error)).toBe(true);
    untouched();
  });

  it('says that Python is missing, and which one PYTHON names', () => {
    const alone = scratch();
    folders.push(alone);
    const env = withPath(alone, { alone: true });
    expect(setUp([], env).error).toContain('✗ Python is missing; install Python 3.10 or newer');
    const named = setUp([], { ...process.env, PYTHON: '/no/python' });
    expect(named.error).toContain('✗ PYTHON=/no/python does not run; install Python');
    expect([named.status, isOneLine(named.error)]).toEqual([1, true]);
    untouched();
  });

  it('says that npm is missing', () => {
    const alone = scratch();
    folders.push(alone);
    const env = withPath(alone, { alone: true });
    const answer = '{"version":"3.12.1","executable":"/fake/python3","venv":true}';
    fakeProgram(alone, 'python3', `echo '${answer}'`);
    const { status, error } = setUp([], env);
    expect(error).toBe(
      '✗ npm is missing; install it with Node from nodejs.org, then run the same command again\n',
    );
    expect(status).toBe(1);
  });

  it('says that the network cannot be reached', () => {
    const cache = scratch();
    folders.push(cache);
    const { status, error } = setUp([], {
      ...process.env,
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_cache: cache,
      npm_config_fetch_retries: '0',
    });
    expect(error).toMatch(/^✗ npm ci failed: the network cannot be reached; check the connection/);
    expect([status, isOneLine(error)]).toEqual([1, true]);
  });
});

describe.skipIf(windows)('npm run setup without packages to download', { timeout: patience }, () => {
  let copy: string;
  beforeAll(() => {
    copy = smallCopy();
    folders.push(copy);
  });
  const setUp = (...args: string[]) => runTool(copy, 'setup', args);
  const steps = (out: string) => [...out.matchAll(/✓ ([\w ]+\w)(?:: \w+)? {2}\(/g)].map((m) => m[1]);

  // The killed set-up stays in the table of processes while this process is busy waiting for the second: it is taken for
  // gone all the same.
  it('is killed while it makes the .venv, and finishes when run again at once', async () => {
    const first = startTool(copy, 'setup', ['--tensorflow=none']);
    await new Promise<void>((resolve) => {
      first.stdout?.on('data', (bytes) => /… JupyterLab/.test(String(bytes)) && resolve());
    });
    while (!existsSync(join(copy, '.venv'))) await new Promise((resolve) => setTimeout(resolve, 5));
    first.kill('SIGKILL');
    const { status, out, error } = setUp('--tensorflow=none');
    expect(error).toBe('');
    expect(status).toBe(0);
    expect(steps(out)).toEqual(['JupyterLab', 'TypeScript kernel', 'TensorFlow']);
    expect(out).toMatch(/TensorFlow: WebAssembly .*\nDescent is set up/s);
  });

  it('does nothing when all is there, and keeps the TensorFlow that was chosen', () => {
    const { status, out } = setUp();
    expect([status, steps(out)]).toEqual([0, []]);
    expect(out).toMatch(/^Descent is set up \([\d.]+ s\)\.\n$/);
  });

  it.each([
    ['package-lock.json', ['npm packages']],
    [join(requirements, 'requirements.txt'), ['JupyterLab', 'TypeScript kernel']],
    [join(requirements, 'requirements-tensorflow.txt'), ['TensorFlow']],
  ])('notices that %s changed', (file, expected) => {
    appendFileSync(join(copy, file), '\n');
    const { status, out } = setUp('--tensorflow=none');
    expect([status, steps(out)]).toEqual([0, expected]);
    expect(steps(setUp().out)).toEqual([]);
  });

  it('notices a kernel that is gone', () => {
    rmSync(join(copy, '.venv', 'share', 'jupyter', 'kernels'), { recursive: true });
    expect(steps(setUp().out)).toEqual(['TypeScript kernel']);
  });

  it('signs no notebook of a stranger, and none that is not as it was published', () => {
    const notebooks = join(copy, 'notebooks');
    mkdirSync(notebooks);
    const notebook = (source: string) =>
      `{"cells":[{"cell_type":"markdown","id":"a","metadata":{},"source":"${source}"}],"metadata":{},"nbformat":4,"nbformat_minor":5}`;
    writeFileSync(join(notebooks, '99-evil.ipynb'), notebook('evil'));
    expect(steps(setUp().out)).toEqual([]);
    const listed = createHash('sha256').update(notebook('ours')).digest('hex');
    writeFileSync(join(notebooks, 'SHA256SUMS'), `${listed}  00-ours.ipynb\n`);
    writeFileSync(join(notebooks, '00-ours.ipynb'), notebook('changed'));
    expect(steps(setUp().out)).toEqual([]);
    // As it was published: now there is something to sign, which this copy, without Jupyter, cannot do.
    writeFileSync(join(notebooks, '00-ours.ipynb'), notebook('ours'));
    expect(setUp().error).toContain('✗ signing the notebooks failed');
    rmSync(notebooks, { recursive: true });
  });

  it('keeps its log short', () => {
    const log = join(copy, '.setup', 'setup.log');
    appendFileSync(log, 'an old line\n'.repeat(400_000));
    appendFileSync(join(copy, 'package-lock.json'), '\n');
    expect(setUp().status).toBe(0);
    expect(statSync(log).size).toBeLessThan(2_100_000);
    expect(readFileSync(log, 'utf8')).toMatch(/^\(the beginning is cut off\)\n/);
    expect(readFileSync(log, 'utf8')).toContain(' ci --omit=dev --ignore-scripts ');
  });

  it('waits for no set-up that is gone', () => {
    writeFileSync(join(copy, '.setup', 'lock'), '999999999');
    appendFileSync(join(copy, 'package-lock.json'), '\n');
    const { status, out } = setUp();
    expect(out).toContain('Another set-up of this folder is running');
    expect([status, steps(out)]).toEqual([0, ['npm packages']]);
    expect(existsSync(join(copy, '.setup', 'lock'))).toBe(false);
  });
});
