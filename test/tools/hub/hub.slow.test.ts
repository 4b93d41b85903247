import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { findNotebooks, joined, readNotebook, writeNotebook } from '../../../tools/notebooks/notebook-file';
import { logIn } from './log-in';
import { noHub } from './no-hub';
import { notebooks, ownHub } from './own-hub';

const [anna, ben] = ['descent-anna', 'descent-ben'];

describe.skipIf(noHub)(`the hub of a class${noHub}`, () => {
  const hub = ownHub([anna, ben]);

  test('each learner gets the notebooks into a home that is his alone, and they run there', async () => {
    await Promise.all([hub.client.startServer(anna), hub.client.startServer(ben)]);
    for (const name of [anna, ben]) {
      const { uid, mode } = fs.statSync(hub.homeOf(name));
      expect([uid, mode & 0o777]).toEqual([hub.uidOf(name), 0o700]);
      for (const { name: notebook } of findNotebooks(notebooks)) {
        const own = path.join(hub.homeOf(name), 'notebooks', `${notebook}.ipynb`);
        expect(fs.readFileSync(own).equals(fs.readFileSync(path.join(notebooks, `${notebook}.ipynb`)))).toBe(
          true,
        );
        expect(fs.statSync(own).uid).toBe(hub.uidOf(name));
      }
    }
    const { content } = await hub.client.ask(`/user/${anna}/api/contents/notebooks/lib/course.ts`);
    expect(content).toMatchObject({
      content: fs.readFileSync(path.join(projectRoot(), 'lib', 'course.ts'), 'utf8'),
      writable: false,
    });
    expect(await hub.errorsOf(anna, '02')).toEqual([]);
  });

  test("no learner reads another's folder, the hub's secrets or another's token, and none writes the course", async () => {
    await Promise.all([hub.client.startServer(anna), hub.client.startServer(ben)]);
    const { secrets } = hub.folders;
    const settings = JSON.parse(fs.readFileSync(hub.folders.settings, 'utf8'));
    const places = [
      ...[hub.homeOf(ben), path.join(hub.homeOf(ben), 'notebooks', '02-gradient-descent.ipynb')],
      ...[secrets, hub.folders.passwords, hub.folders.settings, path.join(secrets, 'jupyterhub.sqlite')],
      ...[path.join(secrets, 'cookie_secret'), hub.folders.log, path.join(settings.runtime, ben)],
    ];
    for (const place of places) expect(fs.existsSync(place), place).toBe(true);
    const tokens = tokensInEnvironments();
    expect(tokens.length).toBeGreaterThanOrEqual(3);
    const code = `
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
const outcome = (work: () => unknown): string => {
  try { work(); return 'done'; } catch (error) { return (error as { code?: string }).code ?? String(error); }
};
const read = (place: string) => outcome(() => (statSync(place).isDirectory() ? readdirSync(place) : readFileSync(place)));
const others = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && outcome(() => statSync('/proc/' + name)) === 'done');
const text = (file: string): string => { try { return readFileSync(file, 'utf8'); } catch { return ''; } };
const foreign = others.filter((pid) => { try { return statSync('/proc/' + pid).uid !== process.getuid!(); } catch { return false; } });
const ports = [...new Set(text('/proc/net/tcp').split('\\n').flatMap((line) => {
  const [, local, , state] = line.trim().split(/\\s+/);
  return state === '0A' && local ? [parseInt(local.split(':')[1], 16)] : [];
}))];
const own = { Authorization: 'token ' + (process.env.JUPYTERHUB_API_TOKEN ?? '') };
const ask = async (address: string, headers = {}, method = 'GET') => {
  try {
    const answer = await fetch(address, { headers, method, redirect: 'manual', signal: AbortSignal.timeout(3000) });
    return answer.status;
  } catch { return 0; }
};
const around = await Promise.all(ports.flatMap((port) => [{}, own].map(async (headers) =>
  ask('http://127.0.0.1:' + port + '/user/${ben}/api/contents/notebooks', headers))));
console.log(JSON.stringify({
  places: ${JSON.stringify(places)}.map(read),
  course: outcome(() => writeFileSync('${path.join(projectRoot(), 'written-by-a-learner')}', '')),
  environments: foreign.filter((pid) => text('/proc/' + pid + '/environ').includes('TOKEN')).length,
  lines: others.map((pid) => text('/proc/' + pid + '/cmdline')).join('\\n'),
  around,
  proxy: await ask('http://127.0.0.1:${settings.proxyPort}/api/routes', own),
  users: await ask('${hub.address}/hub/api/users', own),
  stranger: await ask('${hub.address}/hub/api/users/${ben}', own),
  start: await ask('${hub.address}/hub/api/users/${ben}/server', own, 'DELETE'),
  token: own.Authorization.length > 20,
  processes: /Max processes +(\\d+) +(\\d+)/.exec(text('/proc/self/limits'))?.slice(1),
}));`;
    const { text } = await hub.inKernel(anna, (kernel) => kernel.run(code));
    const found = JSON.parse(text);
    expect(found.places).toEqual(places.map(() => 'EACCES'));
    expect(found).toMatchObject({ course: 'EACCES', environments: 0, token: true });
    expect(found.processes).toEqual(['4096', '4096']);
    expect(tokens.filter((secret) => found.lines.includes(secret))).toEqual([]);
    expect(found.around.length).toBeGreaterThanOrEqual(8);
    expect(found.around).not.toContain(200);
    for (const status of [found.proxy, found.users, found.stranger, found.start]) {
      expect([403, 404]).toContain(status);
    }
    const user = (await hub.client.ask(`/hub/api/users/${ben}`)).content as { servers: object };
    expect(user.servers).toHaveProperty(['']);
  });

  /** The tokens that the hub's programs and the servers have, as root sees them. */
  function tokensInEnvironments(): string[] {
    const names = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const all = names.flatMap((pid) => {
      try {
        const text = fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
        return [...text.matchAll(/(?:JUPYTERHUB_API_TOKEN|CONFIGPROXY_AUTH_TOKEN)=([^\0]+)/g)].map(
          ([, value]) => value,
        );
      } catch {
        return [];
      }
    });
    return [...new Set(all)];
  }

  test('a login takes the right name and password, and nothing else', async () => {
    const passwords = JSON.parse(fs.readFileSync(hub.folders.passwords, 'utf8'));
    const attempt = async (name: string, password: string) =>
      (await logIn(hub.address, name, password)).status;
    expect(await attempt(anna, passwords[anna])).toBe(302);
    for (const [name, password] of [
      ...[
        [anna, passwords[ben]],
        [anna, ''],
        ['root', passwords[anna]],
        ['nobody', ''],
      ],
    ]) {
      expect(await attempt(name, password), name).toBe(403);
    }
  });

  test('a new version of the course leaves a learner his answers, and keeps the old file', async () => {
    const name = '02-gradient-descent.ipynb';
    const [folder, file] = ['', name].map((one) => path.join(hub.homeOf(anna), 'notebooks', one));
    const before = path.join(folder, '.descent', 'before', name);
    await hub.client.startServer(anna);
    await hub.client.stopServer(anna);
    const { notebook: now } = readNotebook(path.join(notebooks, name));
    const older = fs.mkdtempSync(path.join(hub.homeOf(anna), 'older-'));
    fs.chmodSync(older, 0o755);
    const cells = now.cells.map((cell) => (cell.id === 'gd-title' ? { ...cell, source: 'Older.' } : cell));
    writeNotebook(path.join(older, name), { ...now, cells });
    fs.rmSync(folder, { recursive: true });
    asLearner(anna, 'tools/hub/update-notebooks.mjs', older, folder);
    const sourceOf = (place: string, id: string) => {
      const found = readNotebook(place).notebook.cells.find((cell) => cell.id === id);
      return found && joined(found.source);
    };
    expect(sourceOf(file, 'gd-title')).toBe('Older.');
    const { notebook: answered } = readNotebook(file);
    for (const cell of answered.cells) if (cell.id === 'gd-step-answer') cell.source = 'const mine = 1;';
    writeNotebook(file, answered);
    const saved = fs.readFileSync(file, 'utf8');
    await hub.client.startServer(anna);
    expect(sourceOf(file, 'gd-step-answer')).toBe('const mine = 1;');
    expect(sourceOf(file, 'gd-title')).toBe(sourceOf(path.join(notebooks, name), 'gd-title'));
    expect(fs.readFileSync(before, 'utf8')).toBe(saved);
    expect(fs.statSync(file).uid).toBe(hub.uidOf(anna));
  });

  /** Runs a program of the course as a learner, without his server. */
  function asLearner(name: string, program: string, ...args: string[]): void {
    const who = hub.uidOf(name);
    const file = path.join(projectRoot(), program);
    const { status, stderr } = spawnSync(process.execPath, [file, ...args], {
      ...{ uid: who, gid: who, cwd: '/', encoding: 'utf8' },
    });
    if (status !== 0) throw new Error(stderr);
  }

  test.skipIf(notLimited())(`memory is limited for a learner's kernels together${notLimited()}`, async () => {
    const fill = 'const blocks = [0, 1, 2, 3].map(() => Buffer.alloc(5e8, 1));\nblocks.length';
    await expect(hub.inKernel(ben, (kernel) => kernel.run(fill))).rejects.toThrow('the kernel was lost');
    expect((await hub.inKernel(ben, (kernel) => kernel.run('1 + 1'))).text).toBe('2');
    // The other learner has not noticed.
    expect((await hub.inKernel(anna, (kernel) => kernel.run('2 + 3'))).text).toBe('5');
  });

  function notLimited(): string {
    return fs.existsSync('/sys/fs/cgroup/memory') || fs.existsSync('/sys/fs/cgroup/cgroup.controllers')
      ? ''
      : ' (skipped: only root with cgroups can limit memory)';
  }
});
