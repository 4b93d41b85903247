import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { removePassing } from '../../../tools/hub/accounts';
import { visitPage } from '../../../tools/hub/browser-learner';
import { HubClient, type LearnerKernel } from '../../../tools/hub/client';
import { hubPython, setUpHub } from '../../../tools/hub/environment';
import { classProgress } from '../../../tools/hub/progress';
import { rerunBy } from '../../../tools/hub/rerun';
import { type Hub, startHub } from '../../../tools/hub/serve';
import { findNotebooks, joined, readNotebook, writeNotebook } from '../../../tools/notebooks/notebook-file';
import { openChromium } from '../../../tools/pictures';
import { readJson } from '../../../tools/setup/project.mjs';
import { noChromium } from '../../browser/chromium';
import { logIn } from './log-in';
import { noHub } from './no-hub';

const [anna, ben, full] = ['descent-anna', 'descent-ben', 'descent-full'];
const notebooks = path.join(projectRoot(), 'notebooks');

describe.skipIf(noHub)(`the hub of a class${noHub}`, () => {
  let folder: string;
  let hub: Hub;
  let client: HubClient;
  const token = randomBytes(32).toString('hex');
  const homeOf = (name: string) => path.join(hub.folders.homes, name);
  const uidOf = (name: string) => Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);

  beforeAll(async () => {
    await setUpHub(() => {});
    // Of a run that was killed.
    removePassing([anna, ben, full]);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-class-'));
    fs.chmodSync(folder, 0o755);
    hub = await startHub({
      ...{ folder: path.join(folder, 'class'), names: [anna, ben, full], spawner: 'linux', token },
      ...{ memoryBytes: 1.6e9, idleSeconds: 3600, kernelIdleSeconds: 40 },
    });
    client = new HubClient(hub.address, token);
  });
  afterAll(async () => {
    await hub?.stop();
    spawnSync('umount', [path.join(folder, 'class', 'homes', full)]);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a cell for a learner, in a kernel of its own. */
  async function inKernel<Value>(
    name: string,
    use: (kernel: LearnerKernel) => Promise<Value>,
  ): Promise<Value> {
    await client.startServer(name);
    const kernel = await client.startKernel(name);
    try {
      return await use(kernel);
    } finally {
      await kernel.stop();
    }
  }

  test('each learner gets the notebooks into a home that is his alone, and they run there', async () => {
    await Promise.all([client.startServer(anna), client.startServer(ben)]);
    for (const name of [anna, ben]) {
      const { uid, mode } = fs.statSync(homeOf(name));
      expect([uid, mode & 0o777]).toEqual([uidOf(name), 0o700]);
      for (const { name: notebook } of findNotebooks(notebooks)) {
        const own = path.join(homeOf(name), 'notebooks', `${notebook}.ipynb`);
        expect(fs.readFileSync(own).equals(fs.readFileSync(path.join(notebooks, `${notebook}.ipynb`)))).toBe(
          true,
        );
        expect(fs.statSync(own).uid).toBe(uidOf(name));
      }
    }
    const { content } = await client.ask(`/user/${anna}/api/contents/notebooks/lib/course.ts`);
    expect(content).toMatchObject({
      content: fs.readFileSync(path.join(projectRoot(), 'lib', 'course.ts'), 'utf8'),
      writable: false,
    });
    expect(await errorsOf(anna, '02')).toEqual([]);
  });

  test('what a notebook keeps goes to a place of the learner’s own, and 00 examines a course that it cannot write', async () => {
    const cache = path.join(homeOf(anna), '.cache', 'descent');
    const cell = `
import { experiment } from './lib/course';
import { outFolder } from './lib/surroundings';
console.log(outFolder(), await experiment('sgd-own', { count: 1 }, ({ count }) => count + 1));`;
    expect((await inKernel(anna, (kernel) => kernel.run(cell))).text).toContain(`${cache} 2`);
    expect(fs.readdirSync(path.join(cache, 'experiments'))).toHaveLength(1);
    expect(await errorsOf(anna, '00')).toEqual([]);
  });

  /** Runs a notebook for a learner, cell by cell. @returns what failed */
  async function errorsOf(name: string, notebook: string): Promise<string[]> {
    const [file] = findNotebooks(notebooks, [notebook]);
    return inKernel(name, async (kernel) => {
      const found: string[] = [];
      for (const cell of file.notebook.cells.filter(({ cell_type }) => cell_type === 'code')) {
        const { status, text } = await kernel.run(joined(cell.source));
        if (status === 'error') found.push(`${cell.id}: ${text}`);
      }
      return found;
    });
  }

  test.skipIf(noChromium)(
    `a learner logs in at his page, and all of a notebook runs there${noChromium}`,
    async () => {
      await client.stopServer(ben);
      const browser = await openChromium();
      try {
        const password = readJson(hub.folders.passwords)[ben];
        const seat = { name: ben, password, home: homeOf(ben) };
        let ran = 0;
        const { ready, figure, done, errors } = await visitPage(
          browser,
          hub.address,
          seat,
          '02-gradient-descent',
          () => ran++,
        );
        expect([errors, ran]).toEqual([0, 1]);
        expect(ready).toBeLessThan(figure);
        expect(figure).toBeLessThanOrEqual(done);
      } finally {
        await browser.close();
      }
    },
  );

  test("no learner reads another's folder, the hub's secrets or another's token, and none writes the course", async () => {
    await Promise.all([client.startServer(anna), client.startServer(ben)]);
    const { secrets } = hub.folders;
    const settings = JSON.parse(fs.readFileSync(hub.folders.settings, 'utf8'));
    const places = [
      ...[homeOf(ben), path.join(homeOf(ben), 'notebooks', '02-gradient-descent.ipynb')],
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
    const { text } = await inKernel(anna, (kernel) => kernel.run(code));
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
    const user = (await client.ask(`/hub/api/users/${ben}`)).content as { servers: object };
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

  test.skipIf(notLimited())(`memory is limited for a learner's kernels together${notLimited()}`, async () => {
    const fill = 'const blocks = [0, 1, 2, 3].map(() => Buffer.alloc(5e8, 1));\nblocks.length';
    await expect(inKernel(ben, (kernel) => kernel.run(fill))).rejects.toThrow('the kernel was lost');
    expect((await inKernel(ben, (kernel) => kernel.run('1 + 1'))).text).toBe('2');
    // The other learner has not noticed.
    expect((await inKernel(anna, (kernel) => kernel.run('2 + 3'))).text).toBe('5');
  });

  function notLimited(): string {
    return fs.existsSync('/sys/fs/cgroup/memory') || fs.existsSync('/sys/fs/cgroup/cgroup.controllers')
      ? ''
      : ' (skipped: only root with cgroups can limit memory)';
  }

  test('an idle kernel is ended, one that computes is not', async () => {
    await Promise.all([client.startServer(anna), client.startServer(ben)]);
    const idle = await client.startKernel(ben);
    await idle.run('1');
    const busy = await client.startKernel(anna);
    const computed = busy.run('await new Promise((resolve) => setTimeout(resolve, 100_000)); 7');
    const kernels = async (name: string) => {
      const { content } = await client.ask(`/user/${name}/api/kernels`);
      return (content as { id: string }[]).map(({ id }) => id);
    };
    expect(await kernels(ben)).toContain(idle.id);
    await expect.poll(() => kernels(ben), { timeout: 90_000, interval: 2000 }).toEqual([]);
    expect(await kernels(anna)).toContain(busy.id);
    expect((await computed).text).toBe('7');
    await busy.stop();
  });

  test('a full home folder is told, and the server starts all the same', async () => {
    const options = `size=64k,mode=0700,uid=${uidOf(full)},gid=${uidOf(full)}`;
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', homeOf(full)]);
    expect(mounted.status).toBe(0);
    await client.startServer(full);
    const log = fs.readFileSync(hub.folders.log, 'utf8');
    expect(log).toContain(`Cannot bring the notebooks to ${homeOf(full)}/notebooks: it is full`);
    const { text } = await inKernel(full, (kernel) =>
      kernel.run(
        "import { experiment } from './lib/course';\n(await experiment('sgd-full', { a: 1 }, () => 'x'.repeat(1e6))).length",
      ),
    );
    expect(text).toContain('the disk is full, so its result is not kept');
    expect(text).toContain('1000000');
    await client.stopServer(full);
  });

  test('progress re-executes as the learner, with his answers and the checks of the course', async () => {
    const own = path.join(homeOf(anna), 'notebooks', '02-gradient-descent.ipynb');
    const { notebook } = readNotebook(own);
    const [right, endless] = ['gd-best', 'gd-step'];
    const ids = notebook.cells.map(({ id }) => id).filter((id) => id.endsWith('-check'));
    expect(ids).toContain(`${right}-check`);
    for (const cell of notebook.cells) {
      // Each output says "solved", whatever the answer is.
      for (const output of cell.outputs ?? []) {
        const data = output.data?.['application/vnd.descent.exercise+json'] as
          | { status?: string }
          | undefined;
        if (data) data.status = 'solved';
      }
      if (cell.id === `${endless}-answer`) cell.source = 'while (true) {}';
      if (cell.id === `${right}-answer`) cell.source = 'const bestRate: number = 2 / (0.5 + 20);';
    }
    writeNotebook(own, notebook);
    fs.chownSync(own, uidOf(anna), uidOf(anna));
    const course = findNotebooks(notebooks, ['02']);
    const forged = await classProgress(hub.folders.homes, course);
    expect(forged.find(({ learner }) => learner === anna)?.solved.length).toBe(ids.length);
    const run = await classProgress(
      hub.folders.homes,
      course,
      rerunBy(hubPython, () => {}, { limit: 60 }),
    );
    const found = run.find(({ learner }) => learner === anna);
    expect(found?.solved).toEqual([right]);
    expect(found?.remarks.join()).toContain('stopped it (TimeoutError');
  });
});
