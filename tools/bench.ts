/**
 * `npm run bench`: how fast the course trains, next to Keras and PyTorch, all measured in turn in one go.
 *
 *   npm run bench -- --only epochs --no-python             the course's training alone, in a minute
 *   npm run bench -- --only threads                        where a second thread begins to gain
 *   npm run bench -- --only page                           in a page of the book, next to Node and Keras
 *   npm run bench -- --only profile                        where the time of a step goes
 *   npm run bench -- --only memory                         whether it stays flat in long trainings: half an hour
 *   npm run bench -- --only epochs --against ../before     also that of another commit, in the same rounds:
 *                                                          a checkout in a folder of its own, made by
 *                                                          `git worktree add ../before COMMIT`, and set up
 */
import * as os from 'node:os';
import * as path from 'node:path';
import { Command, Option } from 'commander';
import { measureEpochs, measureGpt, measureJs } from './bench/epochs';
import { writeResult } from './bench/files';
import { measureMemory } from './bench/memory';
import { measurePage, pageEpochs, pageGpt } from './bench/page';
import { descentPeer, type PeerCommand, pythonPeer } from './bench/peers';
import { measureProfile } from './bench/profile';
import { measureKernel, measurePrograms, measureTests } from './bench/programs';
import { setUpPython } from './bench/python';
import {
  type BenchmarkResult,
  combine,
  describeMachine,
  type Findings,
  findings,
  loadNow,
} from './bench/results';
import { tableOf } from './bench/tables';
import { judge } from './bench/targets';
import { measureThreads } from './bench/threads';
import { watchNpm } from './setup/guarded.mjs';
import { npmCommand } from './setup/packages.mjs';

interface BenchOptions {
  rounds: number;
  only: string[];
  against?: string;
  json: boolean;
  save: boolean;
  tests: boolean;
  python: boolean;
}

const say = (text: string): void => console.error(text);

const allThreads = { TF_NUM_INTRAOP_THREADS: '0' };
const oneThread = { TF_NUM_INTRAOP_THREADS: '1' };
const wasm = { DESCENT_BACKEND: 'wasm' };
/** PyTorch's numbers of threads: one, two, and one for each core. */
const threadCounts = [...new Set([1, 2, os.availableParallelism()])];

const batchSizes = [32, 128, 1024];
/** By itself the course takes one thread for small batches and all for large ones. */
const fusedEpochs = descentPeer('fused', ['fused']);
const wasmEpochs = descentPeer('fused, wasm', ['fused'], wasm);
const descentEpochs = [
  fusedEpochs,
  descentPeer('fused, 1 thread', ['fused'], oneThread),
  descentPeer('fused, all threads', ['fused'], allThreads),
  wasmEpochs,
  pageEpochs(batchSizes),
  descentPeer('model.fit', ['fit']),
  descentPeer('model.fit, 1 thread', ['fit'], oneThread),
];
const kerasEpochs = [
  pythonPeer('Keras', ['keras_peer.py'], allThreads),
  pythonPeer('Keras, 1 thread', ['keras_peer.py'], oneThread),
  pythonPeer('Keras, jit_compile', ['keras_peer.py', 'jit'], allThreads),
  pythonPeer('Keras, jit_compile, 1 thread', ['keras_peer.py', 'jit'], oneThread),
];
const wasmGpt = descentPeer('fused, wasm', ['gpt'], wasm);
const descentGpt = [
  descentPeer('fused', ['gpt']),
  descentPeer('fused, 1 thread', ['gpt'], oneThread),
  wasmGpt,
  pageGpt(),
];

function torchPeers(script: string): PeerCommand[] {
  return threadCounts.flatMap((count) => {
    const threads = `${count} thread${count > 1 ? 's' : ''}`;
    return [
      pythonPeer(`PyTorch, ${threads}`, [script, String(count)]),
      pythonPeer(`PyTorch, compiled, ${threads}`, [script, String(count), 'compile']),
    ];
  });
}

const [npm, ...npmArguments] = npmCommand();
const descentProgram: PeerCommand = {
  name: 'fused',
  command: npm,
  args: [...npmArguments, 'run', '--silent', 'mnist'],
};
const pythonPrograms = [
  pythonPeer('Keras', ['keras_program.py'], allThreads),
  pythonPeer('Keras, 1 thread', ['keras_program.py'], oneThread),
];

/** The parts in the order in which they are measured. */
const parts: Record<string, (options: BenchOptions) => Findings | Promise<Findings>> = {
  epochs: ({ rounds, python, against }) => {
    const other = against ? [otherCheckout(against)] : [];
    const inPython = python ? [...kerasEpochs, ...torchPeers('torch_peer.py')] : [];
    return measureEpochs([...descentEpochs, ...other, ...inPython], batchSizes, rounds, say);
  },
  program: ({ rounds, python }) =>
    measurePrograms([descentProgram, ...(python ? pythonPrograms : [])], rounds, say),
  gpt: ({ rounds, python }) => {
    return measureGpt([...descentGpt, ...(python ? torchPeers('torch_gpt_peer.py') : [])], rounds, say);
  },
  page: ({ rounds, python, only }) => {
    const epochs = [wasmEpochs, fusedEpochs, ...(python ? kerasEpochs : [])];
    // What another part measures in a page as well, it measures beside more programs.
    const beside = (part: string, peers: PeerCommand[]) => (only.includes(part) ? undefined : peers);
    return measurePage({ epochs: beside('epochs', epochs), gpt: beside('gpt', [wasmGpt]) }, rounds, say);
  },
  js: ({ rounds }) => measureJs(rounds, say),
  profile: () => measureProfile(say),
  kernel: ({ rounds }) => measureKernel(rounds),
  threads: ({ rounds }) => measureThreads(rounds, say),
  memory: () => measureMemory(say),
  tests: () => measureTests(),
};

/** What is measured only when asked for. */
const apart = ['threads', 'memory', 'tests'];

function otherCheckout(folder: string): PeerCommand {
  return descentPeer(`fused, ${path.basename(folder)}`, ['fused'], {}, folder);
}

async function run(options: BenchOptions): Promise<void> {
  const loadBefore = loadNow();
  const why = options.python ? await setUpPython(say) : 'they were not asked for (--no-python)';
  const found = [findings([], why ? [`Keras and PyTorch, because ${why}`] : [])];
  const wanted = options.tests ? [...options.only, 'tests'] : options.only;
  for (const [part, measure] of Object.entries(parts)) {
    if (!wanted.includes(part)) continue;
    say(`Measuring: ${part} …`);
    found.push(await measure({ ...options, python: why === undefined }));
  }
  const result = resultOf(combine(found), options.rounds, loadBefore);
  console.log(options.json ? JSON.stringify(result) : tableOf(result));
  await writeResult(result, options.save, say);
}

function resultOf(found: Findings, rounds: number, loadBefore: number): BenchmarkResult {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(loadBefore),
    versions: found.versions,
    rounds,
    measurements: found.measurements,
    targets: judge(found.measurements),
    missing: found.missing,
  };
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new Error(`Cannot measure: --rounds must be a whole number >= 1, got ${text}`);
}

// The programs that it measures end with this process; this process with the npm that runs it.
watchNpm('bench', () => process.exit(1));

const choices = Object.keys(parts).filter((part) => part !== 'tests');
const usual = choices.filter((part) => !apart.includes(part));

new Command('bench')
  .description(
    'Measures training, a GPT, a page, the whole program, plain JavaScript and the kernel, next to Keras and PyTorch.',
  )
  .option('--rounds <count>', 'how often everything is measured', whole, 5)
  .addOption(new Option('--only <parts...>', 'some of the parts').choices(choices).default(usual))
  .option('--against <folder>', 'epochs also of another checkout of the course, which is set up', (folder) =>
    path.resolve(folder),
  )
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
