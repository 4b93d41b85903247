/** The system users of a class: each learner is one of his own. Only root can make them. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem } from '../setup/project.mjs';

/** Marks the users that a class made, in the field for the full name. */
const mark = 'Descent, a learner';

interface Account {
  name: string;
  comment: string;
  home: string;
}

function accountOf(name: string): Account | undefined {
  const { status, stdout } = spawnSync('getent', ['passwd', name], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const [, , , , comment, home] = stdout.trim().split(':');
  return { name, comment, home };
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
 * @throws {Problem} if a name is taken by somebody who is not of this class, or a user cannot be made
 */
export function makeAccounts(names: readonly string[], homes: string): void {
  const missing = names.filter((name) => {
    const account = accountOf(name);
    if (account && (account.comment !== mark || account.home !== path.join(homes, name))) {
      throw new Problem(`The system user ${name} exists and is not of this class`, 'end the class it is of');
    }
    return !account;
  });
  try {
    for (const name of missing) {
      const home = path.join(homes, name);
      const options = ['--home-dir', home, '--no-create-home', '--user-group', '--shell', '/bin/sh'];
      run('useradd', [...options, '--comment', mark, name], `Making the system user ${name}`);
      fs.mkdirSync(home, { recursive: true });
      // Without following links: in a home that was there, a learner may have left one that leads elsewhere.
      run('chown', ['-hR', `${name}:`, home], `Giving ${home} to ${name}`);
      fs.chmodSync(home, 0o700);
    }
  } catch (error) {
    removeAccounts(missing);
    throw error;
  }
}

/** Removes system users; their homes stay. */
export function removeAccounts(names: readonly string[]): void {
  for (const name of names) if (accountOf(name)?.comment === mark) spawnSync('userdel', [name]);
}
