/** A Jupyter client: starts a real kernel process and speaks the protocol with it over ZeroMQ. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Request, Subscriber } from 'zeromq';
import { projectRoot } from '../../lib/base/project-root';

const DELIMITER = '<IDS|MSG>';
const SOCKETS = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;

export type Channel = 'shell' | 'control';

/** A message that the kernel published, or its reply. */
export interface Message {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: its fields depend on the type
  content: any;
}

/** What came of one request; `published` goes on growing while code of the cell still runs. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: its fields depend on the type
  reply: any;
  published: Message[];
}

/** What a cell printed to one stream. */
export function printed({ published }: Answer, stream: 'stdout' | 'stderr' = 'stdout'): string {
  const parts = published.filter(({ type, content }) => type === 'stream' && content.name === stream);
  return parts.map(({ content }) => content.text).join('');
}

/** The contents of all messages of one type. */
export function messages(
  { published }: Answer,
  type: string,
  // biome-ignore lint/suspicious/noExplicitAny: its fields depend on the type
): any[] {
  return published.filter((message) => message.type === type).map(({ content }) => content);
}

/** A traceback without its colours. */
export function plainTraceback({ traceback }: { traceback: string[] }): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return traceback.join('\n').replace(/\u001b\[\d+m/g, '');
}

/** Waits until something is true; the test's own time limit ends it. */
export async function until(condition: () => unknown): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

interface Pending {
  answer: Answer;
  idle: boolean;
  settle: () => void;
}

/** How to start a kernel; by default, the project's own. */
export interface KernelOptions {
  /** the program and its arguments, given the connection file */
  command?: (connectionFile: string) => string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** A kernel that runs until it is stopped, and the connection to it. */
export class Kernel {
  /** what the process itself wrote: in Jupyter, the server's log */
  log = '';
  /** resolves with the exit status or the signal's name */
  readonly exited: Promise<number | string>;
  private readonly session = randomUUID();
  private readonly pending = new Map<string, Pending>();

  private constructor(
    readonly process: ChildProcess,
    private readonly sockets: { shell: Dealer; control: Dealer; iopub: Subscriber; hb: Request },
    private readonly folder: string,
    private readonly key: string,
  ) {
    const listen = (chunk: Buffer) => {
      this.log += chunk;
    };
    process.stdout?.on('data', listen);
    process.stderr?.on('data', listen);
    this.exited = new Promise((resolve) => {
      process.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    void this.receive('shell');
    void this.receive('control');
    void this.receive('iopub');
  }

  /** Starts a kernel and waits until it answers. */
  static async start({ command, env, cwd }: KernelOptions = {}): Promise<Kernel> {
    const ports = await freePorts(SOCKETS.length);
    const key = randomUUID();
    const folder = mkdtempSync(join(tmpdir(), 'descent-kernel-'));
    const connectionFile = join(folder, 'connection.json');
    const connection: Record<string, unknown> = {
      ip: '127.0.0.1',
      transport: 'tcp',
      key,
      signature_scheme: 'hmac-sha256',
    };
    SOCKETS.forEach((name, index) => {
      connection[`${name}_port`] = ports[index];
    });
    writeFileSync(connectionFile, JSON.stringify(connection));
    const launcher = join(projectRoot(), 'kernel', 'launch.js');
    const [program, ...args] = command?.(connectionFile) ?? [process.execPath, launcher, connectionFile];
    const child = spawn(program, args, {
      cwd: cwd ?? tmpdir(),
      env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...env },
    });
    const sockets = {
      shell: new Dealer({ linger: 0 }),
      control: new Dealer({ linger: 0 }),
      iopub: new Subscriber({ linger: 0, receiveHighWaterMark: 0 }),
      hb: new Request({ linger: 0 }),
    };
    for (const name of Object.keys(sockets) as (keyof typeof sockets)[]) {
      sockets[name].connect(`tcp://127.0.0.1:${connection[`${name}_port`]}`);
    }
    sockets.iopub.subscribe();
    const kernel = new Kernel(child, sockets, folder, key);
    await kernel.ready();
    return kernel;
  }

  /** The kernel answers, and what it publishes arrives (a subscription takes a moment). */
  private async ready(): Promise<void> {
    const died = this.exited.then((status) => {
      throw new Error(`the kernel ended with ${status}:\n${this.log}`);
    });
    died.catch(() => {});
    for (;;) {
      const answered = this.request('kernel_info_request').then(() => true);
      const late = new Promise((resolve) => setTimeout(resolve, 500, false));
      if (await Promise.race([answered, late, died])) return;
    }
  }

  /** Runs a cell. */
  execute(code: string, options: Record<string, unknown> = {}): Promise<Answer> {
    return this.begin(code, options).done;
  }

  /** Starts a cell. @returns what it publishes, at once, and a promise for its end */
  begin(code: string, options: Record<string, unknown> = {}): { answer: Answer; done: Promise<Answer> } {
    const content = { code, silent: false, store_history: true, allow_stdin: false, ...options };
    return this.send('shell', 'execute_request', { stop_on_error: true, ...content });
  }

  /** Asks something of the kernel and waits for its reply and its `idle`. */
  request(type: string, content: object = {}, channel: Channel = 'shell'): Promise<Answer> {
    return this.send(channel, type, content).done;
  }

  /** Sends frames as they are. */
  sendRaw(channel: Channel, frames: (string | Buffer)[]): Promise<void> {
    return this.sockets[channel].send(frames);
  }

  /** @returns the parts of a message as they travel, signed */
  frames(header: object, content: object): string[] {
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = createHmac('sha256', this.key).update(parts.join('')).digest('hex');
    return [DELIMITER, signature, ...parts];
  }

  /** Sends text to the heartbeat. @returns what comes back */
  async heartbeat(text: string): Promise<string> {
    await this.sockets.hb.send(text);
    return String((await this.sockets.hb.receive())[0]);
  }

  /** Ends the kernel if it still runs, and closes the connection. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await this.exited;
    }
    for (const socket of Object.values(this.sockets)) socket.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private send(channel: Channel, type: string, content: object) {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      version: '5.3',
    };
    const answer: Answer = { reply: undefined, published: [] };
    const done = new Promise<Answer>((resolve) => {
      const settle = () => resolve(answer);
      this.pending.set(header.msg_id, { answer, idle: false, settle });
    });
    // The kernel's reader of each message is asynchronous; the order is that of the calls.
    this.sending = this.sending.then(() => this.sockets[channel].send(this.frames(header, content)));
    return { answer, done };
  }

  private sending: Promise<void> = Promise.resolve();

  private async receive(name: 'shell' | 'control' | 'iopub'): Promise<void> {
    for await (const frames of this.sockets[name]) {
      const start = frames.findIndex((frame) => frame.toString() === DELIMITER) + 1;
      const [signature, ...parts] = frames.slice(start);
      const expected = createHmac('sha256', this.key);
      for (const part of parts.slice(0, 4)) expected.update(part);
      if (signature.toString() !== expected.digest('hex')) throw new Error('wrong signature');
      const [header, parent, , content] = parts.slice(0, 4).map((part) => JSON.parse(`${part}`));
      const pending = this.pending.get(parent.msg_id);
      if (!pending) continue;
      if (name !== 'iopub') pending.answer.reply = content;
      else if (header.msg_type !== 'status') {
        pending.answer.published.push({ type: header.msg_type, content });
      } else if (content.execution_state === 'idle') pending.idle = true;
      if (pending.idle && pending.answer.reply) pending.settle();
    }
  }
}

/** Ports that nobody uses. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
