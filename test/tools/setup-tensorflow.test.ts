import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { run } from '../../tools/setup/processes.mjs';
import { discard, freshCopy } from './setup-copy';

const root = projectRoot();
const compiler = process.env.CXX || 'c++';
const noLibraries = existsSync(join(root, '.tensorflow', 'libraries.json'))
  ? ''
  : " (skipped: the wheel's libraries are not here; run npm run setup -- --tensorflow=wheel)";
const noWheel =
  noLibraries ||
  (spawnSync(compiler, ['--version']).status === 0 ? '' : ` (skipped: there is no C++ compiler ${compiler})`);

/** A copy with this project's packages, tfjs-node as it came from the registry, and the wheel's libraries. */
function copyWithPackages(): string {
  const copy = freshCopy();
  const [from, to] = [root, copy].map((folder) => join(folder, 'node_modules'));
  const scope = '@tensorflow';
  mkdirSync(join(to, scope), { recursive: true });
  const link = (name: string) => symlinkSync(join(from, name), join(to, name));
  for (const name of readdirSync(from)) if (name !== scope) link(name);
  for (const name of readdirSync(join(from, scope))) {
    if (name !== 'tfjs-node') link(join(scope, name));
  }
  const unbuilt = (path: string) => !/tfjs-node\/(lib|deps)(\/|$)/.test(path.replaceAll('\\', '/'));
  const tfjsNode = join(scope, 'tfjs-node');
  cpSync(join(from, tfjsNode), join(to, tfjsNode), { recursive: true, filter: unbuilt });
  mkdirSync(join(copy, '.tensorflow'));
  for (const name of ['lib', 'include', 'libraries.json']) {
    const library = join(root, '.tensorflow', name);
    if (existsSync(library)) symlinkSync(library, join(copy, '.tensorflow', name));
  }
  return copy;
}

describe.skipIf(process.platform === 'win32')('installTensorflow()', { timeout: 300_000 }, () => {
  let copy: string;
  let host: Server;
  let address: string;
  beforeAll(async () => {
    copy = copyWithPackages();
    host = createServer((request, response) => {
      if (request.url?.startsWith('/refuses')) response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    host.closeAllConnections();
    host.close();
    discard(copy);
  });

  /** Runs this one step of set-up, in a process of its own. */
  async function install(way: string, env: NodeJS.ProcessEnv = {}) {
    const script = `
      import { installTensorflow, tensorflowNeeded } from './tools/setup/tensorflow.mjs';
      const status = await installTensorflow(${JSON.stringify(way)}, () => {});
      console.log(JSON.stringify({ ...status, needed: tensorflowNeeded() ?? null }));`;
    const { output } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: copy,
      env: { ...process.env, ...env },
    });
    return JSON.parse(output.trim().split('\n').slice(-1)[0]);
  }
  const mirror = (at: string) => ({ npm_config_tfjs_binding_binary_host_mirror: at });

  it('leaves WebAssembly to serve if asked to, and has nothing to try again', async () => {
    const status = await install('none');
    expect(status).toMatchObject({ way: 'none', version: null, needed: null });
    expect(status.retry).toBeUndefined();
  });

  it.each([
    ['cannot be reached', 'http://127.0.0.1:9', /upstream: 127\.0\.0\.1:9 cannot be reached \(E/],
    ['refuses', '/refuses', /upstream: 127\.0\.0\.1:\d+ answers 403/],
    ['never answers', '/sleeps', /upstream: 127\.0\.0\.1:\d+ cannot be reached \(no answer\)/],
  ])('gives the installer up where its host %s', async (_, at, reason) => {
    const status = await install('upstream', mirror(at.startsWith('/') ? address + at : at));
    expect(status).toMatchObject({ way: 'none', version: null, needed: null });
    expect(status.reason).toMatch(reason);
    expect(status.retry).toBe('npm run setup -- --tensorflow=upstream');
  });

  it('says which compiler is missing, and how to get one', async () => {
    const status = await install('wheel', { CXX: '/no/compiler' });
    expect(status.way).toBe('none');
    expect(status.reason).toMatch(/there is no C\+\+ compiler \(\/no\/compiler\); install one \(/);
    expect(status.retry).toBe('npm run setup -- --tensorflow=wheel');
  });

  it.skipIf(noWheel)(
    `compiles the binding against the wheel's libraries, and multiplies with it${noWheel}`,
    async () => {
      const status = await install('auto', mirror('http://127.0.0.1:9'));
      expect(status).toMatchObject({ way: 'wheel', needed: null });
      expect(status.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(status.reason).toMatch(/^native TensorFlow .* runs; upstream: .* cannot be reached/);
    },
  );

  it.skipIf(noWheel)(`does not compile a second time what it has compiled${noWheel}`, async () => {
    const status = await install('wheel', { CXX: '/no/compiler' });
    expect(status).toMatchObject({ way: 'wheel', needed: null });
  });
});
