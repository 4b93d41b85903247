/** A hub for the tests of a file, whose learners are system users. JupyterHub is set up where it is missing (0.5 GB). */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { projectRoot } from '../../../lib/base/project-root';
import { removePassing } from '../../../tools/hub/accounts';
import type { ClassFolders, ClassOptions } from '../../../tools/hub/class';
import { HubClient, type LearnerKernel } from '../../../tools/hub/client';
import { setUpHub } from '../../../tools/hub/environment';
import { type Hub, startHub } from '../../../tools/hub/serve';
import { findNotebooks, joined } from '../../../tools/notebooks/notebook-file';

/** The course's notebooks. */
export const notebooks = path.join(projectRoot(), 'notebooks');

/** The hub that runs, once the tests begin, and a program that may do all there. */
export class OwnHub {
  private hub?: Hub;
  private token = randomBytes(32).toString('hex');
  client!: HubClient;

  async start(options: Omit<ClassOptions, 'token'>): Promise<void> {
    this.hub = await startHub({ ...options, token: this.token });
    this.client = new HubClient(this.address, this.token);
  }

  async stop(): Promise<void> {
    await this.hub?.stop();
  }

  get address(): string {
    return this.running.address;
  }

  get folders(): ClassFolders {
    return this.running.folders;
  }

  private get running(): Hub {
    if (!this.hub) throw new Error('The hub has not started');
    return this.hub;
  }

  homeOf(name: string): string {
    return path.join(this.folders.homes, name);
  }

  uidOf(name: string): number {
    return Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout);
  }

  /** Starts a learner's server if need be, and a kernel of its own for what is to be done there. */
  async inKernel<Value>(name: string, use: (kernel: LearnerKernel) => Promise<Value>): Promise<Value> {
    await this.client.startServer(name);
    const kernel = await this.client.startKernel(name);
    try {
      return await use(kernel);
    } finally {
      await kernel.stop();
    }
  }

  /** Runs a notebook for a learner, cell by cell. @returns what failed */
  errorsOf(name: string, notebook: string): Promise<string[]> {
    const [file] = findNotebooks(notebooks, [notebook]);
    return this.inKernel(name, async (kernel) => {
      const found: string[] = [];
      for (const cell of file.notebook.cells.filter(({ cell_type }) => cell_type === 'code')) {
        const { status, text } = await kernel.run(joined(cell.source));
        if (status === 'error') found.push(`${cell.id}: ${text}`);
      }
      return found;
    });
  }
}

/**
 * Starts a hub before the first test of the suite and ends it after the last.
 *
 * @param names - of the learners
 * @param kernelIdleSeconds - until an idle kernel is ended
 */
export function ownHub(names: readonly string[], kernelIdleSeconds = 3600): OwnHub {
  const own = new OwnHub();
  let folder = '';
  beforeAll(async () => {
    await setUpHub(() => {});
    // Of a run that was killed.
    removePassing(names);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-class-'));
    fs.chmodSync(folder, 0o755);
    await own.start({
      ...{ folder: path.join(folder, 'class'), names, spawner: 'linux' },
      ...{ memoryBytes: 1.6e9, idleSeconds: 3600, kernelIdleSeconds },
    });
  });
  afterAll(async () => {
    await own.stop();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });
  return own;
}
