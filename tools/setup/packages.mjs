/**
 * The npm packages, exactly as locked, without running their install scripts: those that the course runs on, and, for who
 * tests or changes it, those of `devDependencies` too.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ask, explain, noNetwork, recognise, run } from './processes.mjs';
import {
  hashFile,
  Problem,
  packageVersion,
  paths,
  readJson,
  remove,
  requireSpace,
  root,
  whyStale,
  writeJson,
} from './project.mjs';
import { removeUnneeded, unneededList } from './unneeded.mjs';

const stamp = path.join(paths.nodeModules, '.descent-setup.json');
const leastNode = 20;
/** The first version that is still given security updates, and the one to install. */
const supportedNode = 22;
const recommendedNode = 24;

/** Bytes that the packages need while they are installed (550 MB, and those of development 310 MB), and that must be left. */
const spaceNeeded = { course: 0.6e9, development: 0.35e9 };
const spaceLeft = 10e6;

/** @throws {Problem} if this Node is too old */
export function checkNode(version = process.versions.node) {
  if (Number(version.split('.')[0]) < leastNode) {
    throw new Problem(
      `Node ${version} is too old`,
      `install Node ${recommendedNode} from nodejs.org, then run the same command again`,
    );
  }
}

/** @returns {string | undefined} what to say of a Node that works but is given no security updates any more */
export function oldNode(version = process.versions.node) {
  if (Number(version.split('.')[0]) >= supportedNode) return undefined;
  return `Node ${version} works, but gets no security updates any more: install Node ${recommendedNode} from nodejs.org`;
}

/** @returns {string[]} the program and first arguments that run npm */
export function npmCommand() {
  // npm names its own script when it runs us: no .cmd file, no shell, the same npm.
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.js$/.test(script)) return [process.execPath, script];
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', 'npm'] : ['npm'];
}

/** @returns {string | undefined} npm's version */
export function npmVersion() {
  const [command, ...args] = npmCommand();
  const agent = /\bnpm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '');
  // npm would note in the user's home that it was asked.
  return agent?.[1] ?? ask(command, [...args, '--version', '--logs-max=0', '--no-update-notifier']);
}

function wanted() {
  return {
    'package-lock.json': hashFile(paths.packageLock),
    platform: `${process.platform}-${process.arch}`,
    'Node version': process.versions.node.split('.')[0],
    'what is removed': unneededList,
  };
}

/** @returns {Record<string, string>} each package for development, with the version that is locked */
function developmentLocked() {
  const { packages } = readJson(paths.packageLock) ?? {};
  const names = Object.keys(packages?.['']?.devDependencies ?? {});
  return Object.fromEntries(names.map((name) => [name, packages[`node_modules/${name}`]?.version]));
}

/** @returns {string[]} the packages for development that are not here as locked */
export function developmentMissing() {
  return Object.entries(developmentLocked()).flatMap(([name, version]) =>
    versionOf(name) === version ? [] : name,
  );
}

/** @returns {boolean} whether there is one of them: what somebody has added, no set-up takes away */
function developmentBegun() {
  // Types come with other packages too.
  return Object.keys(developmentLocked()).some((name) => !name.startsWith('@types/') && versionOf(name));
}

/** @param {string} name */
function versionOf(name) {
  return packageVersion(path.join(paths.nodeModules, name));
}

/**
 * @param {{ development?: boolean }} [options] - whether those for development are wanted as well
 * @returns {string | undefined} why packages must be installed
 */
export function packagesNeeded({ development = false } = {}) {
  const stale = whyStale(stamp, wanted());
  if (stale || !development) return stale;
  const missing = developmentMissing();
  return missing.length ? `to add: ${missing.join(', ')}` : undefined;
}

/**
 * Installs all packages anew, and takes from them what nothing here reads.
 *
 * @param {(text: string) => void} say
 * @param {{ development?: boolean }} [options] - whether those for development as well, even if none of them is here
 */
export async function installPackages(say, { development = false } = {}) {
  const all = development || developmentBegun();
  remove(stamp);
  if (!fs.existsSync(paths.nodeModules)) {
    requireSpace(spaceNeeded.course + (all ? spaceNeeded.development : 0));
  }
  await npm(say, ['ci', all ? '--include=dev' : '--omit=dev']);
  say('removing what nothing reads');
  removeUnneeded();
  writeJson(stamp, wanted());
}

/**
 * Adds the packages for development to the others, which stay as they are.
 *
 * @param {(text: string) => void} say
 */
export async function addDevelopment(say) {
  requireSpace(spaceNeeded.development);
  // npm believes its own notes on what is here, unless it sees that a folder has changed.
  for (const name of developmentMissing()) remove(path.join(paths.nodeModules, name));
  // Without --no-save npm would write its lock file anew.
  await npm(say, ['install', '--no-save', '--include=dev']);
  removeUnneeded();
}

/**
 * Has npm do something that needs the registry, or what npm has kept of it; install scripts do not run.
 *
 * @param {(text: string) => void} say
 * @param {string[]} what - to do
 * @param {string} [folder] - where; the project's if it is not given
 * @throws {Problem} if it could not be done
 */
export async function npm(say, what, folder = root) {
  const [command, ...args] = npmCommand();
  // Without a network, npm tries each package again and again, for minutes; what it has already may do.
  say('asking the registry');
  const ping = await run(command, [...args, 'ping', '--fetch-retries=0'], { cwd: root });
  const offline = ping.code !== 0 && recognise(ping.output)?.cause === noNetwork;
  say('downloading');
  const result = await run(
    command,
    [
      ...args,
      ...what,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      // What npm has already is what was locked, by its hash: no need to ask the network for it again.
      offline ? '--offline' : '--prefer-offline',
      ...['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=4000'],
    ],
    { cwd: folder, onLine: say },
  );
  if (result.code === 127)
    throw new Problem(
      'npm is missing',
      'install it with Node from nodejs.org, then run the same command again',
    );
  if (result.code !== 0) throw explain(`npm ${what[0]}`, result);
  // npm ends with 0 on a full disk, and the files it could not write are missing.
  requireSpace(spaceLeft);
}
