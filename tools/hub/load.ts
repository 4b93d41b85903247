/** What a class needs, measured: a learner's memory after some notebooks, the times of a start, many learners at once. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { plotlyMimeType } from '../../lib/surroundings';
import { findNotebooks, hasTag, joined, type NotebookFile } from '../notebooks/notebook-file';
import { openChromium } from '../pictures';
import { Problem, paths, readJson } from '../setup/project.mjs';
import { visitPage } from './browser-learner';
import { HubClient, type LearnerKernel } from './client';
import { memoryOf } from './memory';
import { testNames } from './names';
import { needsTable, type Taken } from './needs';
import type { LoadOptions } from './options';
import { type Hub, startHub } from './serve';

const megabytes = (bytes: number) => Math.round(bytes / 1e6).toLocaleString('en');
const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
type Say = (text: string) => void;

/**
 * Measures on a hub of its own, in a folder that is gone afterwards.
 *
 * @param options - of the command line
 * @param say - is told what happens
 * @returns what was found, as Markdown
 */
export async function measureLoad(
  { users, notebook, memoryOf: wanted, in: place }: LoadOptions,
  say: Say,
): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Problem('Only root, on Linux, can measure what each learner takes', 'run it as root, on Linux');
  }
  // Without a wish it would find all.
  const measured = wanted.length > 0 ? findNotebooks(paths.notebooks, wanted) : [];
  const [file] = findNotebooks(paths.notebooks, [notebook]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-load-'));
  fs.chmodSync(folder, 0o755);
  const token = randomBytes(32).toString('hex');
  const hub = await startHub({
    ...{ folder, token, names: testNames(Math.max(1, users)), spawner: 'linux' },
    ...{ memoryBytes: 4e9, idleSeconds: 7200, kernelIdleSeconds: 3600 },
  });
  const end = () => void hub.stop();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const client = new HubClient(hub.address, token);
    const memory = await memoryLines(client, measured, say);
    const crowd = await crowdLines(hub, client, file, { names: testNames(users), place }, say);
    return [machineLine(hub), ...memory, ...crowd].join('\n');
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
  return `${new Date().toISOString().slice(0, 10)}; ${what}; load ${load.toFixed(1)} at the end; ${held}\n`;
}

/**
 * One learner runs some notebooks, each in a kernel of its own, one after the other: first as it comes, with the results of
 * experiments that are stored, then so that all of them are computed.
 */
async function memoryLines(client: HubClient, files: NotebookFile[], say: Say): Promise<string[]> {
  const [name] = testNames(1);
  await client.startServer(name);
  const { server } = memoryOf(name);
  const rows = [`| server, without a kernel | ${megabytes(server)} | | | |`];
  const taken: Taken[] = [];
  for (const [file, computed] of files.flatMap((each) => [[each, false] as const, [each, true] as const])) {
    const title = `${file.name}${computed ? ', all computed' : ''}`;
    const kernel = await client.startKernel(name);
    if (computed) await kernel.run("process.env.DESCENT_NO_CACHE = '1';");
    const { errors, milliseconds } = await runAll(kernel, file);
    const { kernel: now, kernelPeak, kernelSeconds } = memoryOf(name);
    const note = errors ? ` (${errors} errors)` : '';
    const figures = [megabytes(now), megabytes(kernelPeak), kernelSeconds.toFixed(0), seconds(milliseconds)];
    rows.push(`| kernel after ${title}${note} | ${figures.join(' | ')} |`);
    taken.push({ notebook: title, server, kernel: kernelPeak, seconds: kernelSeconds });
    say(rows[rows.length - 1]);
    await kernel.stop();
  }
  await client.stopServer(name);
  const head = ['| one learner | MB now | MB at most | s of a core | s |', '|-|-:|-:|-:|-:|'];
  return [...head, ...rows, '', ...(taken.length > 0 ? [...needsTable(taken), ''] : [])];
}

interface Visit {
  ready: number;
  figure: number;
  done: number;
  errors: number;
  memory: number;
}

interface Crowd {
  names: readonly string[];
  place: LoadOptions['in'];
}

/** First one learner alone, then all of them start their servers and run a notebook at the same moment. */
async function crowdLines(
  hub: Hub,
  client: HubClient,
  file: NotebookFile,
  { names, place }: Crowd,
  say: Say,
): Promise<string[]> {
  const browser = place === 'chromium' ? await openChromium() : undefined;
  const passwords: Record<string, string> = readJson(hub.folders.passwords) ?? {};
  const visit = async (name: string): Promise<Visit> => {
    let memory = 0;
    const hold = () => {
      const { server, kernel } = memoryOf(name);
      memory = server + kernel;
    };
    const seat = { name, password: passwords[name], home: path.join(hub.folders.homes, name) };
    const came = browser
      ? await visitPage(browser, hub.address, seat, file.name, hold)
      : await visitKernel(client, name, file, hold);
    await client.stopServer(name);
    const what = { ...came, memory };
    // Whoever ends it early keeps what was measured.
    say(crowdRow(name, [what]));
    return what;
  };
  try {
    say(`One learner: ${file.name} …`);
    const alone = [await visit(names[0])];
    say(`${names.length} learners at once: ${file.name} …`);
    const together = await Promise.all(names.map(visit));
    return [
      `| ${file.name} in ${place === 'chromium' ? 'Chromium' : 'a kernel'}, the slowest | server s | first figure s | all cells s | errors | MB all |`,
      '|-|-:|-:|-:|-:|-:|',
      crowdRow('1 learner', alone),
      crowdRow(`${names.length} learners at once`, together),
    ];
  } finally {
    await browser?.close();
  }
}

function crowdRow(title: string, visits: readonly Visit[]): string {
  const most = (key: keyof Visit) => Math.max(...visits.map((each) => each[key]));
  const sum = (key: keyof Visit) => visits.reduce((total, each) => total + each[key], 0);
  const times = (['ready', 'figure', 'done'] as const).map((key) => seconds(most(key)));
  return `| ${title} | ${times.join(' | ')} | ${sum('errors')} | ${megabytes(sum('memory'))} |`;
}

/** From asking for a server to the last cell. */
async function visitKernel(
  client: HubClient,
  name: string,
  file: NotebookFile,
  ran: () => void,
): Promise<Omit<Visit, 'memory'>> {
  const start = Date.now();
  await client.startServer(name);
  const ready = Date.now() - start;
  const kernel = await client.startKernel(name);
  const { errors, figure } = await runAll(kernel, file);
  const done = Date.now() - start;
  ran();
  await kernel.stop();
  return { ready, figure: (figure ?? Date.now()) - start, done, errors };
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
