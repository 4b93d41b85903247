import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, printed, shown, until } from './client';

const open: Kernel[] = [];
async function start(options?: Parameters<typeof Kernel.start>[0]): Promise<Kernel> {
  const kernel = await Kernel.start(options);
  open.push(kernel);
  return kernel;
}
afterEach(async () => {
  for (const kernel of open.splice(0)) await kernel.stop();
});

/** Starts a cell, and waits until its code runs. */
async function beginMarked(kernel: Kernel, code: string): Promise<ReturnType<Kernel['begin']>> {
  const marker = join(mkdtempSync(join(tmpdir(), 'descent-marker-')), 'runs');
  const begun = kernel.begin(`require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); ${code}`);
  await until(() => existsSync(marker));
  rmSync(dirname(marker), { recursive: true });
  return begun;
}

const beginLoop = (kernel: Kernel) => beginMarked(kernel, 'for (;;) {}');

test('the kernel runs in the project’s folder, wherever it was started', async () => {
  const kernel = await start({ cwd: '/' });
  expect(shown(await kernel.execute('process.cwd()'))).toBe(`${projectRoot()}\n`);
});

test('shutdown_request ends the process, idle or in an endless loop; nothing printed is lost', async () => {
  const idle = await start();
  const { done } = idle.begin("for (let i = 0; i < 5000; i++) console.log('line ' + i);");
  const ended = idle.request('shutdown_request', { restart: false }, 'shell');
  const lines = shown(await done).split('\n');
  expect(lines).toHaveLength(5001);
  expect((await ended).reply).toEqual({ status: 'ok', restart: false });
  expect(await idle.exited).toBe(0);

  const busy = await start();
  await beginLoop(busy);
  const { reply } = await busy.request('shutdown_request', { restart: true }, 'control');
  expect(reply).toEqual({ status: 'ok', restart: true });
  expect(await busy.exited).toBe(0);
});

test('shutdown_request ends the process while a cell is compiled that would never end, and what waits behind it', async () => {
  const kernel = await start();
  void kernel.begin("import { startTensorflow } from './lib/tensorflow'; for (;;) {}");
  void kernel.begin('for (;;) {}');
  void kernel.request('shutdown_request', { restart: false }, 'control');
  expect(await kernel.exited).toBe(0);
});

test('process.exit() ends the kernel; what was printed before arrives, with the reason', async () => {
  const kernel = await start();
  const answer = await kernel.execute("console.log('last words'); process.exit(3);");
  expect(shown(answer)).toBe('last words\n');
  expect(answer.reply.evalue).toContain('process.exit() ends the kernel');
  expect(await kernel.exited).toBe(3);
});

test('the heartbeat and the control channel answer during an endless loop', async () => {
  const kernel = await start();
  const { done } = await beginLoop(kernel);
  expect(await kernel.heartbeat('beat')).toBe('beat');
  const { reply } = await kernel.request('interrupt_request', {}, 'control');
  expect(reply).toEqual({ status: 'ok' });
  expect((await done).reply.ename).toBe('KeyboardInterrupt');
});

test('a message that is not signed with the key is not obeyed', async () => {
  const kernel = await start();
  const header = { msg_id: 'x', msg_type: 'shutdown_request', session: 's', username: 'u' };
  const [delimiter, , ...parts] = kernel.frames(header, { restart: false });
  for (const channel of ['control', 'shell'] as const) {
    await kernel.sendRaw(channel, [delimiter, '0'.repeat(64), ...parts]);
    await kernel.sendRaw(channel, [delimiter, '', ...parts]);
    await kernel.sendRaw(channel, [delimiter]);
    await kernel.sendRaw(channel, ['nonsense']);
  }
  expect(shown(await kernel.execute("'still here'"))).toBe('still here\n');
  await until(() => kernel.log.includes('signature is wrong'));
});

describe.skipIf(platform() === 'win32')('a kernel whose Jupyter was killed', () => {
  test.each(['1', 'for (;;) {}', 'await new Promise(() => {})'])('ends while it runs `%s`', async (code) => {
    // A parent of its own, that starts the kernel as Jupyter does and says its number.
    const parentCode = `
      const { spawn } = require('node:child_process');
      const kernel = spawn(process.execPath, JSON.parse(process.argv[1]), { detached: true, stdio: 'ignore',
        env: { ...process.env, JPY_PARENT_PID: String(process.pid) } });
      console.log('kernel ' + kernel.pid);
      setInterval(() => {}, 1000);`;
    const launcher = join(projectRoot(), 'kernel', 'launch.js');
    const kernel = await start({
      command: (file) => [process.execPath, '-e', parentCode, JSON.stringify([launcher, file])],
    });
    const pid = Number(/kernel (\d+)/.exec(kernel.log)?.[1]);
    expect(isAlive(pid)).toBe(true);
    await beginMarked(kernel, code);
    kernel.process.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
    } catch {
      return false;
    }
    // A process that has ended may wait for whoever adopted it.
    const status = `/proc/${pid}/stat`;
    return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
  }
});

test('without a connection file it says what is missing', async () => {
  const child = spawn(process.execPath, [join(projectRoot(), 'kernel', 'launch.js')]);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(2);
  expect(said).toContain('no connection file given');
});

test('native log lines never reach an output', async () => {
  // The most talkative settings; the launcher overrides none that the reader has set.
  const kernel = await start({ env: { TF_CPP_MIN_LOG_LEVEL: '0' } });
  const answer = await kernel.execute(
    "import { startTensorflow, tf } from './lib/tensorflow';\nconst { backend } = await startTensorflow();\nconst product = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));\nawait product.data();\n// Straight to the process's own error output, as C++ does.\nconst fs = require('node:fs'); fs.writeSync(2, 'native line\\n'); fs.writeSync(1, 'native line\\n');\nconsole.log(backend);",
  );
  expect(messages(answer, 'error')).toEqual([]);
  expect(printed(answer, 'stderr')).toBe('');
  expect(shown(answer)).toMatch(/^(native|wasm|js)\n$/);
  expect(kernel.log).toContain('native line');
});
