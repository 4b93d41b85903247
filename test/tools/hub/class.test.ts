import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { makeCgroup, removeCgroup } from '../../../tools/hub/cgroups';
import {
  classFolders,
  makeRuntime,
  prepareClass,
  removeRuntimes,
  requireIdle,
} from '../../../tools/hub/class';
import { testNames } from '../../../tools/hub/names';
import { hubCommand } from '../../../tools/hub/options';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-class-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const windows = process.platform === 'win32' ? ' (skipped: JupyterHub does not run on Windows)' : '';

describe.skipIf(windows)(`prepareClass()${windows}`, () => {
  const folder = path.join(scratch, 'class');
  const modeOf = (file: string) => fs.statSync(file).mode & 0o777;

  test('makes a folder for secrets that nobody else can enter, and keeps passwords', () => {
    const { secrets, homes, passwords } = prepareClass(folder, testNames(2), 'simple');
    expect([modeOf(secrets), modeOf(passwords), modeOf(path.join(homes, 'learner-01'))]).toEqual([
      0o700, 0o600, 0o700,
    ]);
    const first = JSON.parse(fs.readFileSync(passwords, 'utf8'));
    expect(Object.keys(first)).toEqual(['learner-01', 'learner-02']);
    for (const password of Object.values(first)) expect(password).toMatch(/^([a-z2-9]{4}-){2}[a-z2-9]{4}$/);
    expect(new Set(Object.values(first)).size).toBe(2);
    fs.rmSync(classFolders(folder).owner);
    prepareClass(folder, testNames(3), 'simple');
    expect(JSON.parse(fs.readFileSync(passwords, 'utf8'))).toMatchObject(first);
  });

  test('refuses a class that is served already, by a process that is there', () => {
    expect(() => prepareClass(folder, testNames(1), 'simple')).toThrow(
      `Process ${process.pid} serves this class already; end it first, or give another --folder`,
    );
    const { owner } = classFolders(folder);
    expect(() => requireIdle(owner)).toThrow('serves this class already');
    fs.writeFileSync(owner, JSON.stringify({ pid: process.pid, born: 'long ago' }));
    expect(() => prepareClass(folder, testNames(1), 'simple')).not.toThrow();
  });

  test('refuses a folder that learners cannot reach, where they are other users', () => {
    const closed = path.join(scratch, 'closed');
    fs.mkdirSync(closed, { mode: 0o700 });
    expect(() => prepareClass(path.join(closed, 'class'), testNames(1), 'linux')).toThrow(
      `Learners cannot enter ${closed}; give another --folder, such as /srv/class`,
    );
  });
});

describe.skipIf(windows)(`removeRuntimes()${windows}`, () => {
  afterEach(() => vi.unstubAllEnvs());

  test('removes what a hub has left that was killed, and nothing of one that runs or of which nothing is known', async () => {
    const parent = fs.mkdtempSync(path.join(scratch, 'runtimes-'));
    vi.stubEnv('TMPDIR', parent);
    const cgroup = (name: string) => {
      const folder = path.join(scratch, 'cgroups', name);
      fs.mkdirSync(path.join(folder, 'learner-01'), { recursive: true });
      return folder;
    };
    const runs = makeRuntime(cgroup('descent-runs'));
    expect(fs.statSync(runs).mode & 0o777).toBe(0o711);
    expect(fs.statSync(path.join(runs, 'owner.json')).mode & 0o777).toBe(0o600);
    const { cgroup: own, ...owner } = JSON.parse(fs.readFileSync(path.join(runs, 'owner.json'), 'utf8'));
    expect(own).toBe(cgroup('descent-runs'));
    const put = (name: string, whose?: object): string => {
      const folder = path.join(parent, name);
      fs.mkdirSync(path.join(folder, 'learner-01'), { recursive: true });
      if (whose) fs.writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(whose));
      return name;
    };
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    put('descent-hub-killed', { ...owner, process: pid, cgroup: cgroup('descent-killed') });
    // Its number is used again.
    put('descent-hub-reused', { ...owner, started: 'long ago' });
    const kept = [
      path.basename(runs),
      put('descent-hub-unknown'),
      put('descent-hub-elsewhere', {
        ...{ ...owner, process: pid, host: 'elsewhere', boot: 'another' },
        cgroup: cgroup('descent-elsewhere'),
      }),
      put('of-somebody', { ...owner, process: pid }),
    ];
    fs.symlinkSync(path.join(parent, 'of-somebody'), path.join(parent, 'descent-hub-link'));
    await removeRuntimes();
    expect(fs.readdirSync(path.join(scratch, 'cgroups')).sort()).toEqual([
      'descent-elsewhere',
      'descent-runs',
    ]);
    expect(fs.readdirSync(parent).sort()).toEqual([...kept, 'descent-hub-link'].sort());
    expect(fs.readdirSync(path.join(parent, 'of-somebody')).sort()).toEqual(['learner-01', 'owner.json']);
  });
});

describe.skipIf(windows)(`makeCgroup()${windows}`, () => {
  const self = path.join(scratch, 'self');

  test('hands memory on in version 2, and stays below its own place in version 1', async () => {
    const two = path.join(scratch, 'two');
    fs.mkdirSync(two);
    fs.writeFileSync(path.join(two, 'cgroup.controllers'), 'cpu memory pids\n');
    expect(makeCgroup('c', { mounts: two, self })).toEqual({ folder: path.join(two, 'c') });
    for (const place of [two, path.join(two, 'c')]) {
      expect(fs.readFileSync(path.join(place, 'cgroup.subtree_control'), 'utf8')).toBe('+memory');
    }
    const one = path.join(scratch, 'one');
    fs.mkdirSync(path.join(one, 'memory', 'inner'), { recursive: true });
    fs.writeFileSync(self, '5:cpu,cpuacct:/\n4:memory:/inner\n');
    const inner = path.join(one, 'memory', 'inner', 'c');
    expect(makeCgroup('c', { mounts: one, self })).toEqual({ folder: inner });
    fs.mkdirSync(path.join(inner, 'learner-01'));
    await removeCgroup(inner);
    expect(fs.existsSync(inner)).toBe(false);
    fs.writeFileSync(self, '4:memory:/elsewhere\n');
    expect(makeCgroup('c', { mounts: one, self }).folder).toBe(path.join(one, 'memory', 'c'));
  });

  test('says why where there is none', () => {
    const none = path.join(scratch, 'none');
    fs.mkdirSync(none);
    expect(makeCgroup('c', { mounts: none, self }).problem).toBe(
      'this system has no cgroups that limit memory',
    );
    fs.writeFileSync(path.join(none, 'cgroup.controllers'), 'cpu pids\n');
    expect(makeCgroup('c', { mounts: none, self }).problem).toBe(
      'this system has no cgroups that limit memory',
    );
    fs.writeFileSync(path.join(none, 'memory'), 'a file');
    fs.rmSync(path.join(none, 'cgroup.controllers'));
    fs.writeFileSync(self, '4:memory:/\n');
    expect(makeCgroup('c', { mounts: none, self }).problem).toMatch(/^no cgroup can be made here: /);
  });
});

describe('hubCommand()', () => {
  /** @returns what the command says of its options, and how it ends */
  function refusal(args: readonly string[]): [said: string, status: unknown] {
    let said = '';
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
    const exit = vi.spyOn(process, 'exit').mockImplementation((status) => {
      throw new Error(`ended with ${status}`);
    });
    const nothing = async () => {};
    try {
      hubCommand({ serve: nothing, accounts: nothing, progress: nothing, load: nothing }).parse(args, {
        from: 'user',
      });
      return [said, 'accepted'];
    } catch (error) {
      return [said, (error as Error).message];
    } finally {
      write.mockRestore();
      exit.mockRestore();
    }
  }

  test.each([
    [
      ['--users', '0'],
      /^error: option '--users <count>' .* from 1 to 500\. See: npm run hub -- serve --help\n$/,
    ],
    [['--memory', 'much'], /It must be a number above 0, such as 2\.5\. See: npm run hub -- serve --help\n$/],
    [
      ['--users', '2', '--learners', 'names.txt'],
      /^error: option '--learners <file>' cannot be used with option '--users <count>'\. See: /,
    ],
    [
      ['--learners', 'names.txt', '--spawner', 'simple'],
      /^error: option '--learners <file>' needs root, on Linux: each gets a system user of his own\. See: /,
    ],
    [['load', '--in', 'lynx'], /Allowed choices are kernel, chromium\. See: npm run hub -- load --help\n$/],
    [['accounts', 'all'], /^error: too many arguments for 'accounts'/],
    [['progress'], /^error: missing required argument 'folder'\. See: npm run hub -- progress --help\n$/],
    [['progress', '.', '--csv', '--json'], /cannot be used with option '--json'/],
  ])('%j is refused in one line', (args, why) => {
    const [said, end] = refusal(args);
    expect(said).toMatch(why);
    expect(end).toBe('ended with 1');
  });

  test('takes what each command is documented with', () => {
    for (const args of [
      [],
      ['--users', '10'],
      ['--lang', 'zh'],
      ['accounts', '--remove'],
      ['load', '--in', 'chromium'],
    ]) {
      expect(refusal(args)).toEqual(['', 'accepted']);
    }
  });
});

describe('npm run hub', { timeout: 120_000 }, () => {
  test.each([
    [['--lang', 'xx'], /^✗ --lang=xx: the course is not there in this language; give one of zh, or /],
    [['progress', '/no/such/folder'], /^✗ Cannot read \/no\/such\/folder: it does not exist\n$/],
    [['progress', '.', '--only', '77'], /^✗ Cannot find a notebook '77'/],
  ])('%j is refused in one line', (args, said) => {
    const all = ['--import', 'tsx', 'tools/hub.ts', ...args];
    const { status, stderr, stdout } = spawnSync(process.execPath, all, {
      cwd: projectRoot(),
      encoding: 'utf8',
    });
    expect(stderr).toMatch(said);
    expect([status, stdout]).toEqual([1, '']);
  });
});
