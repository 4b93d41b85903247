/**
 * A trial that goes wrong the first time: `faulty.mjs FOLDER NAME FAULT`. In the folder it counts how often it was started.
 * A fault with `always-` before it is there each time; `wait-2000` is none, but takes so many milliseconds.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const [folder, name, fault] = process.argv.slice(2);
const count = path.join(folder, name);
fs.appendFileSync(count, 'x');
fs.appendFileSync(`${count}.pids`, `${process.pid}\n`);
const starts = fs.readFileSync(count, 'utf8').length;
const tell = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const figures = { validationLoss: 1 / (1 + name.length) };

/** @param {number} levels - how far above this process */
function killAbove(levels) {
  let pid = process.pid;
  for (let level = 0; level < levels; level++) {
    pid = Number(/\) . (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  }
  process.kill(pid, 'SIGKILL');
  setInterval(() => {}, 1000);
}

/** @type {Record<string, () => void>} */
const faults = {
  crash: () => {
    throw new Error('a crash that was asked for');
  },
  hang: () => {
    setInterval(() => {}, 1000);
  },
  half: () => {
    process.stdout.write('{"type":"done","figures":{"validationLo');
    process.exit(0);
  },
  killed: () => process.kill(process.pid, 'SIGKILL'),
  // Above the trial are its guard, the process that made it, and the worker of an engine.
  'kill-maker': () => killAbove(2),
  'kill-worker': () => killAbove(3),
  // A folder has the name of the file that is to be written.
  'no-room': () => {
    fs.mkdirSync(path.join(folder, 'store', `key-${fault}.json`), { recursive: true });
    tell({ type: 'done', figures });
  },
  late: () => {
    tell({ type: 'done', figures });
    process.exit(1);
  },
  diverged: () => {
    tell({ type: 'failed', why: 'diverged', message: 'The loss is NaN.' });
    process.exit(3);
  },
  refused: () => {
    tell({ type: 'failed', why: 'refused', message: 'No such rate.' });
    process.exit(2);
  },
};

console.log('a line that is no JSON');
tell({ type: 'progress', done: 1, of: 2, figures: { validationLoss: 2 } });
const [, always, kind] = /^(always-)?(.*)$/.exec(fault) ?? [];
if (kind in faults && (always || starts === 1)) faults[kind]();
else
  setTimeout(
    () => tell({ type: 'done', figures, backend: 'none' }),
    Number(/^wait-(\d+)/.exec(kind)?.[1] ?? 0),
  );
