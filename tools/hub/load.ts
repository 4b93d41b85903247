/** What a class needs, measured: a learner's memory after some notebooks, the times of a start, many learners at once. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { plotlyMimeType } from '../../lib/surroundings';
import { findNotebooks, hasTag, joined, type NotebookFile } from '../notebooks/notebook-file';
import { Problem, paths } from '../setup/project.mjs';
import { testNames } from './class';
import { HubClient, type LearnerKernel } from './client';
import { type MemoryUse, memoryOf } from './memory';
import type { LoadOptions } from './options';
import { type Hub, startHub } from './serve';

const mega = 1e6;
const megabytes = (bytes: number) => Math.round(bytes / mega).toLocaleString('en');
const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);

/**
 * Measures on a hub of its own, in a folder that is gone afterwards.
 *
 * @param options - of the command line
 * @param say - is told what happens
 * @returns what was found, as Markdown
 */
export async function measureLoad(
  { users, notebook, memoryOf: wanted }: LoadOptions,
  say: (text: string) => void,
): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-load-'));
  fs.chmodSync(folder, 0o755);
  const token = randomBytes(32).toString('hex');
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Problem('Only root, on Linux, can measure what each learner takes', 'run it as root, on Linux');
  }
  const hub = await startHub({
    ...{ folder, token, names: testNames(Math.max(1, users)), spawner: 'linux' },
    ...{ memoryBytes: 4e9, idleSeconds: 7200, kernelIdleSeconds: 3600 },
  });
  const end = () => void hub.stop();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const client = new HubClient(hub.address, token);
    const lines = [machineLine(hub)];
    // Without a wish it would find all.
    const measured = wanted.length > 0 ? findNotebooks(paths.notebooks, wanted) : [];
    lines.push(...(await memoryLines(client, measured, say)));
    const [file] = findNotebooks(paths.notebooks, [notebook]);
    lines.push(...(await crowdLines(client, file, testNames(users), say)));
    return lines.join('\n');
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await hub.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function machineLine({ unlimited }: Hub): string {
  const [load] = os.loadavg();
  const what = `${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 1e9)} GB, Node ${process.versions.node}`;
  const held = unlimited ? `memory not limited (${unlimited})` : 'memory limited by cgroups';
  return `${new Date().toISOString().slice(0, 10)}; ${what}; load ${load.toFixed(1)} before; ${held}\n`;
}

/** One learner runs some notebooks, each in a kernel of its own, one after the other. */
async function memoryLines(
  client: HubClient,
  files: NotebookFile[],
  say: (text: string) => void,
): Promise<string[]> {
  const [name] = testNames(1);
  await client.startServer(name);
  const before = memoryOf(name);
  const rows = [`| server, without a kernel | ${megabytes(before.server)} | | | |`];
  for (const file of files) {
    say(`Memory: ${file.name} …`);
    const kernel = await client.startKernel(name);
    const { errors, milliseconds } = await runAll(kernel, file);
    const { kernel: now, kernelPeak, kernelSeconds }: MemoryUse = memoryOf(name);
    const note = errors ? ` (${errors} errors)` : '';
    rows.push(
      `| kernel after ${file.name}${note} | ${megabytes(now)} | ${megabytes(kernelPeak)} | ${kernelSeconds.toFixed(0)} | ${seconds(milliseconds)} |`,
    );
    say(rows[rows.length - 1]);
    await kernel.stop();
  }
  await client.stopServer(name);
  return ['| one learner | MB now | MB at most | s of a core | s |', '|-|-:|-:|-:|-:|', ...rows, ''];
}

interface Visit {
  ready: number;
  figure: number;
  done: number;
  errors: number;
  memory: number;
}

/** All learners start their servers and run a notebook at the same moment; then, beforehand, one of them alone. */
async function crowdLines(
  client: HubClient,
  file: NotebookFile,
  names: readonly string[],
  say: (text: string) => void,
): Promise<string[]> {
  say(`One learner: ${file.name} …`);
  const alone = [await visit(client, names[0], file)];
  say(`${names.length} learners at once: ${file.name} …`);
  const together = await Promise.all(names.map((name) => visit(client, name, file)));
  const row = (title: string, visits: Visit[]) => {
    const most = (key: keyof Visit) => Math.max(...visits.map((each) => each[key]));
    const errors = visits.reduce((sum, each) => sum + each.errors, 0);
    const memory = visits.reduce((sum, each) => sum + each.memory, 0);
    const times = (['ready', 'figure', 'done'] as const).map((key) => seconds(most(key)));
    return `| ${title} | ${times.join(' | ')} | ${errors} | ${megabytes(memory)} |`;
  };
  return [
    `| ${file.name}, the slowest | server s | first figure s | all cells s | errors | MB all |`,
    '|-|-:|-:|-:|-:|-:|',
    row('1 learner', alone),
    row(`${names.length} learners at once`, together),
  ];
}

/** From asking for a server to the last cell; the server is stopped afterwards. */
async function visit(client: HubClient, name: string, file: NotebookFile): Promise<Visit> {
  const start = Date.now();
  await client.startServer(name);
  const ready = Date.now() - start;
  const kernel = await client.startKernel(name);
  const { errors, figure } = await runAll(kernel, file);
  const done = Date.now() - start;
  const { server, kernel: own } = memoryOf(name);
  await kernel.stop();
  await client.stopServer(name);
  return { ready, figure: (figure ?? Date.now()) - start, done, errors, memory: server + own };
}

/** Runs all cells, as "Run All" does. @returns when the first figure came */
async function runAll(
  kernel: LearnerKernel,
  { notebook }: NotebookFile,
): Promise<{ errors: number; milliseconds: number; figure?: number }> {
  const start = Date.now();
  let errors = 0;
  let figure: number | undefined;
  for (const cell of notebook.cells) {
    if (cell.cell_type !== 'code') continue;
    const { status } = await kernel.run(joined(cell.source), ({ data }) => {
      if (data && plotlyMimeType in data) figure ??= Date.now();
    });
    if (status === 'error' && !hasTag(cell, 'raises-exception')) errors++;
  }
  return { errors, milliseconds: Date.now() - start, figure };
}
