/** What an experiment's result depends on, as a key: another key, another result. */

import { shared } from '../base/contract';
import { sha256 } from '../base/hash';
import { host } from '../base/host';

/** Rooms of `lib/` that only show things: editing them does not change a result. */
const showing = ['course', 'figures'];

/**
 * The key of a computation: settings, backend, the text of the computation and the code it may use.
 *
 * @param settings - as JSON with sorted keys
 * @param compute - the text of the computation
 * @param code - the folder whose TypeScript the computation may use, in its rooms, in rooms within
 *   them, and beside them; of the rooms `course` and `figures` nothing counts
 * @returns 16 hexadecimal digits
 */
export async function experimentKey(settings: string, compute: string, code = 'lib'): Promise<string> {
  const names = await namesIn(code, showing);
  const texts = await Promise.all(names.map((name) => host().files.readText(`${code}/${name}`)));
  const library = names.map((name, index) => [name, texts[index]]);
  const whole = await sha256(JSON.stringify([settings, backendName(), compute, library]));
  return whole.slice(0, 16);
}

/** The backend counts only once it has started: pure mathematics needs none. */
function backendName(): string {
  const report = shared('tensorflow')?.report;
  return report ? `${report.backend} ${report.version}` : 'none';
}

/** The TypeScript files of a folder and of all below it, as paths in it. */
async function namesIn(folder: string, without: readonly string[] = []): Promise<string[]> {
  const entries = await host().files.list(folder);
  const nested = entries.map(async ({ name, folder: isFolder }) => {
    if (!isFolder) return name.endsWith('.ts') ? [name] : [];
    if (without.includes(name)) return [];
    return (await namesIn(`${folder}/${name}`)).map((inner) => `${name}/${inner}`);
  });
  return (await Promise.all(nested)).flat();
}
