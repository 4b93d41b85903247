import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { npmCommand } from '../../tools/setup/packages.mjs';
import { processes, update } from '../../tools/setup/process-table.mjs';
import { paths } from '../../tools/setup/project.mjs';
import { untilReady } from '../../tools/start/server.mjs';
import { discard, fakeProgram, isOneLine, runTool, scratch, startTool } from './setup-copy';

const root = projectRoot();
const notSetUp = existsSync(join(root, '.venv', '.descent-setup.json'))
  ? ''
  : ' (skipped: JupyterLab is not installed; run npm run setup)';
const firstNotebook = 'notebooks/00-start-here.ipynb';
const course = readdirSync(join(root, 'notebooks')).filter((name) => /^\d\d-.*ipynb$/.test(name));

const noSignals =
  process.platform === 'win32' ? ' (skipped: Windows ends a process without telling its children)' : '';
const noBrowserScript =
  process.platform === 'win32' ? ' (skipped: the recording browser is a shell script)' : '';
const noProc = process.platform === 'linux' ? '' : ' (skipped: only Linux shows processes in /proc)';
const noProxy =
  Number(process.versions.node.split('.')[0]) >= 24
    ? ''
    : ' (skipped: this Node does not know NODE_USE_ENV_PROXY)';

/** The addresses of this machine that a server on 127.0.0.1 does not answer at, ::1 among them. */
const otherAddresses = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
  (list ?? [])
    .filter(({ address }) => address !== '127.0.0.1')
    .map(({ address, scopeid }) => (scopeid ? `${address}%${name}` : address)),
);
const noOther = otherAddresses.length ? '' : ' (skipped: this machine has no address but 127.0.0.1)';

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A cell as Jupyter's server gives it. */
interface Cell {
  cell_type: string;
  metadata: { trusted?: boolean };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 5000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}

describe('npm start with options that are wrong', () => {
  it.each([
    [['--port=0'], '--port=0 is not a port; give a whole number from 1 to 65535'],
    [['--port=65536'], '--port=65536 is not a port'],
    [['--port=88.5'], '--port=88.5 is not a port'],
    [['--port=http'], '--port=http is not a port'],
    [['--prot=8888'], "Unknown option '--prot'; the options are --port=…, --no-browser, --lang=…"],
    [['--lang=xx'], '--lang=xx: the course is not there in this language; give one of '],
  ])('refuses %j in one line', (args, message) => {
    const { status, error } = runTool(root, 'start', args);
    expect(error).toContain(message);
    expect([status, isOneLine(error)]).toEqual([1, true]);
  });

  it('refuses a port that is taken, in one line', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { status, error } = runTool(root, 'start', ['--no-browser', `--port=${port}`]);
    expect(error).toContain(`✗ Port ${port} is taken or may not be used; give another one`);
    expect([status, isOneLine(error)]).toEqual([1, true]);
    taken.close();
  });
});

/** A JupyterLab that `npm start` runs. */
interface Started {
  process: ChildProcess;
  port: number;
  /** as printed */
  address: URL;
  token: string;
  ended: Promise<number | null>;
  printed(): string;
  ask(path: string, search?: string): Promise<Response>;
}

/** Starts JupyterLab, and waits for the address that it prints. @param start - given the port */
async function startJupyter(start: (port: number) => ChildProcess): Promise<Started> {
  const port = await freePort();
  const child = start(port);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let printed = '';
  const address = await new Promise<URL>((resolve, reject) => {
    const read = (bytes: Buffer) => {
      printed += bytes;
      const line = /^Open: (http\S+)$/m.exec(printed);
      if (line) resolve(new URL(line[1]));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  const ask = (path: string, search = '') =>
    fetch(`http://127.0.0.1:${port}${path}${search}`, { redirect: 'manual' });
  const token = address.searchParams.get('token') ?? '';
  return { process: child, port, address, token, ended, printed: () => printed, ask };
}

/** Opens a terminal and a kernel. @returns the kernel's id */
async function openBoth({ port, token }: Started): Promise<string> {
  const post = async (path: string, body: object) => {
    const headers = { Authorization: `token ${token}` };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
    });
    expect(answer.ok, path).toBe(true);
    return (await answer.json()) as { id: string };
  };
  await post('/api/terminals', {});
  return (await post('/api/kernels', { name: 'tslab' })).id;
}

/**
 * Evaluates an expression in a cell of a kernel of Jupyter's.
 *
 * @param folder - where it writes its `value`
 * @param expression - for the value, which passes as JSON
 * @param more - code that runs after it in the same cell; its end is not waited for
 */
async function valueIn(kernel: string, folder: string, expression: string, more = ''): Promise<unknown> {
  // The client's own way to wait takes a kernel for dead that has not begun to answer.
  const script = `
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels(hb=False, iopub=False)
client.execute(sys.argv[2])
sys.stdin.read()
`;
  const connection = join(root, '.setup', 'jupyter', 'runtime', `kernel-${kernel}.json`);
  const file = join(folder, `${kernel}.json`);
  const text = `JSON.stringify({ value: ${expression} }) + '\\n'`;
  const code = `require('node:fs').writeFileSync(${JSON.stringify(file)}, ${text}); ${more}`;
  const client = spawn(paths.venvPython, ['-c', script, connection, code]);
  try {
    const written = () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
    await expect.poll(written, { timeout: 240_000 }).toBe(true);
    return JSON.parse(readFileSync(file, 'utf8')).value;
  } finally {
    client.stdin.end();
  }
}

type Entry = ReturnType<typeof processes>[number];

/** What descends from a process now. */
function familyOf(pid: number) {
  const family = new Map<number, Entry>();
  update(family, pid);
  return [...family.values()];
}

describe.skipIf(notSetUp)(`npm start${notSetUp}`, { timeout: 300_000 }, () => {
  let lab: Started;
  const folder = scratch();
  const opened = join(folder, 'opened');

  beforeAll(async () => {
    // A browser that only writes down how it was called.
    fakeProgram(folder, 'browser', `printf '%s' "$*" > '${opened}.part'; mv '${opened}.part' '${opened}'`);
    const env = { ...process.env, DISPLAY: ':99', BROWSER: `${join(folder, 'browser')} %s` };
    lab = await startJupyter((port) => startTool(root, 'start', [`--port=${port}`], { env }));
  }, 300_000);
  afterAll(() => {
    if (lab?.process.exitCode === null) lab.process.kill('SIGTERM');
    discard(folder);
  });

  it('prints an address of this machine, with the first notebook and a long token', () => {
    const { address, port, token, printed } = lab;
    expect(address.host).toBe(`127.0.0.1:${port}`);
    const first = existsSync(join(root, firstNotebook));
    expect(address.pathname).toBe(first ? `/lab/tree/${firstNotebook}` : '/lab');
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(printed()).not.toMatch(/^\[/m);
  });

  it('serves to those who have the token alone', async () => {
    const { ask, token, address } = lab;
    expect((await ask('/api/contents')).status).toBe(403);
    expect((await ask('/api/contents', `?token=${token.replace(/^./, 'x')}`)).status).toBe(403);
    expect((await ask('/lab')).headers.get('location')).toMatch(/^\/login/);
    expect((await ask('/api/contents', `?token=${token}`)).status).toBe(200);
    expect((await ask(address.pathname, address.search)).status).toBe(200);
  });

  it.skipIf(noBrowserScript)(
    `opens the browser with a page that its owner alone may read, and that leads to the address${noBrowserScript}`,
    async () => {
      await expect.poll(() => existsSync(opened), { timeout: 60_000 }).toBe(true);
      const url = readFileSync(opened, 'utf8');
      expect(url).toMatch(/^file:\/\/\/.*\/open-\d+\.html$/);
      const page = fileURLToPath(url);
      expect(statSync(page).mode & 0o777).toBe(0o600);
      const target = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(readFileSync(page, 'utf8'))?.[1];
      expect(target?.replaceAll('&amp;', '&')).toBe(lab.address.href);
    },
  );

  it('shows the token to no kernel', async () => {
    const kernel = await openBoth(lab);
    const environment = await valueIn(kernel, folder, 'process.env');
    expect(environment).toHaveProperty('JPY_PARENT_PID');
    expect(environment).not.toHaveProperty('JUPYTER_TOKEN');
    expect(JSON.stringify(environment)).not.toContain(lab.token);
  });

  it.skipIf(noProc)(`shows the token in no command line, and to no terminal${noProc}`, () => {
    const all = processes().map(({ pid }) => ({ pid, line: readProc(pid, 'cmdline') }));
    expect(all.filter(({ line }) => line.includes(`--ServerApp.port=${lab.port}`))).not.toEqual([]);
    expect(all.filter(({ line }) => line.includes(lab.token))).toEqual([]);
    const family = familyOf(lab.process.pid as number);
    const holders = family.filter(({ pid }) => readProc(pid, 'environ').includes(lab.token));
    const shells = family.filter(({ pid }) => readProc(pid, 'environ').includes('JUPYTER_SERVER_URL='));
    expect(shells).not.toEqual([]);
    // The guard and JupyterLab itself, whose environments only their owner may read.
    expect(
      holders.map(({ pid }) => readProc(pid, 'cmdline')).filter((line) => !/\bjupyterlab\b/.test(line)),
    ).toEqual([]);
  });

  it('listens on 127.0.0.1', async () => {
    expect(await connects(lab.port, '127.0.0.1')).toBe(true);
  });

  it.skipIf(noOther)(`listens nowhere else${noOther}`, async () => {
    for (const other of otherAddresses) expect(await connects(lab.port, other), other).toBe(false);
  });

  it("offers the course's kernel, and no other", async () => {
    const answer = await lab.ask('/api/kernelspecs', `?token=${lab.token}`);
    const { kernelspecs } = (await answer.json()) as {
      kernelspecs: Record<string, { spec: unknown }>;
    };
    expect(Object.keys(kernelspecs)).toEqual(['tslab']);
    expect(kernelspecs.tslab.spec).toMatchObject({
      display_name: 'TypeScript',
      language: 'typescript',
    });
  });

  it("offers the page the course's labextension, and Jupyter's widgets", async () => {
    const page = await (await lab.ask('/lab', `?token=${lab.token}`)).text();
    for (const name of ['descent-figures', '@jupyter-widgets/jupyterlab-manager']) {
      expect(page).toContain(`"name": "${name}"`);
    }
    const script = await lab.ask(
      '/lab/extensions/descent-figures/static/remoteEntry.js',
      `?token=${lab.token}`,
    );
    expect(await script.text()).toContain("_JUPYTERLAB['descent-figures'] = ");
  });

  it.each(course)('trusts the outputs that %s came with', async (name) => {
    const path = `/api/contents/notebooks/${name}`;
    const answer = await lab.ask(path, `?content=1&token=${lab.token}`);
    const { content } = (await answer.json()) as { content: { cells: Cell[] } };
    const code = content.cells.filter((cell) => cell.cell_type === 'code');
    expect(code.length).toBeGreaterThan(0);
    expect(code.filter((cell) => cell.metadata.trusted !== true)).toEqual([]);
  });

  it('ends with 0 when it is stopped, gives the port back, and leaves nothing behind', async () => {
    const family = familyOf(lab.process.pid as number);
    expect(family.length).toBeGreaterThanOrEqual(4);
    lab.process.kill('SIGTERM');
    expect(await lab.ended).toBe(0);
    expect(await connects(lab.port, '127.0.0.1')).toBe(false);
    await expect.poll(() => stillThere(family)).toEqual([]);
    expect(existsSync(join(root, 'out', `open-${lab.port}.html`))).toBe(false);
  });
});

/** Those of a family that have not ended. */
function stillThere(family: Entry[]): string[] {
  const now = processes();
  const same = (one: Entry) => now.some(({ pid, born }) => pid === one.pid && born === one.born);
  return family.filter(same).map(({ pid, name }) => `${pid} ${name}`);
}

describe.skipIf(notSetUp || noSignals)(`kill -9${notSetUp || noSignals}`, { timeout: 300_000 }, () => {
  const folder = scratch();
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    discard(folder);
  });

  it.each([
    ['node tools/start.mjs', (port: number) => startTool(root, 'start', ['--no-browser', `--port=${port}`])],
    [
      'npm start',
      (port: number) => {
        const [npm, ...args] = npmCommand();
        return spawn(npm, [...args, 'start', '--', '--no-browser', `--port=${port}`], { cwd: root });
      },
    ],
  ])('of `%s` leaves no JupyterLab, terminal, kernel or program of a cell behind', async (_, start) => {
    const lab = await startJupyter((port) => {
      const child = start(port);
      started.push(child);
      return child;
    });
    const kernel = await openBoth(lab);
    // A program in a session of its own, and a cell that does not give way.
    const child = `require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).pid`;
    expect(await valueIn(kernel, folder, child, 'for (;;) {}')).toBeGreaterThan(0);
    const family = familyOf(lab.process.pid as number);
    const names = family.map(({ name }) => name).join(' ');
    for (const program of [/python/, /sleep/, /sh\b/]) expect(names).toMatch(program);
    lab.process.kill('SIGKILL');
    await expect.poll(() => stillThere(family), { timeout: 120_000, interval: 100 }).toEqual([]);
    expect(await connects(lab.port, '127.0.0.1')).toBe(false);
  });
});

describe('untilReady()', () => {
  it('sends the token in a header, not in the address, until the server answers', async () => {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      response.writeHead(asked.length < 3 ? 503 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await untilReady(port, 'secret', new AbortController().signal);
    expect(asked).toHaveLength(3);
    for (const { url, headers } of asked) {
      expect(url).toBe('/api/status');
      expect(headers.authorization).toBe('token secret');
    }
    server.close();
  });

  it('gives up when JupyterLab has ended', async () => {
    await expect(untilReady(await freePort(), 'secret', AbortSignal.abort())).rejects.toThrow(
      'JupyterLab did not start; its own words are above',
    );
  });

  it.skipIf(noProxy)(`asks no proxy for this machine${noProxy}`, async () => {
    const asked: string[] = [];
    const count = (request: IncomingMessage) => void asked.push(String(request.url));
    const proxy = createServer(count).on('connect', (request, socket) => {
      count(request);
      socket.destroy();
    });
    const server = createServer((_, response) => void response.end());
    for (const one of [proxy, server]) {
      await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    }
    const portOf = (one: Server) => (one.address() as AddressInfo).port;
    const address = `http://127.0.0.1:${portOf(proxy)}`;
    const module = pathToFileURL(join(root, 'tools', 'start', 'server.mjs')).href;
    const script = `
      import { untilReady } from ${JSON.stringify(module)};
      await untilReady(${portOf(server)}, 'secret', new AbortController().signal);`;
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: address,
      http_proxy: address,
      NO_PROXY: '',
      no_proxy: '',
    };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    expect(asked).toEqual([]);
    for (const one of [proxy, server]) one.close();
  });
});
