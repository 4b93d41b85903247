/** `npm run bench`: how fast the course trains, next to Keras and PyTorch, all measured in turn in one go. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { loadMnist } from '../lib/mnist';
import { projectRoot } from '../lib/project-root';
import { openBaker, whyNotBake } from './bake';
import {
  descentPeer,
  type Peer,
  type PeerCommand,
  pythonPeer,
  runWhole,
  setUpPython,
  startPeer,
} from './bench/peers';
import {
  type BenchmarkResult,
  describeMachine,
  judge,
  loadNow,
  type Measurement,
  readmeTable,
  tableOf,
} from './bench/results';
import { projectPython } from './notebooks/execute';

interface BenchOptions {
  rounds: number;
  only: string[];
  json: boolean;
  save: boolean;
  tests: boolean;
  python: boolean;
}

const parts = ['epochs', 'program', 'backends', 'kernel'];
const batchSizes = [32, 128, 1024];
/** Seconds an epoch may take in the warm-up; threads that wait for busy cores take longer. */
const patience = 20;
const say = (text: string): void => console.error(text);

const fused = descentPeer('fused', ['fused']);
const fit = descentPeer('model.fit', ['fit']);
/** TensorFlow's own choice is a thread for each core; the course's is one. */
const allThreads = { TF_NUM_INTRAOP_THREADS: '0' };
const oneThread = { TF_NUM_INTRAOP_THREADS: '1' };
const fusedOnAll = descentPeer('fused, all threads', ['fused'], allThreads);
const pythonPeers = [
  pythonPeer('Keras', ['keras_peer.py'], allThreads),
  pythonPeer('Keras, 1 thread', ['keras_peer.py'], oneThread),
  pythonPeer('Keras, jit_compile', ['keras_peer.py', 'jit'], allThreads),
  pythonPeer('Keras, jit_compile, 1 thread', ['keras_peer.py', 'jit'], oneThread),
  pythonPeer('PyTorch, 1 thread', ['torch_peer.py', '1']),
  pythonPeer('PyTorch, 2 threads', ['torch_peer.py', '2']),
];

async function run(options: BenchOptions): Promise<void> {
  const { source } = await loadMnist();
  if (source !== 'full') throw new Error('Cannot compare: full MNIST is not to be had.');
  const machine = describeMachine();
  const missing: string[] = [];
  const why = options.python ? setUpPython(say) : 'they were not asked for (--no-python)';
  if (why) missing.push(`Keras and PyTorch, because ${why}`);
  const others = why ? [] : pythonPeers;
  const measurements: Measurement[] = [];
  const versions: Record<string, string> = {};
  const attempt = async (part: string, work: () => Promise<Measurement[]> | Measurement[]) => {
    if (!options.only.includes(part)) return;
    say(`Measuring: ${part} …`);
    measurements.push(...(await work()));
  };
  await attempt('epochs', () =>
    epochs([fused, fusedOnAll, fit, ...others], batchSizes, options.rounds, versions, missing),
  );
  await attempt('program', () => programs(options.rounds, why === undefined, missing));
  await attempt('backends', () => backends(options.rounds, versions, missing));
  await attempt('kernel', () => kernel(options.rounds, missing));
  if (options.tests) measurements.push(tests());
  machine.load[1] = loadNow();
  const result: BenchmarkResult = {
    date: new Date().toISOString().slice(0, 10),
    machine,
    versions,
    rounds: options.rounds,
    measurements,
    targets: judge(measurements),
    missing,
  };
  console.log(options.json ? JSON.stringify(result) : tableOf(result));
  await write(result, options.save);
}

/** Each round asks every program for one epoch of each batch size, so that noise meets all alike. */
async function epochs(
  commands: PeerCommand[],
  sizes: number[],
  rounds: number,
  versions: Record<string, string>,
  missing: string[],
): Promise<Measurement[]> {
  const peers: Peer[] = [];
  try {
    for (const command of commands) {
      const peer = await startPeer(command).catch(
        (error: Error) => void missing.push(error.message),
      );
      if (peer) peers.push(peer);
    }
    for (const { name, version } of peers) versions[name] = version;
    const measurements = sizes.flatMap((size) =>
      peers.map(({ name }) => ({
        name,
        what: `one epoch, batch ${size}`,
        seconds: [] as number[],
      })),
    );
    const hopeless = new Set<Measurement>();
    for (let round = -1; round < rounds; round++) {
      say(round < 0 ? '  warming up' : `  round ${round + 1} of ${rounds}`);
      let at = 0;
      for (const size of sizes) {
        for (const peer of peers) {
          const measurement = measurements[at++];
          if (hopeless.has(measurement)) continue;
          const { seconds } = await peer.epoch(size);
          say(`    batch ${size}, ${peer.name}: ${seconds.toFixed(2)} s`);
          if (round >= 0) measurement.seconds.push(seconds);
          else if (seconds > patience) {
            hopeless.add(measurement);
            const took = `took ${seconds.toFixed(0)} s in the warm-up`;
            missing.push(
              `${peer.name}, batch ${size}: ${took}, which says more about the load than about it`,
            );
          }
        }
      }
    }
    return measurements.filter((one) => !hopeless.has(one));
  } finally {
    for (const peer of peers) peer.stop();
  }
}

/** From the command to the printed accuracy after ten epochs. */
function programs(rounds: number, withPython: boolean, missing: string[]): Measurement[] {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const commands: PeerCommand[] = [
    { name: 'fused', command: npm, args: ['run', '--silent', 'mnist'] },
  ];
  if (withPython) {
    commands.push(pythonPeer('Keras', ['keras_program.py'], allThreads));
    commands.push(pythonPeer('Keras, 1 thread', ['keras_program.py'], oneThread));
  }
  const what = 'whole program, cold';
  const measurements = commands.map(({ name }) => ({ name, what, seconds: [] as number[] }));
  try {
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      commands.forEach((command, index) => {
        const { seconds, last } = runWhole(command);
        say(`  ${command.name}: ${seconds.toFixed(1)} s, ${last}`);
        measurements[index].seconds.push(seconds);
      });
    }
  } catch (error) {
    missing.push((error as Error).message);
  }
  return measurements.filter(({ seconds }) => seconds.length > 0);
}

/** The slower backends train on a part of the digits; a step costs the same everywhere in the epoch. */
async function backends(
  rounds: number,
  versions: Record<string, string>,
  missing: string[],
): Promise<Measurement[]> {
  const what = 'one epoch, batch 32, other backends';
  const results: Measurement[] = [];
  for (const [backend, digits] of [
    ['wasm', 6000],
    ['js', 960],
  ] as const) {
    const command = descentPeer(`${backend} backend`, ['fused', String(digits)], {
      DESCENT_BACKEND: backend,
    });
    const [one] = await epochs([command], [32], Math.min(rounds, 3), versions, missing);
    if (!one) continue;
    const note = `extrapolated from ${digits.toLocaleString('en')} digits`;
    results.push({
      ...one,
      what,
      note,
      seconds: one.seconds.map((value) => (value * 60_000) / digits),
    });
  }
  return results;
}

/** What a reader waits for before the first answer. */
function kernel(rounds: number, missing: string[]): Measurement[] {
  const python = projectPython();
  if (!python) {
    missing.push('the kernel, because JupyterLab is not set up');
    return [];
  }
  const script = path.join(projectRoot(), 'tools', 'bench', 'kernel_start.py');
  const names = {
    start: 'kernel answers',
    firstCell: 'first cell',
    tensorflow: 'TensorFlow starts',
  };
  const measurements = Object.values(names).map((name) => ({
    name,
    what: 'kernel',
    seconds: [] as number[],
  }));
  try {
    for (let round = 0; round < rounds; round++) {
      const { last } = runWhole({ name: 'kernel', command: python, args: [script] });
      const times = JSON.parse(last);
      Object.keys(names).forEach((key, index) => {
        measurements[index].seconds.push(times[key]);
      });
    }
  } catch (error) {
    missing.push((error as Error).message);
    return [];
  }
  return measurements;
}

function tests(): Measurement {
  say('Measuring: npm test …');
  const start = performance.now();
  const { status } = spawnSync('npm', ['test'], {
    cwd: projectRoot(),
    stdio: 'ignore',
    shell: true,
  });
  const note = status === 0 ? undefined : 'and failed';
  return { name: 'npm test', what: 'tests', seconds: [(performance.now() - start) / 1000], note };
}

/** Into `out/`, and with `save` into `docs/`, where notebook 12 finds it, and into the README. */
async function write(result: BenchmarkResult, save: boolean): Promise<void> {
  const folders = [
    path.join(projectRoot(), 'out'),
    ...(save ? [path.join(projectRoot(), 'docs')] : []),
  ];
  const picture = await drawn(result);
  for (const folder of folders) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'benchmark.json'), `${JSON.stringify(result, null, 1)}\n`);
    if (picture) fs.writeFileSync(path.join(folder, 'benchmark.png'), picture);
    say(
      `Written: ${path.relative(projectRoot(), folder)}/benchmark.json${picture ? ' and .png' : ''}`,
    );
  }
  if (save) {
    const readme = path.join(projectRoot(), 'README.md');
    const text = fs.readFileSync(readme, 'utf8');
    fs.writeFileSync(readme, text.replace(/\| \| fused \|.*?(?=\n\n)/s, readmeTable(result)));
    say('Written: the table in README.md');
  }
}

async function drawn(result: BenchmarkResult): Promise<Buffer | undefined> {
  if (
    whyNotBake() ||
    !result.measurements.some(({ what }) => what.startsWith('one epoch, batch'))
  ) {
    return undefined;
  }
  const { benchmarkFigure } = await import('../lib/figures-benchmark');
  const baker = await openBaker();
  try {
    return Buffer.from(await baker.draw(benchmarkFigure(result)), 'base64');
  } finally {
    await baker.close();
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`Cannot measure: --rounds must be a whole number >= 1, got ${text}`);
}

new Command('bench')
  .description(
    'Measures training, the whole program, the backends and the kernel, next to Keras and PyTorch.',
  )
  .option('--rounds <count>', 'how often everything is measured', whole, 5)
  .option('--only <parts...>', `some of ${parts.join(', ')}`, parts)
  .option('--tests', 'also how long `npm test` takes', false)
  .option('--no-python', 'without Keras and PyTorch')
  .option('--save', 'write the result into docs/ and the README, too', false)
  .option('--json', 'print the result as one line of JSON', false)
  .action(run)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
