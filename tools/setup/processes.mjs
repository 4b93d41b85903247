/** Runs the programs that set-up needs: quietly, with their output in a log and their failures in plain words. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { endGuarded, spawnGuarded } from './guarded.mjs';
import { Problem, paths, pythonEnvironment } from './project.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends every program that is still running; for when set-up itself is stopped. */
export function stopAll() {
  for (const child of running) endGuarded(child);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout] - milliseconds until the program is ended
 * @property {(line: string) => void} [onLine] - called with each line of output
 * @property {boolean} [quiet] - whether the log is left alone: for who looks and changes nothing
 */

/**
 * Runs a program to its end, output appended to the set-up log.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} exit status (127: not found, 124: out of time) and all output
 */
export function run(command, args, { cwd, env, timeout, onLine, quiet = false } = {}) {
  if (!quiet) fs.mkdirSync(path.dirname(paths.log), { recursive: true });
  const note = quiet ? () => {} : log;
  note(`\n$ ${command} ${args.join(' ')}\n`);
  return new Promise((resolve) => {
    const child = spawnGuarded(command, args, { cwd, env });
    running.add(child);
    let output = '';
    let code = 0;
    /** @param {Buffer} bytes */
    const read = (bytes) => {
      const text = bytes.toString();
      output += text;
      note(text);
      for (const line of text.split(/[\r\n]+/)) if (line.trim()) onLine?.(line.trim());
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    const timer = timeout
      ? setTimeout(() => {
          code = 124;
          endGuarded(child);
        }, timeout)
      : undefined;
    child.on('error', (error) => {
      code = 126;
      output += error.message;
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: code || (status ?? 1), output });
    });
  });
}

/** Bytes that the log may reach; of a longer one the last half is kept. */
const logLimit = 2_000_000;

/**
 * Appends to the log. A full disk must not stop set-up here: the step itself will say so.
 *
 * @param {string} text
 */
function log(text) {
  try {
    fs.appendFileSync(paths.log, text);
    if (fs.statSync(paths.log).size > logLimit) shortenLog();
  } catch {}
}

function shortenLog() {
  const end = fs.readFileSync(paths.log).subarray(-logLimit / 2);
  fs.writeFileSync(paths.log, Buffer.concat([Buffer.from('(the beginning is cut off)\n'), end]));
}

/**
 * Runs a short program and waits.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {string | undefined} what it printed, or undefined if it failed
 */
export function ask(command, args) {
  const options = /** @type {const} */ ({ encoding: 'utf8', timeout: 20_000, env: pythonEnvironment() });
  const { status, stdout } = spawnSync(command, args, options);
  return status === 0 ? stdout.trim() : undefined;
}

/** The cause in plain words where the network fails. */
export const noNetwork = 'the network cannot be reached';

/** @type {[RegExp, string, string][]} */
const knownFailures = [
  [
    /ENOSPC|No space left on device|not enough space/i,
    'the disk is full',
    'free some space and run the same command again',
  ],
  [
    /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|Temporary failure in name resolution|Network is unreachable|ConnectTimeout|ReadTimeout|Max retries exceeded/,
    noNetwork,
    'check the connection (and HTTPS_PROXY, if you need one) and run the same command again',
  ],
  [
    /EINTEGRITY|DO NOT MATCH THE HASHES/,
    'a downloaded file is not the one that was locked',
    'run the same command again; if it stays, something between you and the registry changes files',
  ],
  [
    /EACCES|EPERM|Permission denied/,
    'a file may not be written',
    "make the project's folder yours (chown) and run the same command again",
  ],
];

/**
 * @param {string} text - what a program or the system said
 * @returns {{ cause: string, remedy: string } | undefined} the same in plain words, where the failure is a known one
 */
export function recognise(text) {
  for (const [pattern, cause, remedy] of knownFailures) {
    if (pattern.test(text)) return { cause, remedy };
  }
  return undefined;
}

/**
 * Turns a program's output into one line that names the cause and the remedy.
 *
 * @param {string} what - what failed
 * @param {{ code: number, output: string }} result
 * @returns {Problem}
 */
export function explain(what, { code, output }) {
  const known = recognise(output);
  if (known) return new Problem(`${what} failed: ${known.cause}`, known.remedy);
  const lines = output.split(/[\r\n]+/).filter((line) => /\S/.test(line));
  const telling = lines.filter((line) => /error|fatal|cannot|not found/i.test(line));
  const last = (telling[0] ?? lines[lines.length - 1] ?? '').trim().slice(0, 200);
  return new Problem(
    `${what} failed (exit status ${code}${last ? `): ${last}` : ')'}`,
    'see .setup/setup.log, then run the same command again',
  );
}
