import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Dealer } from 'zeromq';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, messages, printed } from './client';

const open: Kernel[] = [];
async function start(options?: Parameters<typeof Kernel.start>[0]): Promise<Kernel> {
  const kernel = await Kernel.start(options);
  open.push(kernel);
  return kernel;
}
afterEach(async () => {
  for (const kernel of open.splice(0)) await kernel.stop();
});

test('a shutdown right after a flood of replies ends with status 0', async () => {
  // What the second thread sends as it ends once corrupted the memory; the second tier tries 200 shutdowns.
  for (let starts = 0; starts < 2; starts++) {
    const kernel = await start();
    for (let count = 0; count < 400; count++) void kernel.request('kernel_info_request', {}, 'control');
    void kernel.request('shutdown_request', { restart: false }, 'control');
    expect(await kernel.exited).toBe(0);
  }
});

const transports = platform() === 'win32' ? (['tcp'] as const) : (['tcp', 'ipc'] as const);
test.each(transports)('the kernel speaks over %s, as jupyter_client names the sockets', async (transport) => {
  const kernel = await start({ transport });
  expect(kernel.addresses.shell).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$|^ipc:\/\/.*-ipc-1$/);
  expect(printed(await kernel.execute("console.log('over a socket')"))).toBe('over a socket\n');
  expect(await kernel.heartbeat('beat')).toBe('beat');
  void kernel.request('shutdown_request', { restart: false }, 'control');
  expect(await kernel.exited).toBe(0);
});

test.each(['shell', 'control'] as const)('a kernel that cannot listen for %s says where', async (channel) => {
  const kernel = await start({ transport: 'tcp' });
  const connectionFile = kernel.connectionFileWith(channel);
  const second = spawn(process.execPath, [join(projectRoot(), 'kernel', 'launch.js'), connectionFile]);
  let log = '';
  second.stderr.on('data', (chunk) => {
    log += chunk;
  });
  expect(await new Promise((resolve) => second.on('exit', (code, signal) => resolve(code ?? signal)))).toBe(
    1,
  );
  expect(log).toContain(`Cannot start the kernel: cannot listen at ${kernel.addresses[channel]}`);
});

test('with an empty key nobody signs', async () => {
  const kernel = await start({ key: '' });
  expect(kernel.frames({}, {})[1]).toBe('');
  expect(printed(await kernel.execute("console.log('unsigned')"))).toBe('unsigned\n');
  void kernel.request('shutdown_request', { restart: false }, 'control');
  expect(await kernel.exited).toBe(0);
});

test('2,000 messages that are not signed cost a line or two of the log', async () => {
  const kernel = await start();
  const header = { msg_id: 'x', msg_type: 'kernel_info_request', session: 's', username: 'u' };
  const [delimiter, , ...parts] = kernel.frames(header, {});
  for (let count = 0; count < 1000; count++) {
    for (const channel of ['shell', 'control'] as const)
      await kernel.sendRaw(channel, [delimiter, '0'.repeat(64), ...parts]);
  }
  expect(messages(await kernel.execute("console.log('done')"), 'stream')).toHaveLength(1);
  await kernel.request('kernel_info_request', {}, 'control');
  expect(kernel.log).toContain('signature is wrong');
  expect(kernel.log.length).toBeLessThan(1000);
});

test('a shutdown ends a cell that is still being compiled, and those that wait behind it', async () => {
  const kernel = await start();
  void kernel.begin('for (;;) {}', { stop_on_error: false });
  void kernel.begin('for (;;) {}', { stop_on_error: false });
  await kernel.request('shutdown_request', { restart: false }, 'control');
  expect(await kernel.exited).toBe(0);
});

test('a message is obeyed once, and one that is not JSON ends nothing', async () => {
  const kernel = await start();
  const header = { msg_id: 'again', msg_type: 'execute_request', session: 's', username: 'u' };
  const request = kernel.frames(header, { code: 'globalThis.times = (globalThis.times ?? 0) + 1;' });
  for (let count = 0; count < 3; count++) await kernel.sendRaw('shell', request);
  for (const part of ['nonsense', 'null', '7', ''])
    await kernel.sendRaw('shell', kernel.signed(Array(4).fill(part)));
  await kernel.sendRaw('control', kernel.signed(['null', 'null', 'null', 'null']));
  await kernel.sendRaw('stdin', kernel.signed(['null', 'null', 'null', 'null']));
  expect(printed(await kernel.execute('console.log((globalThis as any).times)'))).toBe('1\n');
});

const notLinux =
  platform() === 'linux' ? '' : ' (skipped: only Linux shows the memory of a process in /proc)';
test.skipIf(notLinux)(`a frame of 300 MB is not taken into memory${notLinux}`, async () => {
  const kernel = await start();
  const memory = () =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${kernel.process.pid}/status`, 'utf8'))?.[1]);
  const before = memory();
  const stranger = new Dealer({ linger: 0 });
  for (const address of [kernel.addresses.shell, kernel.addresses.control, kernel.addresses.stdin]) {
    stranger.connect(address);
  }
  const dropped = new Promise<void>((resolve) => {
    let left = 3;
    stranger.events.on('disconnect', () => --left || resolve());
  });
  for (let count = 0; count < 3; count++) await stranger.send(Buffer.alloc(300_000_000));
  await dropped;
  stranger.close();
  expect(printed(await kernel.execute("console.log('still here')"))).toBe('still here\n');
  // In kB; the high-water mark of what the process ever held.
  expect(memory() - before).toBeLessThan(200_000);
});
