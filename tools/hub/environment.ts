/** What the hub runs on, in `.hub/`: JupyterHub in a Python environment that any user may run, and its proxy. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { npm } from '../setup/packages.mjs';
import { hashFile, Problem, pythonOf, readJson, requireSpace, root, writeJson } from '../setup/project.mjs';
import { examinePython, findPython, makeLockedVenv } from '../setup/python.mjs';

const deploy = path.join(root, 'deploy', 'hub');
const folder = path.join(root, '.hub');
const venv = path.join(folder, 'venv');
const proxyFolder = path.join(folder, 'proxy');
const stamp = path.join(folder, 'set-up.json');
const requirements = path.join(deploy, 'requirements.txt');
const proxyLock = path.join(deploy, 'proxy', 'package-lock.json');
/** Bytes that both take (440 MB). */
const spaceNeeded = 0.6e9;

/** A user who owns nothing: what he can read, all can. */
const nobody = 65534;

/** The Python of the hub's environment. */
export const hubPython = pythonOf(venv);
/** JupyterHub's configuration. */
export const hubConfiguration = path.join(deploy, 'jupyterhub_config.py');
/** The program that stands before all servers. */
export const proxyProgram = path.join(proxyFolder, 'node_modules', '.bin', 'configurable-http-proxy');

const isRoot = process.getuid?.() === 0;

const wanted = () => ({
  'requirements.txt': hashFile(requirements),
  'proxy/package-lock.json': hashFile(proxyLock),
  'project folder': root,
  'Node version': process.versions.node.split('.')[0],
});

/** @returns whether all of it is there, as it is locked */
export function hubIsSetUp(): boolean {
  return JSON.stringify(readJson(stamp)) === JSON.stringify(wanted());
}

/**
 * Sets up what the hub needs, unless that is done: as locked, with hashes, nothing built.
 *
 * @param say - is told what happens
 * @throws {Problem} if it cannot be done
 */
export async function setUpHub(say: (text: string) => void): Promise<void> {
  if (process.platform === 'win32') {
    throw new Problem('JupyterHub does not run on Windows', 'take Linux, or the Windows Subsystem for Linux');
  }
  if (hubIsSetUp()) return;
  say('Setting up JupyterHub and its proxy in .hub/ (0.5 GB, some minutes) …');
  // Beside them a class may lie.
  for (const place of [stamp, venv, proxyFolder]) fs.rmSync(place, { recursive: true, force: true });
  requireSpace(spaceNeeded);
  fs.mkdirSync(proxyFolder, { recursive: true });
  await makeLockedVenv(pythonForAll(), venv, requirements, () => {});
  for (const name of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(deploy, 'proxy', name), path.join(proxyFolder, name));
  }
  await npm(() => {}, ['ci', '--omit=dev'], proxyFolder);
  linkCourse();
  writeJson(stamp, wanted());
}

/** The course's kernel, labextension and JupyterLab's settings, where a JupyterLab of this environment finds them. */
function linkCourse(): void {
  const share = path.join(venv, 'share', 'jupyter');
  const links = {
    [path.join('kernels', 'tslab')]: path.join(root, 'kernel'),
    [path.join('labextensions', 'descent-figures')]: path.join(root, 'kernel', 'labextension'),
  };
  for (const [place, target] of Object.entries(links)) {
    const link = path.join(share, place);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(path.relative(path.dirname(link), target), link);
  }
  const settings = path.join('lab', 'settings', 'overrides.json');
  fs.mkdirSync(path.join(share, 'lab', 'settings'), { recursive: true });
  fs.copyFileSync(path.join(root, '.venv', 'share', 'jupyter', settings), path.join(share, settings));
}

/** A Python that every user of this machine can run: one in root's home serves nobody else. */
function pythonForAll() {
  if (!isRoot) return findPython();
  const named = process.env.PYTHON;
  const names = ['/usr/bin/python3', '/usr/local/bin/python3', '/opt/python/bin/python3'];
  for (const name of named ? [named] : names) {
    const python = examinePython([name]);
    if (python?.venv && canRun(python.executable)) return python;
  }
  throw new Problem(
    named
      ? `PYTHON=${named} is not a Python that other users can run`
      : 'There is no Python that other users can run',
    'install the system’s own (Debian, Ubuntu: apt install python3-venv), or name one: PYTHON=/opt/…/python3',
  );
}

/** @returns why there is no Python for a hub; nothing where there is one */
export function whyNoPythonForAll(): Problem | undefined {
  try {
    pythonForAll();
    return undefined;
  } catch (error) {
    return error as Problem;
  }
}

const canRun = (program: string): boolean =>
  spawnSync(program, ['-c', ''], { uid: nobody, gid: nobody, cwd: '/' }).status === 0;

/**
 * Sees to it that learners can read the course, cannot write it, and can run the hub's Python, once that is set up. Only root
 * can try.
 *
 * @throws {Problem} naming the first thing that is in the way
 */
export function requireSharedCourse(): void {
  const problem = whyNotShared();
  if (problem) throw problem;
  if (!isRoot || !hubIsSetUp() || canRun(hubPython)) return;
  throw new Problem(`Other users cannot run ${hubPython}`, `chmod -R a+rX ${venv}`);
}

/** @returns what keeps learners from the course, or lets them write it; nothing where only root could find out */
export function whyNotShared(): Problem | undefined {
  if (!isRoot) return undefined;
  const needed = [
    'notebooks/SHA256SUMS',
    'kernel/launch.js',
    'node_modules/tslab/package.json',
    'lib/course.ts',
  ];
  const script = `
    const fs = require('node:fs');
    for (const file of ${JSON.stringify(needed.map((name) => path.join(root, name)))}) {
      try { fs.accessSync(file, fs.constants.R_OK); } catch { console.log(file); process.exit(1); }
    }
    try { fs.accessSync(${JSON.stringify(root)}, fs.constants.W_OK); process.exit(2); } catch {}`;
  const by = { uid: nobody, gid: nobody, cwd: '/', encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], by);
  if (status === 0) return undefined;
  if (status === 2) return new Problem(`Anybody can write in ${root}`, `chmod -R o-w ${root}`);
  return new Problem(
    `Other users cannot read ${stdout?.trim() || process.execPath}`,
    'install the course where all can read it, as /opt/descent, and chmod -R a+rX it',
  );
}
