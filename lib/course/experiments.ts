import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../base/project-root';
import { describeBackend } from '../tensorflow/backend';
import { display, escapeHtml } from './display';

/** The MIME type of a passing note: the runner drops such outputs before it saves a notebook. */
export const noteMimeType = 'application/vnd.descent.note+json';

/** Rooms of `lib/` that only show things: editing them does not change a result. */
const showing = ['course', 'figures'];

/** Where results are kept, and whether they are; for tests. */
export interface ExperimentOptions {
  /** the cache's folder; `out/experiments` in the project unless told */
  folder?: string;
  /** whether to read and write the cache; unless told, no when `DESCENT_NO_CACHE` is 1 */
  cache?: boolean;
}

/**
 * Runs a computation, or reads its result if it ran before with the same settings, the same backend,
 * the same text of `compute` and the same text of `lib/`. A read result is announced in one line.
 *
 * @param name - kebab-case, starts with the notebook's short name: `sgd-noise-floor`
 * @param settings - all that the computation depends on: knobs, seeds, sizes; JSON values only
 * @param compute - the computation; gets the settings and returns what JSON holds (NaN and infinities
 *   too), without typed arrays
 * @returns the result; fresh or read, it has gone through JSON and is a copy of its own
 * @throws TypeError if the settings or the result hold what JSON cannot; what `compute` throws
 */
export async function experiment<Settings extends object, Result>(
  name: string,
  settings: Settings,
  compute: (settings: Settings) => Result | Promise<Result>,
  options: ExperimentOptions = {},
): Promise<Result> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new RangeError(`Cannot run an experiment: its name must be kebab-case, got '${name}'`);
  }
  const cache = options.cache ?? process.env.DESCENT_NO_CACHE !== '1';
  if (!cache) return decode(encode(await compute(settings)));

  const folder = options.folder ?? path.join(projectRoot(), 'out', 'experiments');
  const identity = [encode(settings), backendName(), compute.toString(), textOfLib()].join('\n');
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const file = path.join(folder, `${name}-${key}.json`);
  const known = readEntry<Result>(file, name, key);
  if (known) return known.result;

  const text = encode((await compute(settings)) ?? null);
  writeEntry(
    file,
    `{"name":"${name}","key":"${key}","settings":${encode(settings)},"result":${text}}`,
  );
  return decode(text);
}

/** The backend is part of the identity only once it has started: pure mathematics needs none. */
function backendName(): string {
  try {
    const { backend, version } = describeBackend();
    return `${backend} ${version}`;
  } catch {
    return 'none';
  }
}

function textOfLib(): string {
  const hash = createHash('sha256');
  for (const file of filesOf(path.join(projectRoot(), 'lib'))) {
    hash.update(path.relative(projectRoot(), file)).update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

/** The TypeScript of a folder and of all below it, but for the rooms that only show. */
function filesOf(folder: string): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) return showing.includes(entry.name) ? [] : filesOf(place);
      return entry.name.endsWith('.ts') ? [place] : [];
    });
}

function readEntry<Result>(
  file: string,
  name: string,
  key: string,
): { result: Result } | undefined {
  if (!fs.existsSync(file)) return undefined;
  const place = path.relative(projectRoot(), file);
  try {
    const entry = decode<{ name: string; key: string; result: Result }>(
      fs.readFileSync(file, 'utf8'),
    );
    if (entry.name !== name || entry.key !== key || !('result' in entry))
      throw new Error('foreign');
    note(`'${name}' ran before with these settings: its result is read from ${place}.`);
    return entry;
  } catch {
    note(`'${name}': the kept result ${place} is damaged; it is computed anew.`);
    return undefined;
  }
}

/** Written beside and renamed: a reader never meets half a file. */
function writeEntry(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.part`;
  fs.writeFileSync(draft, `${text}\n`);
  fs.renameSync(draft, file);
}

function note(sentence: string): void {
  const shown = display({
    'text/plain': `↺ ${sentence}`,
    'text/html': `<div style="opacity:0.75">↺ ${escapeHtml(sentence)}</div>`,
    [noteMimeType]: { note: sentence },
  });
  if (!shown) console.log(`↺ ${sentence}`);
}

/** JSON with sorted keys, so that the order in which settings are written does not matter. */
function encode(value: unknown): string {
  return JSON.stringify(value, (key, inner) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { $number: String(inner) };
    if (typeof inner === 'function' || typeof inner === 'bigint' || ArrayBuffer.isView(inner)) {
      const kind = ArrayBuffer.isView(inner)
        ? 'a typed array: use Array.from'
        : `a ${typeof inner}`;
      throw new TypeError(`Cannot keep the experiment: '${key}' is ${kind}`);
    }
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function decode<Value>(text: string | undefined): Value {
  if (text === undefined) return undefined as Value;
  return JSON.parse(text, (_, inner) =>
    inner && typeof inner === 'object' && '$number' in inner ? Number(inner.$number) : inner,
  );
}
