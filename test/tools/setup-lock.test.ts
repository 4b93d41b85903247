import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { discard, freshCopy } from './setup-copy';

/** Two set-ups that want the same folder, each in a process of its own: what they say is what they did, in order. */
describe.skipIf(process.platform === 'win32')('withLock()', { timeout: 120_000 }, () => {
  let copy: string;
  const file = () => join(copy, '.setup', 'lock');
  const started: ChildProcess[] = [];
  beforeAll(() => {
    copy = freshCopy();
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => discard(copy));

  interface SetUp {
    child: ChildProcess;
    /** its lines so far */
    lines: string[];
    /** resolves when it has said this so many times, or rejects when it ends before */
    says(line: string, times?: number): Promise<void>;
    ended: Promise<number | null>;
    error: string;
  }

  /**
   * Takes the lock, says so, and keeps it until it is told `go`; then looks whether it is still its own. It says `looked`
   * each time that it finds the lock another's.
   */
  function begin({ unreaped = false } = {}): SetUp {
    const script = `
      import { once } from 'node:events';
      import { setTimeout as pause } from 'node:timers/promises';
      import { requireLock, withLock } from './tools/setup/lock.mjs';
      const say = (line) => process.stdout.write(line + '\\n');
      const wait = () => { say('looked'); return pause(20); };
      try {
        await withLock(async () => {
          say('inside');
          await once(process.stdin, 'data');
          requireLock();
          say('done');
        }, wait);
      } catch (error) {
        console.error(error.message);
        process.exitCode = 1;
      }
      process.stdin.destroy();`;
    const node = [process.execPath, '--input-type=module', '-e', script];
    const shell = ['sh', '-c', 'exec 3<&0; "$@" <&3 & exec sleep 600', 'sh'];
    const [command, ...args] = unreaped ? [...shell, ...node] : node;
    const child = spawn(command, args, { cwd: copy });
    started.push(child);
    const setUp: SetUp = { child, lines: [], error: '' } as never;
    const checks = new Set<() => void>();
    child.stdout.on('data', (bytes) => {
      setUp.lines.push(...String(bytes).split('\n').filter(Boolean));
      for (const check of checks) check();
    });
    child.stderr.on('data', (bytes) => {
      setUp.error += bytes;
    });
    setUp.ended = new Promise((resolve) => child.on('close', resolve));
    setUp.says = (line, times = 1) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (setUp.lines.filter((said) => said === line).length >= times) resolve();
        };
        checks.add(check);
        check();
        setUp.ended.then(() => reject(new Error(`it ended without saying '${line}': ${setUp.error}`)));
      });
    return setUp;
  }
  const go = ({ child }: SetUp) => child.stdin?.write('go\n');
  /** Puts the time of the lock's last sign of life back, by more than any patience. */
  const makeOld = () => {
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(file(), longAgo, longAgo);
  };
  const owner = () => JSON.parse(readFileSync(file(), 'utf8'));
  const others = () => readdirSync(join(copy, '.setup')).filter((name) => name.startsWith('lock.'));

  it('lets in one at a time', async () => {
    const first = begin();
    await first.says('inside');
    const second = begin();
    await second.says('looked', 3);
    expect(second.lines).not.toContain('inside');
    go(first);
    expect(await first.ended).toBe(0);
    await second.says('inside');
    go(second);
    expect(await second.ended).toBe(0);
    expect(existsSync(file())).toBe(false);
    expect(others()).toEqual([]);
  });

  it('is kept by an owner that is paused, for however long', async () => {
    const first = begin();
    await first.says('inside');
    first.child.kill('SIGSTOP');
    makeOld();
    const second = begin();
    await second.says('looked', 5);
    expect(second.lines).not.toContain('inside');
    first.child.kill('SIGCONT');
    go(first);
    expect(await first.ended).toBe(0);
    expect(first.lines).toEqual(['inside', 'done']);
    await second.says('inside');
    go(second);
    expect(await second.ended).toBe(0);
  });

  it('is taken over at once from an owner that was killed, also where nobody waits for its end', async () => {
    // The shell becomes a program that never waits for its child: the killed owner stays in the table of processes.
    const first = begin({ unreaped: true });
    await first.says('inside');
    const left = owner();
    process.kill(left.process, 'SIGKILL');
    const second = begin();
    await second.says('inside');
    expect(process.kill(left.process, 0)).toBe(true);
    go(second);
    expect(await second.ended).toBe(0);
  });

  it('is taken over where its process number belongs to another process now', async () => {
    const first = begin();
    await first.says('inside');
    const own = owner();
    go(first);
    await first.ended;
    // This process lives, but did not start at the owner's time.
    writeFileSync(file(), JSON.stringify({ ...own, process: process.pid }));
    const second = begin();
    await second.says('inside');
    go(second);
    expect(await second.ended).toBe(0);
  });

  it('is waited for where the owner is on another machine, and named when it shows no life for long', async () => {
    const stranger = { id: 'y', process: 1, started: '1', host: 'elsewhere', boot: 'another start' };
    writeFileSync(file(), JSON.stringify(stranger));
    const second = begin();
    await second.says('looked', 3);
    expect(second.lines).not.toContain('inside');
    makeOld();
    expect(await second.ended).toBe(1);
    expect(second.error).toContain('a set-up on elsewhere (process 1) holds');
    expect(second.error).toMatch(/no life for 60 minutes; if none runs there any more, delete that file/);
    expect(owner()).toEqual(stranger);
    writeFileSync(file(), 'no owner at all');
    const third = begin();
    await third.says('inside');
    go(third);
    expect(await third.ended).toBe(0);
  });

  it('stops a set-up whose lock was deleted by hand before its next step', async () => {
    const first = begin();
    await first.says('inside');
    const other = { ...owner(), id: 'another' };
    writeFileSync(file(), JSON.stringify(other));
    go(first);
    expect(await first.ended).toBe(1);
    expect(first.lines).toEqual(['inside']);
    expect(first.error).toMatch(/^the lock .* is not this set-up's any more; wait for the other set-up/);
    // What is another's stays.
    expect(owner().id).toBe('another');
  });
});
