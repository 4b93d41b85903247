/** The npm packages, exactly as locked, without running their install scripts. */
import fs from 'node:fs';
import path from 'node:path';
import { ask, explain, noNetwork, recognise, run } from './processes.mjs';
import { hashFile, Problem, paths, remove, requireSpace, root, whyStale, writeJson } from './project.mjs';

const stamp = path.join(paths.nodeModules, '.descent-setup.json');
const leastNode = 20;
/** The first version that is still given security updates, and the one to install. */
const supportedNode = 22;
const recommendedNode = 24;

/** Bytes that the packages need (800 MB), and that must be left when they are there. */
const spaceNeeded = 0.85e9;
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
  return agent?.[1] ?? ask(command, [...args, '--version']);
}

function wanted() {
  return {
    'package-lock.json': hashFile(paths.packageLock),
    platform: `${process.platform}-${process.arch}`,
    'Node version': process.versions.node.split('.')[0],
  };
}

/** @returns {string | undefined} why the packages must be installed */
export function packagesNeeded() {
  return whyStale(stamp, wanted());
}

/** @param {(text: string) => void} say */
export async function installPackages(say) {
  remove(stamp);
  if (!fs.existsSync(paths.nodeModules)) requireSpace(spaceNeeded);
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
      'ci',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      // What npm has already is what was locked, by its hash: no need to ask the network for it again.
      offline ? '--offline' : '--prefer-offline',
      ...['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=4000'],
    ],
    { cwd: root, onLine: say },
  );
  if (result.code === 127)
    throw new Problem(
      'npm is missing',
      'install it with Node from nodejs.org, then run the same command again',
    );
  if (result.code !== 0) throw explain('npm ci', result);
  // npm ends with 0 on a full disk, and the files it could not write are missing.
  requireSpace(spaceLeft);
  writeJson(stamp, wanted());
}
