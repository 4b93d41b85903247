/** The system users of a class: each learner is one of his own. Only root can make them. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem } from '../setup/project.mjs';

/** Marks the users that a class made, in the field for the full name. */
const marks = { passing: 'Descent, a learner', permanent: 'Descent, a learner of a class' };

interface Account {
  name: string;
  uid: number;
  comment: string;
  home: string;
}

/** @returns all system users, or the one of a name */
function accounts(...name: string[]): Account[] {
  const { stdout } = spawnSync('getent', ['passwd', ...name], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [own, , uid, , comment, home] = line.split(':');
    return home ? { name: own, uid: Number(uid), comment, home } : [];
  });
}

function run(command: string, args: string[], what: string): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Problem(
    `${what} failed: ${(error?.message ?? stderr).trim().split('\n')[0]}`,
    `see: ${command} --help`,
  );
}

/**
 * Makes a system user for each learner who has none, with a home that nobody else can enter. A home that is there becomes
 * his.
 *
 * @param names - the learners'
 * @param homes - the folder of their homes
 * @param permanent - whether they are to stay when their hub ends
 * @throws {Problem} if a name is taken by somebody who is not of this class, or a user cannot be made
 */
export function makeAccounts(names: readonly string[], homes: string, permanent = false): void {
  const mark = permanent ? marks.permanent : marks.passing;
  const missing = names.filter((name) => {
    const [account] = accounts(name);
    if (account && !(isLearner(account) && account.home === path.join(homes, name))) {
      throw new Problem(`The system user ${name} exists and is not of this class`, 'end the class it is of');
    }
    if (account && permanent) run('usermod', ['--comment', mark, name], `Keeping the system user ${name}`);
    return !account;
  });
  try {
    for (const name of missing) makeAccount(name, path.join(homes, name), mark);
  } catch (error) {
    remove(missing);
    throw error;
  }
}

const isLearner = ({ comment }: Account) => Object.values(marks).includes(comment);

function makeAccount(name: string, home: string, mark: string): void {
  const options = ['--home-dir', home, '--no-create-home', '--user-group', '--shell', '/bin/sh'];
  run('useradd', [...options, '--comment', mark, name], `Making the system user ${name}`);
  fs.mkdirSync(home, { recursive: true });
  // Without following links: in a home that was there, a learner may have left one that leads elsewhere.
  run('chown', ['-hR', `${name}:`, home], `Giving ${home} to ${name}`);
  fs.chmodSync(home, 0o700);
}

/**
 * Removes the system users of a hub that was only tried out; those of a class stay.
 *
 * @param names - the learners'
 */
export function removePassing(names: readonly string[]): void {
  remove(names.filter((name) => accounts(name)[0]?.comment === marks.passing));
}

/**
 * Removes all system users of a class.
 *
 * @param homes - the folder of their homes
 * @returns who they were; not among them is who could not be removed
 */
export function removeAccounts(homes: string): string[] {
  const names = learnersIn(homes);
  remove(names);
  const left = new Set(learnersIn(homes));
  return names.filter((name) => !left.has(name));
}

/** Homes stay, and are root's until a class has them again: the system's next user may get the number that was a learner's. */
function remove(names: readonly string[]): void {
  for (const name of names) {
    const [account] = accounts(name);
    if (!account || !isLearner(account)) continue;
    if (isRemoved(account) && fs.existsSync(account.home)) fs.lchownSync(account.home, 0, 0);
  }
}

/** A user of whom something still runs cannot be removed: a hub that could make no cgroup may have left it. */
function isRemoved({ name, uid }: Account): boolean {
  const stillUsed = 8;
  for (let tries = 1; ; tries++) {
    endProcesses(uid);
    const { status } = spawnSync('userdel', [name]);
    if (status !== stillUsed || tries === 10) return status === 0;
    // What was ended is there until its parent has heard of it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function endProcesses(uid: number): void {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (fs.statSync(`/proc/${pid}`).uid === uid) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/** @param homes - the folder of a class's homes @returns the learners who are system users with a home there */
export function learnersIn(homes: string): string[] {
  return accounts()
    .filter((account) => isLearner(account) && account.home === path.join(homes, account.name))
    .map(({ name }) => name)
    .sort();
}
