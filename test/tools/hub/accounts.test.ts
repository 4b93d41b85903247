import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { learnersIn, makeAccounts, removeAccounts, removePassing } from '../../../tools/hub/accounts';

const skipped =
  process.platform === 'linux' && process.getuid?.() === 0
    ? ''
    : ' (skipped: only root, on Linux, makes system users)';

describe.skipIf(skipped)(`the accounts of a class${skipped}`, () => {
  const homes = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-homes-'));
  const others = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-homes-'));
  const [anna, ben] = ['descent-a-anna', 'descent-a-ben'];
  const home = path.join(homes, anna);
  const uidOf = (name: string) => spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout.trim();
  afterEach(() => removeAccounts(homes));
  afterAll(() => {
    for (const folder of [homes, others]) fs.rmSync(folder, { recursive: true, force: true });
  });

  test('makeAccounts() makes system users with homes of their own, and gives a home that is there to its learner', () => {
    fs.mkdirSync(home);
    fs.writeFileSync(path.join(home, 'answer'), '42');
    fs.symlinkSync('/etc/hostname', path.join(home, 'link'));
    const before = fs.statSync('/etc/hostname').uid;
    makeAccounts([anna, ben], homes);
    expect(learnersIn(homes)).toEqual([anna, ben]);
    const { uid, mode } = fs.statSync(home);
    expect([String(uid), mode & 0o777]).toEqual([uidOf(anna), 0o700]);
    expect(String(fs.statSync(path.join(home, 'answer')).uid)).toBe(uidOf(anna));
    expect(fs.statSync('/etc/hostname').uid).toBe(before);
    expect(learnersIn(others)).toEqual([]);
  });

  test('makeAccounts() takes no user that is of another class or of no class, and then leaves none behind', () => {
    makeAccounts([anna], homes);
    const why = `The system user ${anna} exists and is not of this class`;
    expect(() => makeAccounts([anna], others)).toThrow(why);
    expect(() => makeAccounts([ben, 'root'], homes)).toThrow('The system user root exists');
    expect(learnersIn(homes)).toEqual([anna]);
    expect(removeAccounts(others)).toEqual([]);
    expect(learnersIn(homes)).toEqual([anna]);
  });

  test('removePassing() removes those of a hub that was tried out; those of a class keep their numbers', () => {
    makeAccounts([anna], homes, true);
    makeAccounts([ben], homes);
    const uid = uidOf(anna);
    removePassing([anna, ben, 'root']);
    expect(learnersIn(homes)).toEqual([anna]);
    makeAccounts([anna, ben], homes, true);
    removePassing([anna, ben]);
    expect(learnersIn(homes)).toEqual([anna, ben]);
    expect(uidOf(anna)).toBe(uid);
  });

  test('removeAccounts() ends what a learner has left running', async () => {
    makeAccounts([anna], homes);
    const uid = Number(uidOf(anna));
    const left = spawn('sleep', ['1000'], { uid, cwd: '/' });
    const ended = new Promise((resolve) => left.once('exit', (_, signal) => resolve(signal)));
    await new Promise((resolve) => left.once('spawn', resolve));
    removeAccounts(homes);
    expect(await ended).toBe('SIGKILL');
    removeAccounts(homes);
    expect(learnersIn(homes)).toEqual([]);
  });

  test("removeAccounts() leaves homes that the system's next user cannot enter, whatever his number", () => {
    makeAccounts([anna], homes, true);
    expect(removeAccounts(homes)).toEqual([anna]);
    expect(uidOf(anna)).toBe('');
    const { uid, mode } = fs.statSync(home);
    expect([uid, mode & 0o777]).toEqual([0, 0o700]);
  });
});
