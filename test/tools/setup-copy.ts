/** Copies of the project in empty folders, in which set-up can be run, broken and killed without harm to this one. */
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../lib/base/project-root';

/** Where a project says what pip installs. */
export const requirements = join('tools', 'setup', 'python');

/** @returns an empty folder */
export function scratch(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'descent-setup-')));
}

/** @returns a folder with what a fresh clone holds and set-up reads: no packages, no .venv, no notebooks */
export function freshCopy(): string {
  const folder = scratch();
  const names = ['tools', 'kernel', 'lib', 'native', 'package.json', 'package-lock.json', '.npmrc'];
  for (const name of names) {
    cpSync(join(projectRoot(), name), join(folder, name), { recursive: true });
  }
  return folder;
}

/**
 * @returns a fresh copy that locks no packages at all, neither npm's nor Python's: all of set-up runs for real, without
 * the network, in seconds
 */
export function smallCopy(): string {
  const folder = freshCopy();
  const project = { name: 'descent', version: '0.0.0' };
  const lock = { ...project, lockfileVersion: 3, packages: { '': project } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(folder, requirements, 'requirements.txt'), '# nothing\n');
  return folder;
}

/** Puts a shell script of this name in a folder for PATH. */
export function fakeProgram(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** @returns an environment in which a folder's programs come before, or instead of, all others; Node is among them */
export function withPath(folder: string, { alone = false } = {}): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  if (alone) symlinkSync(process.execPath, join(folder, 'node'));
  const { PYTHON, npm_execpath, npm_config_user_agent, ...env } = process.env;
  return { ...env, PATH: alone ? folder : [folder, env.PATH].join(delimiter) };
}

export interface Ended {
  status: number | null;
  out: string;
  error: string;
}

/** Runs `node tools/NAME.mjs …` in a copy to its end. */
export function runTool(
  folder: string,
  name: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Ended {
  const ended = spawnSync(process.execPath, [join('tools', `${name}.mjs`), ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status: ended.status, out: ended.stdout, error: ended.stderr };
}

/** Starts `node tools/NAME.mjs …`. */
export function startTool(folder: string, name: string, args: string[], options?: SpawnOptions) {
  return spawn(process.execPath, [join('tools', `${name}.mjs`), ...args], {
    cwd: folder,
    ...options,
  });
}

/** @returns whether something is one line on the standard error that names a remedy after a semicolon */
export function isOneLine(error: string): boolean {
  return /^✗ [^\n]+; [^\n]+\n$/.test(error);
}

/** Deletes copies. */
export function discard(...folders: string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
