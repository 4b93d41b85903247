/** The file with the course's own operations that set-up compiles beside the native TensorFlow library; Node's side. */
import type { NativeAddOn } from './host-interface';

const fs = () => require('node:fs') as typeof import('node:fs');
const path = () => require('node:path') as typeof import('node:path');

/** What set-up writes beside the file: what it was compiled for, or why it was not. */
interface Stamp {
  native?: string;
  processor?: string;
  tensorflow?: string;
  problem?: string;
}

/** Looks at the file without loading it: code for another processor would end the process. */
export class NativeAddOnFile {
  private readonly folder: string;
  private readonly sources: string;
  private readonly stamp: Stamp;
  /** why the file cannot be loaded; `undefined` if it can */
  readonly problem: string | undefined;

  /** @param root - the project's folder */
  constructor(root: string) {
    this.folder = path().join(root, '.tensorflow');
    this.sources = path().join(root, 'native');
    this.stamp = this.readStamp();
    this.problem = this.examine();
  }

  /**
   * @param tensorflow - version of the library that runs
   * @param threads - how many threads the reader wishes an operation to use; without it one, until another number is set
   * @returns the operations, registered, or why not
   */
  load(tensorflow: string, threads: number | undefined): NativeAddOn | string {
    if (this.problem) return this.problem;
    if (tensorflow !== this.stamp.tensorflow) {
      return `they were compiled for TensorFlow ${this.stamp.tensorflow}, and ${tensorflow} runs`;
    }
    try {
      const { setThreads } = require(path().join(this.folder, 'operations.node'));
      setThreads(threads ?? 1);
      // What a reader wishes is not changed by whoever calls.
      if (threads !== undefined) return { cores: threads, setThreads() {} };
      return { cores: require('node:os').availableParallelism(), setThreads };
    } catch (error) {
      return `they do not load: ${String((error as Error).message).split('\n')[0]}`;
    }
  }

  private readStamp(): Stamp {
    try {
      return JSON.parse(fs().readFileSync(path().join(this.folder, 'operations.json'), 'utf8'));
    } catch {
      return { problem: 'set-up has not compiled them' };
    }
  }

  private examine(): string | undefined {
    if (this.stamp.problem) return this.stamp.problem;
    const here = processor();
    if (this.stamp.processor !== here)
      return `they were compiled for ${this.stamp.processor}, and this is ${here}`;
    const sources = hashOfSources(this.sources);
    if (sources && this.stamp.native !== sources) {
      return "they were compiled from other sources than native/; 'npm run setup' compiles them anew";
    }
    if (!fs().existsSync(path().join(this.folder, 'operations.node'))) return 'their file is gone';
    return undefined;
  }
}

/**
 * @param folder - of the C++ sources
 * @returns one hash of them all, as `tools/setup/tensorflow/operations.mjs` makes it; `undefined` if they are not here
 */
function hashOfSources(folder: string): string | undefined {
  if (!fs().existsSync(folder)) return undefined;
  const names = fs().readdirSync(folder).sort();
  return sha256(
    names.map((name) => `${name} ${sha256(fs().readFileSync(path().join(folder, name)))}`).join('\n'),
  );
}

function sha256(content: string | Buffer): string {
  return require('node:crypto').createHash('sha256').update(content).digest('hex');
}

/**
 * Names the processor by all that code can depend on; `tools/setup/tensorflow/operations.mjs` does the same.
 *
 * @returns its architecture, its model, and in brackets a short hash of what it can do
 */
function processor(): string {
  const model = require('node:os').cpus()[0]?.model.trim() ?? '';
  let abilities = '';
  try {
    abilities = /^(flags|Features)\s*:.*/m.exec(fs().readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {}
  return `${process.arch} ${model} (${sha256(abilities).slice(0, 8)})`;
}
