/**
 * `npm run hub`: the course for a class. See deploy/hub/README.md.
 *
 *   npm run hub -- --users 10            a hub on this machine, with ten learners to try it out
 *   npm run hub -- progress FOLDER       who has solved what
 *   npm run hub -- load                  what a class needs, measured
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { type ClassOptions, testNames } from './hub/class';
import { hubPython, setUpHub } from './hub/environment';
import { measureLoad } from './hub/load';
import { hubCommand, type LoadOptions, type ProgressOptions, type ServeOptions } from './hub/options';
import { classProgress } from './hub/progress';
import { progressCsv, progressTable } from './hub/progress-table';
import { rerunBy } from './hub/rerun';
import { shortPath, startHub } from './hub/serve';
import { findNotebooks } from './notebooks/notebook-file';
import { watchNpm } from './setup/guarded.mjs';
import { paths } from './setup/project.mjs';

const say = (text: string): void => console.error(text);

async function serve({ users, memory, idle, ...options }: ServeOptions): Promise<void> {
  await setUpHub(say);
  const names = testNames(users);
  const limits = { memoryBytes: memory * 1e9, idleSeconds: 120 * idle, kernelIdleSeconds: 60 * idle };
  const classOptions: ClassOptions = { ...options, folder: path.resolve(options.folder), names, ...limits };
  const hub = await startHub(classOptions);
  const { homes, passwords, log } = hub.folders;
  const all = users === 1 ? names[0] : `${names[0]} … ${names.at(-1)}`;
  const apart =
    options.spawner === 'linux'
      ? 'each a system user of his own, until the hub ends'
      : 'all of them you: NOTHING KEEPS THEM APART, each can read what the others have; for trying out only';
  console.log(
    `The hub runs at ${hub.address} until you press Ctrl-C here; it is reached from this machine alone.`,
  );
  console.log(`  learners   ${all}: ${apart}`);
  console.log(`  passwords  ${shortPath(passwords)}`);
  console.log(`  homes      ${shortPath(homes)}`);
  console.log(
    `  memory     ${hub.unlimited ? `NOT LIMITED: ${hub.unlimited}` : `${memory} GB a learner, by cgroups`}`,
  );
  console.log(`  log        ${shortPath(log)}`);
  let asked = false;
  const stop = () => {
    if (asked) return;
    asked = true;
    console.log('\nStopping the hub and all servers.');
    void hub.stop();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  watchNpm('hub', stop);
  await hub.ended;
  if (!asked) {
    say(`✗ The hub has ended by itself; see ${shortPath(log)}`);
    process.exitCode = 1;
  }
}

async function progress(folder: string, { run, only, csv, json }: ProgressOptions): Promise<void> {
  const course = findNotebooks(paths.notebooks, only);
  const root = process.getuid?.() === 0;
  if (run && root) await setUpHub(say);
  else if (run) say("The learners' code runs with your rights: you are not root.");
  // Root runs it as each learner, who may not be able to read the course's own Python.
  const rerun = run ? rerunBy(root ? hubPython : paths.venvPython, say) : undefined;
  const all = await classProgress(path.resolve(folder), course, rerun);
  console.log(json ? JSON.stringify(all, null, 1) : csv ? progressCsv(all) : progressTable(all));
}

async function load(options: LoadOptions): Promise<void> {
  if (!('WebSocket' in globalThis)) {
    // Node 20 has one for who asks.
    const args = ['--experimental-websocket', ...process.execArgv, ...process.argv.slice(1)];
    process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
    return;
  }
  await setUpHub(say);
  console.log(await measureLoad(options, say));
}

hubCommand({ serve, progress, load })
  .parseAsync()
  .catch((error: Error) => {
    console.error(`✗ ${error.message}`);
    process.exitCode = 1;
  });
