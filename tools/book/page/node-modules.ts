/** What cells may import of Node, as far as a page has the like of it. */
import type { HostFiles } from '../../../lib/page';
import { digest, inHex } from './digest';
import * as path from './paths';

/** `createHash('sha256').update(bytes).digest('hex')`, and no other. */
function createHash(name: string) {
  if (name !== 'sha256') throw new Error(`Cannot hash with '${name}' in a page: it has sha256 alone`);
  const parts: Uint8Array[] = [];
  const hash = {
    update(content: Uint8Array | string) {
      parts.push(typeof content === 'string' ? new TextEncoder().encode(content) : content);
      return hash;
    },
    digest(form?: string) {
      const bytes = digest(parts.length === 1 ? parts[0] : joined(parts));
      return form === 'hex' ? inHex(bytes) : bytes;
    },
  };
  return hash;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) {
    whole.set(part, length);
    length += part.length;
  }
  return whole;
}

/** Files that cells read without waiting. */
const documents = ['docs/benchmark.json', 'docs/sizes.md'];

/** `node:fs`, of the few documents that are there before the cell begins. */
async function fileSystem(files: HostFiles): Promise<object> {
  const known = new Map<string, string>();
  for (const name of documents) if (await files.exists(name)) known.set(name, await files.readText(name));
  return {
    existsSync: (file: string) => known.has(file),
    readFileSync(file: string) {
      const text = known.get(file);
      if (text === undefined) throw new Error(`Cannot read '${file}': it does not come with this page`);
      return text;
    },
  };
}

const filePromises = (files: HostFiles) => ({
  readFile: (file: string, form?: string) => (form ? files.readText(file) : files.read(file)),
});

/** `node:os`, of which a page knows one thing; the load it says as Windows does, which has none either. */
const system = { availableParallelism: () => navigator.hardwareConcurrency, loadavg: () => [0, 0, 0] };

/** @returns a module of Node's by its name; `undefined` if a page has none like it */
export async function nodeModule(name: string, files: HostFiles): Promise<object | undefined> {
  if (name === 'node:path') return path;
  if (name === 'node:crypto') return { createHash };
  if (name === 'node:os') return system;
  if (name === 'node:fs/promises') return filePromises(files);
  if (name === 'node:fs') return fileSystem(files);
  return undefined;
}

/** What cells use of `process`; not its `versions`, by which TensorFlow.js would take the page for Node. */
export function offerProcess(): void {
  // A page has no clock of its thread's processor time: what has passed is at least that.
  const cpuUsage = () => ({ user: 1000 * performance.now(), system: 0 });
  Object.assign(globalThis, { process: { cpuUsage, env: {} } });
}

/** The one function of Web Crypto that the course uses, for pages that are not served safely: they have none. */
export function offerDigest(): void {
  if (crypto.subtle) return;
  const subtle = { digest: async (_name: string, bytes: Uint8Array) => digest(bytes).buffer };
  Object.defineProperty(crypto, 'subtle', { value: subtle });
}
