/**
 * Child processes that inherit the kernel's standard output and error would write to Jupyter's log. They get a pipe in
 * its place, and what comes through it is printed, as it comes; one that the cell waits for without an `await` gets a
 * file, which is printed when it has ended.
 */

const childProcess = require('node:child_process');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const os = require('node:os');
const path = require('node:path');

/** Bytes of a file that are read at a time. */
const CHUNK_BYTES = 2 ** 20;

/**
 * @typedef {'stdout' | 'stderr'} Name
 * @typedef {(name: Name, text: string) => void} Write
 */

/** Which of the kernel's outputs an entry of `stdio` stands for, if one. @param {any} entry @param {number} place
 * @returns {Name | undefined} */
function inherited(entry, place) {
  const descriptor = entry === 'inherit' ? place : typeof entry === 'number' ? entry : entry?.fd;
  if (descriptor === 1) return 'stdout';
  return descriptor === 2 ? 'stderr' : undefined;
}

/** @param {unknown} stdio @returns {unknown[] | undefined} one entry for each stream, if they are named */
function entriesOf(stdio) {
  if (stdio === 'inherit') return ['inherit', 'inherit', 'inherit'];
  return Array.isArray(stdio) ? stdio : undefined;
}

/** @param {Write} write prints for the cell whose code is running */
function forwardChildren(write) {
  forwardWhileRunning(write);
  for (const name of /** @type {const} */ (['spawnSync', 'execSync', 'execFileSync'])) {
    forwardAfterwards(name, write);
  }
  syncBuiltinESMExports();
}

/** `spawn`, and `fork` and `exec`, which use it. @param {Write} write */
function forwardWhileRunning(write) {
  const prototype = /** @type {any} */ (childProcess.ChildProcess.prototype);
  const { spawn } = prototype;
  /** @this {any} @param {any} options */
  prototype.spawn = function (options) {
    const entries = entriesOf(options?.stdio);
    const names = entries?.map(inherited) ?? [];
    if (!names.some(Boolean)) return spawn.call(this, options);
    const stdio = entries?.map((entry, place) => (names[place] ? 'pipe' : entry));
    const failed = spawn.call(this, { ...options, stdio });
    names.forEach((name, place) => {
      const stream = name && this.stdio?.[place];
      if (!stream) return;
      stream.setEncoding('utf8');
      stream.on('data', (/** @type {string} */ text) => write(name, text));
      // To the code that started it the stream is inherited, which is none of its own.
      this.stdio[place] = null;
      if (this.stdout === stream) this.stdout = null;
      if (this.stderr === stream) this.stderr = null;
    });
    return failed;
  };
}

/** @param {'spawnSync' | 'execSync' | 'execFileSync'} name @param {Write} write */
function forwardAfterwards(name, write) {
  const original = /** @type {Function} */ (childProcess[name]);
  const replacement = (/** @type {any[]} */ ...args) => {
    const place = args.findIndex((each, index) => index > 0 && isOptions(each));
    const entries = entriesOf(args[place]?.stdio);
    const names = entries?.map(inherited) ?? [];
    if (!names.some(Boolean)) return original(...args);

    /** @type {Map<Name, number>} */
    const files = new Map();
    for (const each of names) if (each && !files.has(each)) files.set(each, openTemporary());
    const stdio = entries?.map((entry, index) => files.get(/** @type {Name} */ (names[index])) ?? entry);
    try {
      return original(...args.slice(0, place), { ...args[place], stdio }, ...args.slice(place + 1));
    } finally {
      for (const [each, file] of files) {
        print(file, (text) => write(each, text));
        fs.closeSync(file);
      }
    }
  };
  Object.assign(childProcess, { [name]: replacement });
}

/** @param {unknown} value */
const isOptions = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns {number} a file that is gone when it is closed */
function openTemporary() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-output-'));
  const name = path.join(folder, 'output');
  const file = fs.openSync(name, 'wx+', 0o600);
  try {
    // Windows keeps it until the system clears its temporary files.
    fs.rmSync(folder, { recursive: true });
  } catch {
    // It is open there.
  }
  return file;
}

/** @param {number} file @param {(text: string) => void} write */
function print(file, write) {
  const decoder = new TextDecoder();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const bytes = fs.readSync(file, chunk, 0, CHUNK_BYTES, position);
    position += bytes;
    write(decoder.decode(chunk.subarray(0, bytes), { stream: bytes > 0 }));
    if (bytes === 0) return;
  }
}

module.exports = { forwardChildren };
