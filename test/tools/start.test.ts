import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { isOneLine, runTool, startTool } from './setup-copy';

const root = projectRoot();
const notSetUp = existsSync(join(root, '.venv', '.descent-setup.json'))
  ? ''
  : ' (skipped: JupyterLab is not installed; run npm run setup)';
const firstNotebook = 'notebooks/00-start-here.ipynb';
const course = readdirSync(join(root, 'notebooks')).filter((name) => /^\d\d-.*ipynb$/.test(name));

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
    [['--prot=8888'], "Unknown option '--prot'; the options are --port=…, --no-browser"],
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

describe.skipIf(notSetUp)(`npm start -- --no-browser${notSetUp}`, { timeout: 300_000 }, () => {
  let jupyter: ChildProcess;
  let port: number;
  let address: URL;
  let token: string;
  let ended: Promise<number | null>;
  let printed = '';
  const ask = (path: string, search = '') =>
    fetch(`http://127.0.0.1:${port}${path}${search}`, { redirect: 'manual' });

  beforeAll(async () => {
    port = await freePort();
    jupyter = startTool(root, 'start', ['--no-browser', `--port=${port}`]);
    ended = new Promise((resolve) => jupyter.on('exit', resolve));
    address = await new Promise<URL>((resolve, reject) => {
      const read = (bytes: Buffer) => {
        printed += bytes;
        const line = /^Open: (http\S+)$/m.exec(printed);
        if (line) resolve(new URL(line[1]));
      };
      jupyter.stdout?.on('data', read);
      jupyter.stderr?.on('data', read);
      ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
    });
    token = address.searchParams.get('token') ?? '';
  }, 300_000);
  afterAll(() => {
    if (jupyter?.exitCode === null) jupyter.kill('SIGTERM');
  });

  it('prints an address of this machine, with the first notebook and a long token', () => {
    expect(address.host).toBe(`127.0.0.1:${port}`);
    const first = existsSync(join(root, firstNotebook));
    expect(address.pathname).toBe(first ? `/lab/tree/${firstNotebook}` : '/lab');
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(printed).not.toMatch(/^\[/m);
  });

  it('serves to those who have the token alone', async () => {
    expect((await ask('/api/contents')).status).toBe(403);
    expect((await ask('/api/contents', `?token=${token.replace(/^./, 'x')}`)).status).toBe(403);
    expect((await ask('/lab')).headers.get('location')).toMatch(/^\/login/);
    expect((await ask('/api/contents', `?token=${token}`)).status).toBe(200);
    expect((await ask(address.pathname, address.search)).status).toBe(200);
  });

  it('listens on 127.0.0.1 and nowhere else', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    expect(await connects(port, '127.0.0.1')).toBe(true);
    for (const { address: other } of others) expect(await connects(port, other)).toBe(false);
  });

  it("offers the course's kernel, and no other", async () => {
    const answer = await ask('/api/kernelspecs', `?token=${token}`);
    const { kernelspecs } = (await answer.json()) as {
      kernelspecs: Record<string, { spec: unknown }>;
    };
    expect(Object.keys(kernelspecs)).toEqual(['tslab']);
    expect(kernelspecs.tslab.spec).toMatchObject({
      display_name: 'TypeScript',
      language: 'typescript',
    });
  });

  it.each(course)('trusts the outputs that %s came with', async (name) => {
    const path = `/api/contents/notebooks/${name}`;
    const answer = await ask(path, `?content=1&token=${token}`);
    const { content } = (await answer.json()) as { content: { cells: Cell[] } };
    const code = content.cells.filter((cell) => cell.cell_type === 'code');
    expect(code.length).toBeGreaterThan(0);
    expect(code.filter((cell) => cell.metadata.trusted !== true)).toEqual([]);
  });

  it('ends with 0 when it is stopped, and gives the port back', async () => {
    jupyter.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await connects(port, '127.0.0.1')).toBe(false);
  });
});
