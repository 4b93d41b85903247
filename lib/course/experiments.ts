/** Computations that take long: their results are kept, and read again. */
import { kernelSignal, noteMimeType, settings as settingNames } from '../base/contract';
import { host } from '../base/host';
import { say } from '../base/words';
import { display, escapeHtml } from './display';
import { backendName, experimentKey, nearSettings } from './experiment-key';
import { outFolder } from './out-folder';
import { decode, encode } from './result-text';
import { isSameCode } from './translation';

/** Where results are kept, and whether they are; for tests. */
export interface ExperimentOptions {
  /** where a result is kept; `experiments` in {@link outFolder} unless told */
  folder?: string;
  /** where the results that came with the notebooks are; `notebooks/results` unless told */
  stored?: string;
  /** whether to read and write the cache; unless told, no when `DESCENT_NO_CACHE` is 1 */
  cache?: boolean;
}

/**
 * Runs a computation, or reads its result if it ran before with the same settings, the same backend, the same text of
 * `compute` and of all code that it uses, in the notebook's cells and in `lib/`. Results come with the course: a notebook
 * whose knobs are as they were reads them. A read result is announced in one line, and so is one that cannot be kept.
 *
 * @param name - kebab-case, starts with the notebook's short name: `sgd-noise-floor`
 * @param settings - all that the computation depends on: knobs, seeds, sizes; JSON values only
 * @param compute - the computation; gets the settings and returns what JSON holds, and NaN, infinities, Float32Arrays and
 *   Int16Arrays
 * @returns the result; fresh or read, it has gone through JSON and is a copy of its own
 * @throws TypeError if the settings or the result hold what JSON cannot; what `compute` throws; the
 *   interrupt, if the reader stopped the cell meanwhile: a part is no result, and is not kept
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
  const cache = options.cache ?? host().environment(settingNames.noCache) !== '1';
  if (!cache) return decode(encode(await whole(compute, settings)));

  const folder =
    options.folder ?? host().environment(settingNames.experiments) ?? `${outFolder()}/experiments`;
  const stored = options.stored ?? 'notebooks/results';
  const [exact, near] = [encode(settings), nearSettings(encode(settings))];
  const key = await experimentKey(exact, compute.toString());
  // A browser may compute a setting that differs in its last digit, and finds what the course computed all the same.
  const others = near === exact ? [] : [[stored, await experimentKey(near, compute.toString())]];
  for (const [place, known] of [[stored, key], [folder, key], ...others]) {
    const entry = await readEntry<Result>(`${place}/${name}-${known}.json`, name, known);
    if (entry) return entry.result;
  }

  const original = isSameCode() && (await resultOfOriginal(stored, name, encode(settings)));
  const text = original || encode((await whole(compute, settings)) ?? null);
  const entry = `{"name":"${name}","key":"${key}","backend":"${backendName()}","settings":${encode(settings)},"result":${text}}\n`;
  try {
    await host().files.write(`${folder}/${name}-${key}.json`, entry);
  } catch (error) {
    const why = whyNotKept(error, folder);
    note(say("'{name}': {why}, so its result is not kept: next time it is computed anew.", { name, why }));
  }
  return decode(text);
}

/** What stands in the way, in plain words where the system says it in its own. */
function whyNotKept(error: unknown, folder: string): string {
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  if (code === 'ENOSPC') return say('the disk is full');
  if (code === 'EDQUOT') return say('no more disk space is granted');
  return say('nothing can be written to {folder}', { folder });
}

/** Trainings that are interrupted return what they have, so `compute` may come to an end all the same. */
async function whole<Settings, Result>(
  compute: (settings: Settings) => Result | Promise<Result>,
  settings: Settings,
): Promise<Result> {
  const result = await compute(settings);
  kernelSignal()?.throwIfAborted();
  return result;
}

/**
 * The stored result of the notebook that this one translates, as JSON: words in the code make another key, the settings are
 * the same.
 */
async function resultOfOriginal(stored: string, name: string, settings: string): Promise<string | undefined> {
  for (const { name: file } of await host().files.list(stored)) {
    if (!file.startsWith(`${name}-`) || !file.endsWith('.json')) continue;
    const entry = decode<Entry>(await host().files.readText(`${stored}/${file}`));
    const isOriginal = entry.name === name && !entry.notebook?.includes('/');
    if (isOriginal && entry.backend === backendName() && encode(entry.settings) === settings) {
      return encode(entry.result);
    }
  }
  return undefined;
}

/** What the file of a result holds. */
interface Entry {
  name: string;
  backend: string;
  /** whose result it is, in a stored file: `07-mnist-model`, `zh/07-mnist-model` */
  notebook?: string;
  settings: unknown;
  result: unknown;
}

async function readEntry<Result>(
  file: string,
  name: string,
  key: string,
): Promise<{ result: Result } | undefined> {
  if (!(await host().files.exists(file))) return undefined;
  try {
    const entry = decode<{ name: string; key: string; result: Result }>(await host().files.readText(file));
    if (entry.name !== name || entry.key !== key || !('result' in entry)) throw new Error('foreign');
    note(
      say("'{name}' ran before with these settings: its result is read from {file}.", { name, file }),
      file,
    );
    return entry;
  } catch {
    note(say("'{name}': the kept result {file} is damaged; it is computed anew.", { name, file }));
    return undefined;
  }
}

function note(sentence: string, file?: string): void {
  const shown = display({
    'text/plain': `↺ ${sentence}`,
    'text/html': `<div style="opacity:0.75">↺ ${escapeHtml(sentence)}</div>`,
    [noteMimeType]: { note: sentence, file },
  });
  if (!shown) console.log(`↺ ${sentence}`);
}
