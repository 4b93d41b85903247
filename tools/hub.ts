/**
 * `npm run hub`: the course for a class. See deploy/hub/README.md.
 *
 *   npm run hub -- --users 10            a hub on this machine, with ten learners to try it out
 *   npm run hub -- --learners FILE       with those of a class
 *   npm run hub -- accounts              which system users they are
 *   npm run hub -- progress FOLDER       who has solved what
 *   npm run hub -- load                  what a class needs, measured
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { learnersIn, removeAccounts } from './hub/accounts';
import { type ClassOptions, classFolders, requireIdle } from './hub/class';
import { hubPython, requireSharedCourse, setUpHub } from './hub/environment';
import { classLanguage, notebooksIn } from './hub/language';
import { measureLoad } from './hub/load';
import { namesIn, testNames } from './hub/names';
import {
  type AccountsOptions,
  hubCommand,
  type LoadOptions,
  type ProgressOptions,
  type ServeOptions,
} from './hub/options';
import { classProgress } from './hub/progress';
import { progressCsv, progressTable } from './hub/progress-table';
import { rerunBy } from './hub/rerun';
import { shortPath, startHub } from './hub/serve';
import { findNotebooks } from './notebooks/notebook-file';
import { whyNotBake } from './pictures';
import { watchNpm } from './setup/guarded.mjs';
import { Problem, paths } from './setup/project.mjs';

const say = (text: string): void => console.error(text);

async function serve({ users, learners, memory, idle, lang, ...options }: ServeOptions): Promise<void> {
  const names = learners === undefined ? testNames(users) : namesIn(learners);
  // Before what takes minutes.
  notebooksIn(lang);
  if (options.spawner === 'linux') requireSharedCourse();
  await setUpHub(say);
  const limits = { memoryBytes: memory * 1e9, idleSeconds: 120 * idle, kernelIdleSeconds: 60 * idle };
  const classOptions: ClassOptions = {
    ...{ ...options, folder: path.resolve(options.folder), names, ...limits },
    ...{ permanent: learners !== undefined, language: await classLanguage(lang) },
  };
  const hub = await startHub(classOptions);
  const { homes, passwords, log } = hub.folders;
  const all = names.length === 1 ? names[0] : `${names[0]} … ${names.at(-1)}`;
  const until = classOptions.permanent ? 'until npm run hub -- accounts --remove' : 'until the hub ends';
  const apart =
    options.spawner === 'linux'
      ? `each a system user of his own, ${until}`
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

async function accounts({ folder, remove }: AccountsOptions): Promise<void> {
  const { homes, owner } = classFolders(path.resolve(folder));
  if (remove) requireIdle(owner);
  const names = remove ? removeAccounts(homes) : learnersIn(homes);
  const what = `system ${names.length === 1 ? 'user' : 'users'} with homes in ${shortPath(homes)}`;
  console.log([`${names.length} ${what}${remove ? ', removed' : ''}`, ...names].join('\n'));
}

async function progress(folder: string, { run, only, csv, json, lang }: ProgressOptions): Promise<void> {
  const course = findNotebooks(notebooksIn(lang), only);
  const root = process.getuid?.() === 0;
  if (run && root) await setUpHub(say);
  else if (run) say("The learners' code runs with your rights: you are not root.");
  // Root runs it as each learner, who may not be able to read the course's own Python.
  const rerun = run ? rerunBy(root ? hubPython : paths.venvPython, say, { language: lang }) : undefined;
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
  const missing = options.in === 'chromium' ? await whyNotBake() : undefined;
  if (missing) throw new Problem(`--in chromium: ${missing}`, 'or leave --in out');
  requireSharedCourse();
  await setUpHub(say);
  console.log(await measureLoad(options, say));
}

hubCommand({ serve, accounts, progress, load })
  .parseAsync()
  .catch((error: Error) => {
    console.error(`✗ ${error.message}`);
    process.exitCode = 1;
  });
