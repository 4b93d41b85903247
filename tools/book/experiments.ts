/** Finds, in the compiled cells of a notebook, what `experiment` is given to compute, and the results that are stored of it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { keyOf, nearSettings } from '../../lib/results';
import { projectRoot } from '../../lib/surroundings';
import { besideExperiments, usesFewerDigits } from './beside-experiments';
import { withFewDigits } from './few-digits';
import type { BuiltCell } from './page/built-cells';
import { type Call, callsIn, namesIn } from './page/calls';
import { definitionsFor, type KnownComputation, markOf, type StoredResult } from './page/marks';

const load = () => ({
  ts: require('@tslab/typescript-for-tslab'),
  ...(require('../../kernel/core/definitions') as typeof import('../../kernel/core/definitions')),
});

/** A cell as far as it matters here. */
export type CellText = Pick<BuiltCell, 'id' | 'source'> & {
  /** as it is run */
  body: string;
  /** the names of its knobs, of the cell that has them */
  knobs: readonly string[];
};

/** What a page knows of the experiments of its notebook. */
export interface Experiments {
  computations: KnownComputation[];
  /** by name and the key that the result has in a page */
  stored: Record<string, StoredResult>;
  /** for each cell the experiments that its code rests on, by name; `*` for one whose name is computed */
  restsOn: string[][];
  /** for each cell whether its code uses digits of which a reader may choose fewer, besides what experiments compute */
  usesDigits: boolean[];
  /** stored files of the notebook that belong to other code */
  stale: string[];
  /** names of experiments of which there is no result */
  without: string[];
}

/** What a stored file holds. */
interface Entry {
  file: string;
  name: string;
  key: string;
  backend: string;
  notebook?: string;
  settings: unknown;
}

/**
 * @param notebook - its name
 * @param cells - its cells of code, in their order
 * @param backends - what may compute in a page, as `experiment` calls it: `none`, `wasm 4.22.0`
 * @param original - of a translation whose program is that of the English notebook: the cells of that, whose results it has
 * @param folder - where results are stored
 */
export async function findExperiments(
  notebook: string,
  cells: readonly CellText[],
  backends: readonly string[],
  original?: readonly CellText[],
  folder = path.join('notebooks', 'results'),
): Promise<Experiments> {
  const { ts, createDefinitions } = load();
  const [definitions, beside] = [createDefinitions(ts), createDefinitions(ts)];
  const twin = original && { definitions: createDefinitions(ts), functions: new Map(), calls: [] as Call[] };
  const open = entriesOf(original ? path.basename(notebook) : notebook, folder);
  const found: Experiments = {
    ...{ computations: [], stored: {}, restsOn: [], usesDigits: [] },
    ...{ stale: [], without: [] },
  };
  const functions = new Map<string, string>();
  const calls: Call[] = [];
  const knobs: string[] = [];
  const digestOf = digests();
  /** by the mark of a computation: its digest in the latest cell */
  const latest = new Map<string, string>();
  const attempted = new Set<string>();
  for (const [from, cell] of cells.entries()) {
    definitions.add(cell.source);
    knobs.push(...cell.knobs);
    calls.push(...callsIn(ts, cell.body, functions));
    if (original && twin) {
      twin.definitions.add(original[from].source);
      twin.calls.push(...callsIn(ts, original[from].body, twin.functions));
    }
    for (const [place, call] of calls.entries()) {
      const used = definitions.usedBy(call.compute);
      const [mark, digest] = [markOf(call.compute), await digestOf(used)];
      if (latest.get(mark) !== digest) {
        latest.set(mark, digest);
        const reached = knobs.filter((knob) => used.some((text) => declares(text, knob)));
        found.computations.push({ mark, from, digest, knobs: reached });
      }
      // One computation may be given to several experiments.
      const attempt = [call.name, mark, digest].join();
      if (attempted.has(attempt)) continue;
      attempted.add(attempt);
      const { compute } = twin?.calls[place] ?? call;
      const stored = { name: call.name, compute, definitions: twin?.definitions.usedBy(compute) ?? used };
      await takeStored(open, stored, { compute: call.compute, digest }, backends, found.stored);
    }
    const behind = [cell.source, ...definitions.usedBy(`async () => {${cell.source}}`)];
    found.restsOn.push([...new Set(behind.flatMap(namesIn))]);
    const rest = besideExperiments(ts, cell.source);
    beside.add(rest);
    found.usesDigits.push([rest, ...beside.usedBy(`async () => {${rest}}`)].some(usesFewerDigits));
  }
  // What this machine has kept may be of any notebook, and of any day; of the English notebook its own page tells.
  const stale = [...open].filter((entry) => entry.notebook && !original);
  found.stale = stale.map(({ file }) => path.basename(file));
  const names = new Set(calls.flatMap(({ name }) => name ?? []));
  const isThere = (name: string) => Object.keys(found.stored).some((place) => place.slice(0, -17) === name);
  found.without = [...names].filter((name) => !isThere(name));
  return found;
}

/**
 * Takes the entries that a computation has computed, under the keys that it has in a page.
 *
 * @param computed - as it was when they were stored, with the definitions that it used
 * @param now - as it stands in the page
 */
async function takeStored(
  open: Set<Entry>,
  { name, compute, definitions }: Call & { definitions: readonly string[] },
  now: { compute: string; digest: string },
  backends: readonly string[],
  stored: Record<string, StoredResult>,
): Promise<void> {
  for (const entry of [...open]) {
    if (name !== undefined && name !== entry.name) continue;
    const { file, backend } = entry;
    const own = { settings: JSON.stringify(entry.settings), backend, compute, definitions };
    if ((await keyOf(own)) !== entry.key) continue;
    open.delete(entry);
    const few = withFewDigits(entry.name, own.settings);
    const all: StoredResult = { file, backend, ...(few && { ofDigits: true as const }) };
    for (const asked of backends) {
      for (const given of [own.settings, ...(few?.settings ?? [])]) {
        const settings = nearSettings(given);
        const definitions = definitionsFor(now.digest, []);
        const key = await keyOf({ settings, definitions, compute: now.compute, backend: asked });
        const place = `${entry.name}-${key}`;
        // A result of what computes in the page itself comes first.
        const isOwn = (one: string) => one.startsWith('wasm');
        if (!stored[place] || (isOwn(backend) && !isOwn(stored[place].backend))) stored[place] = all;
      }
    }
  }
}

/** @returns what gives a digest for definitions, and reads the files of `lib/` once for each */
function digests(): (definitions: readonly string[]) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (definitions) => {
    const text = JSON.stringify(definitions);
    const digest = known.get(text) ?? keyOf({ settings: '', backend: '', compute: '', definitions });
    known.set(text, digest);
    return digest;
  };
}

/** The results of a notebook: those that are stored with it, and those that this machine has kept besides, which are large. */
function entriesOf(notebook: string, folder = path.join('notebooks', 'results')): Set<Entry> {
  const stored = entriesIn(folder).filter((entry) => entry.notebook === notebook);
  const names = new Set(stored.map(({ file }) => path.basename(file)));
  const kept = [`out/experiments/${notebook}`, 'out/experiments'].flatMap(entriesIn);
  return new Set([...stored, ...kept.filter(({ file }) => !names.has(path.basename(file)))]);
}

function entriesIn(folder: string): Entry[] {
  const absolute = path.resolve(projectRoot(), folder);
  if (!fs.existsSync(absolute)) return [];
  const names = fs.readdirSync(absolute).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const entry = JSON.parse(fs.readFileSync(path.join(absolute, name), 'utf8'));
    return { ...entry, result: undefined, file: `${folder.split(path.sep).join('/')}/${name}` };
  });
}

const declares = (text: string, name: string) => new RegExp(`^const ${name}\\b`).test(text);
