import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { run } from '../../tools/setup/processes.mjs';
import { discard, fakeProgram, freshCopy, runTool, scratch } from './setup-copy';

const root = projectRoot();
const compiler = process.env.CXX || 'c++';
const noLibraries = existsSync(join(root, '.tensorflow', 'libraries.json'))
  ? ''
  : " (skipped: the wheel's libraries are not here; run npm run setup -- --tensorflow=wheel)";
const noWheel =
  noLibraries ||
  (spawnSync(compiler, ['--version']).status === 0 ? '' : ` (skipped: there is no C++ compiler ${compiler})`);
const noStrip =
  process.platform === 'linux' &&
  [compiler, 'strip'].every((name) => spawnSync(name, ['--version']).status === 0)
    ? ''
    : ' (skipped: it takes Linux, a compiler and strip)';

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

/** Runs code against set-up's own modules in a copy, in a process of its own, and returns what it printed last, as JSON. */
async function inCopy(copy: string, script: string, env: NodeJS.ProcessEnv = {}) {
  const { output } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: copy,
    env: { ...process.env, ...env },
  });
  return JSON.parse(output.trim().split('\n').slice(-1)[0]);
}

describe.skipIf(process.platform === 'win32')('installTensorflow()', { timeout: 300_000 }, () => {
  let copy: string;
  let host: Server;
  let address: string;
  /** What the host was asked, in order: it also stands as a proxy, which lets nobody through. */
  let asked: string[];
  beforeAll(async () => {
    copy = copyWithPackages();
    original = readFileSync(described(), 'utf8');
    host = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url?.startsWith('/refuses')) response.writeHead(403).end();
      if (request.url?.startsWith('/has-it')) response.end();
    });
    host.on('connect', ({ url }, socket) => {
      asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked = [];
    writeFileSync(described(), original);
  });
  afterAll(() => {
    host.closeAllConnections();
    host.close();
    discard(copy);
  });

  /** Runs this one step of set-up, in a process of its own. */
  const install = (choice: string, env: NodeJS.ProcessEnv = {}) =>
    inCopy(
      copy,
      `import { installTensorflow, tensorflowNeeded } from './tools/setup/tensorflow.mjs';
      const status = await installTensorflow(${JSON.stringify(choice)}, () => {});
      console.log(JSON.stringify({ ...status, needed: tensorflowNeeded() ?? null }));`,
      env,
    );
  const operations = (ending: string) => join(copy, '.tensorflow', `operations.${ending}`);
  /** @returns true if the course's operations run in the copy, else the sentence on the backend */
  const loaded = () =>
    inCopy(
      copy,
      `import { createRequire } from 'node:module';
      const { register } = await import('tsx/cjs/api');
      register();
      const require = createRequire(process.cwd() + '/');
      const { startTensorflow } = require('./lib/tensorflow/backend');
      const { NativeOperations } = require('./lib/tensorflow/native-operations');
      const { reason } = await startTensorflow('native');
      const run = new NativeOperations();
      const two = run.shared([2, 2]).handle;
      run.addResidual(two, two, run.shared([2]).handle);
      console.log(JSON.stringify(run.own || reason));`,
    );
  /** @returns what `npm run doctor` says of the backend in the copy: which, why, and whose operations */
  function told(env: NodeJS.ProcessEnv = {}): string {
    const all = { ...process.env, MNIST_DIR: '', DESCENT_BACKEND: '', ...env };
    const { backend, reason, operations } = JSON.parse(runTool(copy, 'doctor', ['--json'], all).out);
    return [backend, reason, operations].join(' | ');
  }
  const described = () => join(copy, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json');
  let original: string;
  /** Has tfjs-node's package name another host for its binding. */
  function moveHost(to: string): void {
    const moved = JSON.parse(original);
    moved.binary.host = to;
    writeFileSync(described(), JSON.stringify(moved));
  }

  it('leaves WebAssembly to serve if asked to, and has nothing to try again', async () => {
    const status = await install('none');
    expect(status).toMatchObject({ choice: 'none', way: 'none', version: null, needed: null });
    expect(status.retry).toBeUndefined();
    expect(told()).toBe('wasm | WebAssembly serves, slower than native TensorFlow | ');
  });

  it.each([
    ['cannot be reached', 'http://127.0.0.1:9', /upstream: 127\.0\.0\.1:9 cannot be reached \(E/],
    ['refuses', '/refuses', /upstream: 127\.0\.0\.1:\d+ answers 403/],
    ['never answers', '/sleeps', /upstream: 127\.0\.0\.1:\d+ cannot be reached \(no answer\)/],
  ])('gives the installer up where its host %s', async (_, at, reason) => {
    moveHost(at.startsWith('/') ? address + at : at);
    const status = await install('upstream');
    expect(status).toMatchObject({ way: 'none', version: null, needed: null });
    expect(status.reason).toMatch(reason);
    expect(status.retry).toBe('npm run setup -- --tensorflow=upstream');
  });

  it.each([
    'CDN_STORAGE',
    'TFJS_NODE_CDN_STORAGE',
    'npm_config_TFJS_NODE_CDN_STORAGE',
    'npm_config_tfjs_node_cdn_storage',
    'TFJS_NODE_BASE_URI',
    'npm_config_tfjs_binding_binary_host_mirror',
  ])('has the installer ask its own host, whatever %s says', async (name) => {
    moveHost(`${address}/has-it`);
    const status = await install('upstream', { [name]: `${address}/stranger/`, HTTPS_PROXY: address });
    expect(status).toMatchObject({ way: 'none', version: null });
    expect(asked).toEqual([
      expect.stringMatching(/^HEAD \/has-it\/napi-v8\/4\.22\.0\/CPU-/),
      'CONNECT storage.googleapis.com:443',
    ]);
  });

  it('asks no host of unpinned files unless it is told to: the wheel is the only way of auto', async () => {
    moveHost(`${address}/has-it`);
    const status = await install('auto', { CXX: '/no/compiler', HTTPS_PROXY: address });
    expect(asked).toEqual([]);
    expect(status).toMatchObject({ choice: 'auto', way: 'none', needed: null });
    expect(status.reason).toMatch(/^WebAssembly serves, slower than native TensorFlow; wheel: there is no C/);
  });

  it.each([
    ['win32', 'x64'],
    ['darwin', 'x64'],
    ['freebsd', 'x64'],
  ])('says that there is no wheel for %s %s, and what may be tried', async (platform, arch) => {
    const { message } = await inCopy(
      copy,
      `Object.defineProperty(process, 'platform', { value: '${platform}' });
      Object.defineProperty(process, 'arch', { value: '${arch}' });
      const { wheelOfPlatform } = await import('./tools/setup/tensorflow/libraries.mjs');
      try { wheelOfPlatform(); } catch ({ message }) { console.log(JSON.stringify({ message })); }`,
    );
    expect(message).toContain(`there is no TensorFlow wheel to link with on ${platform} ${arch}`);
    expect(message).toContain('whose downloads are not pinned');
    expect(message).toContain('npm run setup -- --tensorflow=upstream');
  });

  it('says which compiler is missing, and how to get one', async () => {
    const status = await install('wheel', { CXX: '/no/compiler' });
    expect(status.way).toBe('none');
    expect(status.reason).toMatch(/there is no C\+\+ compiler \(\/no\/compiler\); install one \(/);
    expect(status.retry).toBe('npm run setup -- --tensorflow=wheel');
    expect(told()).toMatch(
      /^wasm \| WebAssembly serves.*; wheel: there is no C\+\+ compiler.*\(to try again: npm run setup -- --tensorflow=wheel\)/,
    );
  });

  it.skipIf(noWheel)(
    `compiles the binding against the wheel's libraries, and multiplies with it${noWheel}`,
    async () => {
      const status = await install('auto', { HTTPS_PROXY: address });
      expect(status).toMatchObject({ way: 'wheel', needed: null });
      expect(status.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(status.reason).toBe(`native TensorFlow ${status.version} runs`);
      expect(asked).toEqual([]);
    },
  );

  it.skipIf(noWheel)(`compiles the course's operations, and they run${noWheel}`, async () => {
    expect(await loaded()).toBe(true);
  });

  it.skipIf(noWheel)(
    `does without them where there is no compiler, until set-up runs with one${noWheel}`,
    async () => {
      rmSync(operations('json'));
      expect(await loaded()).toMatch(/: set-up has not compiled them\.$/);
      const status = await install('wheel', { CXX: '/no/compiler' });
      expect(status).toMatchObject({ way: 'wheel', needed: null });
      expect(await loaded()).toMatch(/without the course's own operations: there is no C\+\+ compiler/);
      expect(told()).toMatch(/^native \| .*there is no C\+\+ compiler.*install one.* \| TensorFlow's$/);
      rmSync(operations('json'));
      await install('wheel');
      expect(await loaded()).toBe(true);
    },
  );

  it.skipIf(noWheel)(
    `does not load them on another processor or beside another library${noWheel}`,
    async () => {
      const stamp = JSON.parse(readFileSync(operations('json'), 'utf8'));
      const change = (to: object) => writeFileSync(operations('json'), JSON.stringify({ ...stamp, ...to }));
      const needed = `import { tensorflowNeeded } from './tools/setup/tensorflow.mjs';
      console.log(JSON.stringify(tensorflowNeeded() ?? null));`;
      change({ processor: 'x64 of another time' });
      expect(await loaded()).toMatch(/operations: they were compiled for x64 of another time, and this is /);
      expect(await inCopy(copy, needed)).toBe("the course's operations are not compiled for it");
      expect(told()).toMatch(
        /^native \| .*for x64 of another time, and this is .* \| TensorFlow's; to have the course's own compiled: npm run setup$/,
      );
      change({ tensorflow: '1.15.0' });
      expect(await loaded()).toMatch(
        /operations: they were compiled for TensorFlow 1\.15\.0, and \d+\.\d+\.\d+ runs/,
      );
      expect(told()).toMatch(/^native \| .*for TensorFlow 1\.15\.0, and .* runs\. \| TensorFlow's$/);
      change({});
      expect(await loaded()).toBe(true);
      const file = readFileSync(operations('node'));
      writeFileSync(operations('node'), 'no library');
      expect(await loaded()).toMatch(/operations: they do not load: /);
      rmSync(operations('node'));
      expect(await loaded()).toMatch(/operations: their file is gone/);
      writeFileSync(operations('node'), file);
      writeFileSync(join(copy, 'native', 'more.h'), '');
      expect(await loaded()).toMatch(/operations: they were compiled from other sources than native\//);
      expect(await inCopy(copy, needed)).toBe("the course's operations are not compiled for it");
      rmSync(join(copy, 'native', 'more.h'));
    },
  );

  it.skipIf(noWheel || process.platform !== 'linux')(
    `does not load them where the library lacks what they call${noWheel}`,
    async () => {
      const source = join(copy, 'native', 'operations.cc');
      const original = readFileSync(source);
      const calls = 'extern "C" void TF_NoSuchThing();\nvoid Call() { TF_NoSuchThing(); }\n';
      writeFileSync(source, `#include <node_api.h>\n${calls}NAPI_MODULE_INIT() { return exports; }\n`);
      expect(await install('wheel')).toMatchObject({ way: 'wheel', needed: null });
      expect(await loaded()).toMatch(/operations: they do not load: .*undefined symbol: TF_NoSuchThing/);
      expect(told()).toMatch(/^native \| .*they do not load: .*TF_NoSuchThing.* \| TensorFlow's$/);
      writeFileSync(source, original);
    },
  );

  it.skipIf(noWheel || process.arch !== 'x64')(
    `compiles them for a processor without AVX-512, and for one without any AVX${noWheel}`,
    async () => {
      for (const level of ['x86-64-v3', 'x86-64']) {
        const older = join(copy, 'older-compiler');
        const script = `for word; do shift; set -- "$@" "$(echo "$word" | sed s/^-march=native/-march=${level}/)"; done`;
        fakeProgram(copy, 'older-compiler', `${script}\nexec ${compiler} "$@"`);
        rmSync(operations('json'), { force: true });
        expect(await install('wheel', { CXX: older })).toMatchObject({ way: 'wheel', needed: null });
        expect(await loaded()).toBe(true);
      }
      rmSync(operations('json'));
      await install('wheel');
    },
  );

  it.skipIf(noWheel)(`does not compile a second time what it has compiled${noWheel}`, async () => {
    const status = await install('wheel', { CXX: '/no/compiler' });
    expect(status).toMatchObject({ way: 'wheel', needed: null });
  });

  it.skipIf(noWheel)(`goes on with what was asked for last${noWheel}`, async () => {
    const script = (choice?: string) => `
      import { chosenTensorflow, tensorflowNeeded } from './tools/setup/tensorflow.mjs';
      console.log(JSON.stringify([chosenTensorflow(), tensorflowNeeded(${choice ? `'${choice}'` : ''}) ?? null]));`;
    await install('none');
    expect(await inCopy(copy, script())).toEqual(['none', null]);
    expect(await inCopy(copy, script('auto'))).toEqual(['none', '--tensorflow=auto']);
    await install('wheel', { CXX: '/no/compiler' });
    expect(await inCopy(copy, script('auto'))).toEqual(['wheel', null]);
    expect(await inCopy(copy, script('upstream'))).toEqual(['wheel', '--tensorflow=upstream']);
  });
});

describe("the wheel's libraries", () => {
  const folder = scratch();
  const copy = freshCopy();
  afterAll(() => discard(folder, copy));
  const python = process.platform === 'win32' ? 'python' : 'python3';

  /** Makes a wheel with two libraries, as TensorFlow's are named, and a RECORD; returns the file. */
  function makeWheel(name: string, recorded: string): string {
    const file = join(folder, name);
    const script = `
import base64, hashlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('tensorflow/libtensorflow_cc.so.2', b'one')
    wheel.writestr('tensorflow/libtensorflow_framework.so.2', b'two')
    wheel.writestr('tensorflow/include/tensorflow/c/c_api.h', b'')
    rows = []
    for name, content in (('cc', sys.argv[2].encode()), ('framework', b'two')):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()
        rows.append(f'tensorflow/libtensorflow_{name}.so.2,sha256={digest},3')
    wheel.writestr('tensorflow_cpu-2.21.0.dist-info/RECORD', '\\n'.join(rows) + '\\n')
`;
    const { status, stderr } = spawnSync(python, ['-c', script, file, recorded], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return file;
  }

  it("are noted with the hashes of the wheel's own list", () => {
    const wheel = makeWheel('good.whl', 'one');
    const unpacker = join(root, 'tools', 'setup', 'tensorflow', 'unpack-wheel.py');
    const { status } = spawnSync(python, [unpacker, wheel, folder]);
    expect(status).toBe(0);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'))).toEqual({
      'libtensorflow_cc.so.2': sha256('one'),
      'libtensorflow_framework.so.2': sha256('two'),
    });
  });

  it.skipIf(noStrip)(
    `lose only what a debugger reads, and stay as they are without the program${noStrip}`,
    async () => {
      const place = join(copy, '.tensorflow');
      mkdirSync(place, { recursive: true });
      const source = join(place, 'small.cc');
      writeFileSync(
        source,
        'static int half(int n) { return n / 2; }\nextern "C" int answer() { return half(84); }',
      );
      const library = join(place, 'libsmall.so');
      expect(spawnSync(compiler, ['-shared', '-fPIC', '-g', '-O0', source, '-o', library]).status).toBe(0);
      const whole = statSync(library).size;
      const strip = (env: NodeJS.ProcessEnv) =>
        inCopy(
          copy,
          `import { strip } from './tools/setup/tensorflow/libraries.mjs';
        await strip(${JSON.stringify(library)});
        console.log('0');`,
          env,
        );
      await strip({ PATH: join(folder, 'nothing') });
      expect(statSync(library).size).toBe(whole);
      await strip({});
      expect(statSync(library).size).toBeLessThan(whole);
      const load = `import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).answer())`;
      expect(spawnSync(python, ['-c', load, library], { encoding: 'utf8' }).stdout).toBe('42\n');
      writeFileSync(library, 'no library');
      await strip({});
      expect(readFileSync(library, 'utf8')).toBe('no library');
      expect(readdirSync(place).filter((name) => name.startsWith('libsmall'))).toEqual(['libsmall.so']);
    },
  );

  it('are missed when a byte of them changes, whatever their size and time say', async () => {
    const place = join(copy, '.tensorflow', 'lib');
    mkdirSync(place, { recursive: true });
    const library = join(place, 'libtensorflow_cc.so.2');
    writeFileSync(library, 'one');
    const complete = (anew: boolean) =>
      inCopy(
        copy,
        `import { librariesComplete } from './tools/setup/tensorflow/libraries.mjs';
        console.log(JSON.stringify(librariesComplete({ anew: ${anew} })));`,
      );
    const requirements = join(copy, 'tools', 'setup', 'python', 'requirements-tensorflow.txt');
    const hashOf = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
    const stamp = {
      'requirements-tensorflow.txt': hashOf(readFileSync(requirements)),
      files: { 'libtensorflow_cc.so.2': { sha256: hashOf('one'), size: 0, time: 0 } },
    };
    writeFileSync(join(copy, '.tensorflow', 'libraries.json'), JSON.stringify(stamp));
    expect(await complete(false)).toBe(true);
    // Another byte, at another time: seen at once.
    const { atime, mtime } = statSync(library);
    writeFileSync(library, 'onE');
    expect(await complete(false)).toBe(false);
    // Another byte, with the time put back: seen by who looks closely, as the doctor does.
    utimesSync(library, atime, mtime);
    expect(await complete(true)).toBe(false);
    writeFileSync(library, 'one');
    expect(await complete(false)).toBe(true);
    rmSync(library);
    expect(await complete(false)).toBe(false);
  });
});
