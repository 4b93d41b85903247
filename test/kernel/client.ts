/** A Jupyter client: starts a real kernel process and speaks the protocol with it over ZeroMQ. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Request, Subscriber } from 'zeromq';
import { projectRoot } from '../../lib/base/project-root';

const DELIMITER = '<IDS|MSG>';
const SOCKETS = ['shell', 'control', 'iopub', 'stdin', 'hb'] as const;

export type Channel = 'shell' | 'control' | 'stdin';

/** A message that the kernel published, or its reply. */
export interface Message {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: its fields depend on the type
  content: any;
  /** if there is any */
  metadata?: object;
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

/** What a cell printed, and on a line of its own the value that it ends in. */
export function shown(answer: Answer): string {
  const values = messages(answer, 'execute_result').map(({ data }) => `${data['text/plain']}\n`);
  return printed(answer) + values.join('');
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
  /** whether the kernel replies to it */
  replies: boolean;
  idle: boolean;
  settle: () => void;
}

/** How to start a kernel; by default, the project's own. */
export interface KernelOptions {
  /** the program and its arguments, given the connection file */
  command?: (connectionFile: string) => string[];
  env?: Record<string, string>;
  cwd?: string;
  /** by default files, where there are such sockets: another process may take a port meanwhile */
  transport?: 'tcp' | 'ipc';
  /** what both sides sign with; empty: nobody signs */
  key?: string;
  /** whether it leads a process group of its own, as Jupyter starts kernels */
  leads?: boolean;
}

/** What the kernel asks by `input_request`. */
export interface Question {
  prompt: string;
  password: boolean;
  /** Answers it. */
  answer: (value: string) => void;
  // biome-ignore lint/suspicious/noExplicitAny: a message's header
  header: any;
}

/** A kernel that runs until it is stopped, and the connection to it. */
export class Kernel {
  /** what the process itself wrote: in Jupyter, the server's log */
  log = '';
  /** resolves with the exit status or the signal's name */
  readonly exited: Promise<number | string>;
  /** what it has asked and nobody has taken yet */
  readonly questions: Question[] = [];
  private readonly session = randomUUID();
  private readonly pending = new Map<string, Pending>();

  private constructor(
    readonly process: ChildProcess,
    private readonly sockets: Record<Channel, Dealer> & { iopub: Subscriber; hb: Request },
    /** where each socket of the kernel listens */
    readonly addresses: Record<(typeof SOCKETS)[number], string>,
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
    void this.receive('stdin');
  }

  /** Starts a kernel and waits until it answers. */
  static async start(options: KernelOptions = {}): Promise<Kernel> {
    const { command, env, cwd, key = randomUUID(), leads = false } = options;
    const { transport = platform() === 'win32' ? 'tcp' : 'ipc' } = options;
    const ports = transport === 'ipc' ? [1, 2, 3, 4, 5] : await freePorts(SOCKETS.length);
    const folder = mkdtempSync(join(tmpdir(), 'descent-kernel-'));
    const connectionFile = join(folder, 'connection.json');
    const ip = transport === 'ipc' ? join(folder, 'connection-ipc') : '127.0.0.1';
    const separator = transport === 'ipc' ? '-' : ':';
    const addresses = Object.fromEntries(
      SOCKETS.map((name, index) => [name, `${transport}://${ip}${separator}${ports[index]}`]),
    ) as Record<(typeof SOCKETS)[number], string>;
    const connection: Record<string, unknown> = {
      ip,
      transport,
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
      detached: leads,
      env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...env },
    });
    // As in every client: answers come from whoever asked for the cell.
    const routingId = randomUUID();
    const sockets = {
      shell: new Dealer({ linger: 0, routingId }),
      control: new Dealer({ linger: 0, routingId }),
      stdin: new Dealer({ linger: 0, routingId }),
      iopub: new Subscriber({ linger: 0, receiveHighWaterMark: 0 }),
      hb: new Request({ linger: 0 }),
    };
    for (const name of Object.keys(sockets) as (keyof typeof sockets)[]) {
      sockets[name].connect(addresses[name]);
    }
    sockets.iopub.subscribe();
    const kernel = new Kernel(child, sockets, addresses, folder, key);
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

  /** Writes a connection file that shares one address with this kernel. @returns its path */
  connectionFileWith(channel: Channel): string {
    const connection = JSON.parse(readFileSync(join(this.folder, 'connection.json'), 'utf8'));
    // 0: any port that is free.
    for (const name of SOCKETS) if (name !== channel) connection[`${name}_port`] = 0;
    const file = join(this.folder, 'shared.json');
    writeFileSync(file, JSON.stringify(connection));
    return file;
  }

  /** Runs a cell. */
  execute(code: string, options: Record<string, unknown> = {}): Promise<Answer> {
    return this.begin(code, options).done;
  }

  /**
   * Starts a cell.
   *
   * @param metadata - of the message: JupyterLab names the cell in it
   * @returns what it publishes, at once, and a promise for its end
   */
  begin(
    code: string,
    options: Record<string, unknown> = {},
    metadata: object = {},
  ): { answer: Answer; done: Promise<Answer> } {
    const content = { code, silent: false, store_history: true, allow_stdin: false, ...options };
    return this.send('shell', 'execute_request', { stop_on_error: true, ...content }, metadata);
  }

  /** Tells the kernel something that has no reply, and waits for its `idle`. */
  tell(type: string, content: object): Promise<Answer> {
    return this.send('shell', type, content).done;
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
  frames(header: object, content: object, parent: object = {}, metadata: object = {}): string[] {
    return this.signed([header, parent, metadata, content].map((part) => JSON.stringify(part)));
  }

  /** @returns the parts, whatever they are, after their signature */
  signed(parts: string[]): string[] {
    const signature = createHmac('sha256', this.key).update(parts.join('')).digest('hex');
    return [DELIMITER, this.key && signature, ...parts];
  }

  /** Waits for the next thing that the kernel asks. */
  async asked(): Promise<Question> {
    await until(() => this.questions.length > 0);
    return this.questions.shift() as Question;
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

  private send(channel: Channel, type: string, content: object, metadata: object = {}) {
    const header = this.header(type);
    const answer: Answer = { reply: undefined, published: [] };
    const done = new Promise<Answer>((resolve) => {
      const settle = () => resolve(answer);
      const replies = type.endsWith('_request');
      this.pending.set(header.msg_id, { answer, replies, idle: false, settle });
    });
    const frames = this.frames(header, content, {}, metadata);
    // The kernel's reader of each message is asynchronous; the order is that of the calls.
    this.sending = this.sending.then(() => this.sockets[channel].send(frames));
    return { answer, done };
  }

  private header(type: string) {
    return {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      version: '5.3',
    };
  }

  /** Answers a question; by default the one that `parent` is the header of. */
  reply(value: string, parent: object): void {
    const frames = this.frames(this.header('input_reply'), { value }, parent);
    this.sending = this.sending.then(() => this.sockets.stdin.send(frames));
  }

  private sending: Promise<void> = Promise.resolve();

  private async receive(name: Channel | 'iopub'): Promise<void> {
    for await (const frames of this.sockets[name]) {
      const start = frames.findIndex((frame) => frame.toString() === DELIMITER) + 1;
      const [signature, ...parts] = frames.slice(start);
      const expected = createHmac('sha256', this.key);
      for (const part of parts.slice(0, 4)) expected.update(part);
      if (this.key && signature.toString() !== expected.digest('hex')) throw new Error('wrong signature');
      const [header, parent, metadata, content] = parts.slice(0, 4).map((part) => JSON.parse(`${part}`));
      if (name === 'stdin') {
        this.questions.push({ ...content, header, answer: (value) => this.reply(value, header) });
        continue;
      }
      const pending = this.pending.get(parent.msg_id);
      if (!pending) continue;
      if (name !== 'iopub') pending.answer.reply = content;
      else if (header.msg_type !== 'status') {
        const more = Object.keys(metadata).length > 0 ? { metadata } : {};
        pending.answer.published.push({ type: header.msg_type, content, ...more });
      } else if (content.execution_state === 'idle') pending.idle = true;
      if (pending.idle && (pending.answer.reply || !pending.replies)) pending.settle();
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
