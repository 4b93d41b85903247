/** Results of experiments that come with the page, under the keys that they have in it. */
import { type HostFiles, noteMimeType } from '../../../lib/page';
import { definitionsFor, type KnownComputation, markOf, type StoredResult } from './marks';
import type { Bundle } from './messages';
import { say } from './say';

const pattern = /^notebooks\/results\/(.+-([0-9a-f]{16}))\.json$/;

/** What the page knows of a result that it has read. */
export interface StoredNote {
  stored: string;
  sentence: string;
}

/** The stored results of one notebook. */
export class StoredResults {
  constructor(
    private readonly stored: Readonly<Record<string, StoredResult>>,
    private readonly computations: readonly KnownComputation[],
  ) {}

  /**
   * What stands for the definitions that a computation uses.
   *
   * @param compute - its text
   * @param cell - the running cell's place among the cells of code
   * @param changed - how the reader has turned the knobs, by name
   * @param all - the sources of the cells, for a computation that the build has not seen
   */
  definitions(
    compute: string,
    cell: number,
    changed: Readonly<Record<string, string>>,
    all: readonly string[],
  ): string[] {
    const mark = markOf(compute);
    const known = this.computations.filter((one) => one.mark === mark && one.from <= cell).at(-1);
    const turned = Object.entries(changed).map(([name, value]) => `${name} = ${value}`);
    if (!known) return [...all, ...turned];
    return definitionsFor(
      known.digest,
      turned.filter((_, place) => known.knobs.includes(Object.keys(changed)[place])),
    );
  }

  /** The files of the page, with the stored results where `experiment` looks for them. */
  among(files: HostFiles): HostFiles {
    const find = (path: string) => {
      const [, name = '', key = ''] = pattern.exec(path) ?? [];
      const result = Object.hasOwn(this.stored, name) ? this.stored[name] : undefined;
      return result && { ...result, key };
    };
    return {
      ...files,
      exists: async (path) => find(path) !== undefined || files.exists(path),
      async readText(path) {
        const found = find(path);
        if (!found) return files.readText(path);
        return JSON.stringify({ ...JSON.parse(await files.readText(found.file)), key: found.key });
      },
    };
  }

  /**
   * @param bundle - an output
   * @param few - whether the reader has chosen fewer digits
   * @returns what to say, where the bundle notes that a stored result was read
   */
  noteOf(bundle: Bundle, few = false): StoredNote | undefined {
    const { file = '' } = (bundle[noteMimeType] ?? {}) as { file?: string };
    const [, name = ''] = pattern.exec(file) ?? [];
    if (!Object.hasOwn(this.stored, name)) return undefined;
    const { backend, ofDigits } = this.stored[name];
    const experiment = name.slice(0, -17);
    const values = { experiment, where: where(backend) };
    return {
      stored: experiment,
      sentence:
        few && ofDigits
          ? say(
              "'{experiment}' comes with this page: it was measured {where}, with all digits, when the book was made, not here.",
              values,
            )
          : say(
              "'{experiment}' comes with this page: it was measured {where} when the book was made, not here.",
              values,
            ),
    };
  }
}

function where(backend: string): string {
  const [name, version = ''] = backend.split(' ');
  if (name === 'native') return say('with native TensorFlow {version}', { version });
  if (name === 'wasm') return say('with TensorFlow.js {version} in WebAssembly', { version });
  if (name === 'js') return say('with TensorFlow.js {version} in plain JavaScript', { version });
  if (name === 'webgpu') return say('with TensorFlow.js {version} on a graphics card', { version });
  return say('in plain mathematics');
}
