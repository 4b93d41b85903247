import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { learnersIn, removeAccounts, removePassing } from '../../../tools/hub/accounts';
import { type ClassFolders, classFolders } from '../../../tools/hub/class';
import { HubClient } from '../../../tools/hub/client';
import { setUpHub } from '../../../tools/hub/environment';
import { classLanguage, notebooksIn } from '../../../tools/hub/language';
import { startHub } from '../../../tools/hub/serve';
import { readJson } from '../../../tools/setup/project.mjs';
import { logIn } from './log-in';
import { noHub } from './no-hub';

describe.skipIf(noHub)(`npm run hub${noHub}`, () => {
  let folder: string;
  let folders: ClassFolders;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    await setUpHub(() => {});
    removePassing(['learner-01', 'descent-c-li']);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-class-'));
    fs.chmodSync(folder, 0o755);
    folders = classFolders(folder);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(end));
    removeAccounts(folders.homes);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const command = (...args: string[]) => ['--import', 'tsx', 'tools/hub.ts', ...args, '--folder', folder];

  /** Starts it and waits until it says where the hub runs. */
  async function serve(
    ...args: string[]
  ): Promise<{ hub: ChildProcess; address: string; said: () => string }> {
    const hub = spawn(process.execPath, command(...args), { cwd: projectRoot() });
    started.push(hub);
    let said = '';
    for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (bytes) => (said += bytes));
    const address = await new Promise<string>((resolve, reject) => {
      hub.stdout.on('data', () => {
        // What it says of the log comes last.
        const found = /The hub runs at (\S+)[\s\S]*\n {2}log /.exec(said);
        if (found) resolve(found[1]);
      });
      hub.once('close', () => reject(new Error(said)));
    });
    return { hub, address, said: () => said };
  }

  /** Ends it as Ctrl-C does. @returns its exit status */
  function end(hub: ChildProcess): Promise<number | null> {
    if (hub.exitCode !== null || hub.signalCode !== null) return Promise.resolve(hub.exitCode);
    const closed = new Promise<number | null>((resolve) => hub.once('close', resolve));
    hub.kill('SIGINT');
    return closed;
  }

  /** Logs a learner in and starts his server. @returns once it is there */
  async function enter(address: string, name: string): Promise<void> {
    const { status, cookie } = await logIn(address, name, readJson(folders.passwords)[name]);
    expect(status).toBe(302);
    await fetch(`${address}/hub/spawn/${name}`, { headers: { cookie }, redirect: 'manual' });
    const page = () => fetch(`${address}/user/${name}/api`, { redirect: 'manual' }).catch(() => undefined);
    await expect.poll(async () => (await page())?.status, { timeout: 300_000, interval: 500 }).toBe(200);
  }

  const processesOf = (uid: string) =>
    fs.readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && String(fs.statSync(`/proc/${pid}`).uid) === uid && !ended(pid);
      } catch {
        return false;
      }
    });
  const ended = (pid: string) => /^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  const uidOf = (name: string) => spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout.trim();
  const answers = (address: string) =>
    fetch(`${address}/hub/health`).then(
      () => true,
      () => false,
    );

  test('--users: Ctrl-C ends the hub, all servers and the system users; the homes are nobody’s', async () => {
    const { hub, address, said } = await serve('--users', '1');
    expect(said()).toContain('learner-01: each a system user of his own, until the hub ends');
    expect(said()).toContain('it is reached from this machine alone');
    const { port } = new URL(address);
    expect(listening(Number(port))).toEqual(['127.0.0.1']);
    await enter(address, 'learner-01');
    const uid = uidOf('learner-01');
    expect(processesOf(uid).length).toBeGreaterThan(0);
    expect(await end(hub)).toBe(0);
    expect([await answers(address), processesOf(uid), learnersIn(folders.homes)]).toEqual([false, [], []]);
    expect(fs.statSync(path.join(folders.homes, 'learner-01')).uid).toBe(0);
  });

  test('killed, it leaves nothing that listens or runs', async () => {
    const { hub, address } = await serve('--users', '1');
    await enter(address, 'learner-01');
    const uid = uidOf('learner-01');
    hub.kill('SIGKILL');
    await expect.poll(() => answers(address), { timeout: 120_000, interval: 500 }).toBe(false);
    await expect.poll(() => processesOf(uid), { timeout: 120_000, interval: 500 }).toEqual([]);
  });

  test('--learners: the system users of a class stay with their numbers until they are removed', async () => {
    const file = path.join(folder, 'class.txt');
    fs.writeFileSync(file, '# spring\ndescent-c-anna\ndescent-c-ben\n');
    const first = await serve('--learners', file);
    expect(first.said()).toContain('until npm run hub -- accounts --remove');
    const accounts = (...more: string[]) =>
      spawnSync(process.execPath, command('accounts', ...more), { cwd: projectRoot(), encoding: 'utf8' });
    const refused = accounts('--remove');
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(/serves this class already/)]);
    expect(await end(first.hub)).toBe(0);
    const uids = ['descent-c-anna', 'descent-c-ben'].map(uidOf);
    expect(uids.every(Boolean)).toBe(true);
    expect(accounts().stdout).toMatch(/^2 system users with homes in .*\ndescent-c-anna\ndescent-c-ben\n$/);
    expect(accounts('--remove').stdout).toMatch(/^2 system users .*, removed\n/);
    expect(learnersIn(folders.homes)).toEqual([]);
  });

  test('in another language: notebooks, verdicts and menus', async () => {
    const token = randomBytes(32).toString('hex');
    const name = 'descent-c-li';
    const hub = await startHub({
      ...{ folder, names: [name], spawner: 'linux', token, language: await classLanguage('zh') },
      ...{ memoryBytes: 1.6e9, idleSeconds: 3600, kernelIdleSeconds: 3600 },
    });
    try {
      const client = new HubClient(hub.address, token);
      await client.startServer(name);
      const notebook = '02-gradient-descent.ipynb';
      const own = path.join(folders.homes, name, 'notebooks', notebook);
      expect(fs.readFileSync(own, 'utf8')).toBe(
        fs.readFileSync(path.join(notebooksIn('zh'), notebook), 'utf8'),
      );
      const kernel = await client.startKernel(name);
      const cell = "import { exercise, is } from './lib/course';\nexercise('gd-one', 2, is.number(1));";
      const { outputs } = await kernel.run(cell);
      expect(JSON.stringify(outputs)).toMatch(/\p{Script=Han}/u);
      await kernel.stop();
      const settings = '@jupyterlab/translation-extension:plugin';
      const { content } = await client.ask(`/user/${name}/lab/api/settings/${settings}`);
      expect(content).toMatchObject({ settings: { locale: 'zh_CN' } });
      const words = await client.ask(`/user/${name}/lab/api/translations/zh_CN`);
      expect(JSON.stringify(words.content)).toMatch(/\p{Script=Han}/u);
    } finally {
      await hub.stop();
    }
  });
});

/** The addresses on which somebody listens at a port, as Linux lists them. */
function listening(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6'].flatMap((table) =>
    fs
      .readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hex}`))
      .map(([, local]) => addressOf(local.split(':')[0])),
  );
}

/** Four bytes, the last one first. */
const addressOf = (hex: string): string =>
  hex.length === 8
    ? (hex.match(/../g) ?? [])
        .reverse()
        .map((byte) => parseInt(byte, 16))
        .join('.')
    : hex;
