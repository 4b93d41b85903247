/** A program in a learner's place: asks the hub for his server and runs cells in his kernel, as his page would. */
import { randomUUID } from 'node:crypto';
import type { Output } from '../notebooks/notebook-file';

/** What Node's own WebSocket has that is used here; its types are newer than the project's. */
interface Socket {
  onopen: () => void;
  onerror: (event: unknown) => void;
  onclose: () => void;
  onmessage: (event: { data: unknown }) => void;
  send(text: string): void;
  close(): void;
}
type SocketClass = new (address: string, options: { headers: Record<string, string> }) => Socket;

/** What came of a cell. */
export interface CellRun {
  status: 'ok' | 'error';
  outputs: Output[];
  /** all that it printed, and what its values look like as text */
  text: string;
}

/** Talks to a hub with a token that may start servers and enter them. */
export class HubClient {
  constructor(
    readonly address: string,
    private readonly token: string,
  ) {}

  /** Asks for a path. @returns the status and what came, as JSON where it is that */
  async ask(place: string, method = 'GET', body?: object): Promise<{ status: number; content: unknown }> {
    const answer = await this.reach(place, {
      method,
      headers: { Authorization: `token ${this.token}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await answer.text();
    try {
      return { status: answer.status, content: JSON.parse(text) };
    } catch {
      return { status: answer.status, content: text };
    }
  }

  /** A busy hub may close a connection that is kept, just when it is used again: what changes nothing is asked once more. */
  private async reach(place: string, request: RequestInit): Promise<Response> {
    const address = `${this.address}${place}`;
    try {
      return await fetch(address, request);
    } catch (error) {
      if (request.method !== 'GET') throw error;
      return await fetch(address, request);
    }
  }

  /** Starts a learner's server, unless it runs, and waits until it is there. */
  async startServer(name: string, limit = 300_000): Promise<void> {
    const { status, content } = await this.ask(`/hub/api/users/${name}/server`, 'POST');
    const runs = status === 400 && /already running/.test(JSON.stringify(content));
    if (status >= 400 && !runs)
      throw new Error(`Cannot start ${name}'s server: ${status} ${JSON.stringify(content)}`);
    for (const end = Date.now() + limit; Date.now() < end; ) {
      const user = (await this.ask(`/hub/api/users/${name}`)).content as ServersOf;
      if (user.servers?.['']?.ready) return;
      if (!user.servers?.['']) throw new Error(`Cannot start ${name}'s server: it ended`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`Cannot start ${name}'s server: it took longer than ${limit / 1000} s`);
  }

  /** Stops a learner's server, and waits until it is gone. */
  async stopServer(name: string, limit = 120_000): Promise<void> {
    await this.ask(`/hub/api/users/${name}/server`, 'DELETE');
    for (const end = Date.now() + limit; Date.now() < end; ) {
      const user = (await this.ask(`/hub/api/users/${name}`)).content as ServersOf;
      if (!user.servers?.['']) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`Cannot stop ${name}'s server: it took longer than ${limit / 1000} s`);
  }

  /** Starts a kernel for a learner whose server runs. */
  async startKernel(name: string): Promise<LearnerKernel> {
    const { status, content } = await this.ask(`/user/${name}/api/kernels`, 'POST', { name: 'tslab' });
    if (status !== 201)
      throw new Error(`Cannot start ${name}'s kernel: ${status} ${JSON.stringify(content)}`);
    const { id } = content as { id: string };
    const place = `/user/${name}/api/kernels/${id}`;
    const address = `${this.address.replace(/^http/, 'ws')}${place}/channels?session_id=${randomUUID()}`;
    const socket = await connect(address, this.token);
    return new LearnerKernel(socket, () => this.removeKernel(place), id);
  }

  /** One that the system has just ended is started anew, and cannot be removed meanwhile. */
  private async removeKernel(place: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { status, content } = await this.ask(place, 'DELETE');
      if (status < 300 || status === 404) return;
      if (tries === 20) throw new Error(`Cannot end the kernel: ${status} ${JSON.stringify(content)}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

interface ServersOf {
  servers?: Record<string, { ready: boolean } | undefined>;
}

function connect(address: string, token: string): Promise<Socket> {
  const { WebSocket } = globalThis as unknown as { WebSocket?: SocketClass };
  if (!WebSocket) throw new Error('Cannot reach a kernel: this Node has no WebSocket; take Node 22 or newer');
  const socket = new WebSocket(address, { headers: { Authorization: `token ${token}` } });
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error(`Cannot reach the kernel at ${address}`));
  });
}

interface Waiting {
  run: CellRun;
  tell?: (output: Output) => void;
  settle: (run: CellRun) => void;
  replied: boolean;
  idle: boolean;
}

/** A learner's kernel, reached through the hub. */
export class LearnerKernel {
  private readonly waiting = new Map<string, Waiting>();
  private closed = false;
  /** settles when the connection is gone, or the kernel has died */
  readonly lost: Promise<void>;

  constructor(
    private readonly socket: Socket,
    private readonly remove: () => Promise<void>,
    readonly id: string,
  ) {
    this.lost = new Promise((resolve) => {
      socket.onclose = () => resolve();
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data));
        const state = message.content?.execution_state;
        if (state === 'dead' || state === 'restarting' || state === 'autorestarting') resolve();
        this.take(message);
      };
    });
    socket.onerror = () => {};
  }

  /**
   * Runs a cell.
   *
   * @param code - its source
   * @param tell - is told of each output as it comes
   * @throws Error if the kernel is lost meanwhile
   */
  run(code: string, tell?: (output: Output) => void): Promise<CellRun> {
    const id = randomUUID();
    const header = {
      msg_id: id,
      msg_type: 'execute_request',
      session: this.id,
      username: '',
      version: '5.3',
    };
    const content = { code, silent: false, store_history: true, allow_stdin: false, stop_on_error: false };
    const done = new Promise<CellRun>((settle) => {
      const run: CellRun = { status: 'ok', outputs: [], text: '' };
      this.waiting.set(id, { run, tell, settle, replied: false, idle: false });
    });
    this.socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: 'shell' }));
    const gone = this.lost.then(() => {
      throw new Error('the kernel was lost');
    });
    return Promise.race([done, gone]);
  }

  /** Ends the kernel. */
  async stop(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.remove();
    this.socket.close();
  }

  private take({ msg_type: type, parent_header: parent, content }: Message): void {
    const waiting = this.waiting.get(parent?.msg_id);
    if (!waiting) return;
    const { run } = waiting;
    if (type === 'execute_reply') {
      waiting.replied = true;
      run.status = content.status === 'ok' ? 'ok' : 'error';
    } else if (type === 'status') waiting.idle ||= content.execution_state === 'idle';
    else if (['stream', 'display_data', 'execute_result', 'error'].includes(type)) {
      const output = { output_type: type, ...content } as unknown as Output;
      run.outputs.push(output);
      run.text += content.text ?? content.data?.['text/plain'] ?? content.evalue ?? '';
      waiting.tell?.(output);
    }
    if (waiting.replied && waiting.idle) {
      this.waiting.delete(parent.msg_id);
      waiting.settle(run);
    }
  }
}

interface Message {
  msg_type: string;
  parent_header: { msg_id: string };
  content: {
    status?: string;
    execution_state?: string;
    text?: string;
    data?: Record<string, string>;
    evalue?: string;
  };
}
