/** The project's own source files and what they import, for the tests that read them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(__dirname, '..');

/** Rooms of lib/, from the ground up: a file may use the rooms before its own, and its own. */
export const rooms = [
  'base',
  'maths',
  'figures',
  'descent',
  'network',
  'data',
  'tensorflow',
  'training',
  'model',
  'studies',
  'language',
  'course',
];

/** @returns the paths of all files below a folder of the project, in the project, with `/` */
export function filesBelow(folder: string, ending: RegExp): string[] {
  return (readdirSync(path.join(root, folder), { recursive: true }) as string[])
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter(
      (name) =>
        ending.test(name) && !/node_modules|\.ipynb_checkpoints|^notebooks\/(?:[\w-]+\/)?lib\//.test(name),
    )
    .sort();
}

export const readSource = (file: string) => readFileSync(path.join(root, file), 'utf8');

export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a file imports, by every form of import; types only where `types` says so. */
export function importsOf(source: string, types = true): string[] {
  const code = withoutComments(source);
  const kept = types ? code : code.replace(/\b(?:import|export) type\b[^;]*;/g, '');
  const forms = /\b(?:from|import|require)\s*\(?\s*'([^']+)'/g;
  return [...kept.matchAll(forms)].map(([, name]) => name);
}

/** One name taken from a module: `import { name as own } from 'module'`, or re-exported so. */
export interface Taken {
  module: string;
  name: string;
  own: string;
  type: boolean;
  exported: boolean;
}

/** What a file takes from which module, name by name; `*` for a whole module. */
export function namesTaken(source: string): Taken[] {
  const code = withoutComments(source);
  const lists = /\b(import|export)\s+(type\s+)?(?:\{([^}]*)\}|\*(?:\s+as\s+\w+)?)\s+from\s+'([^']+)'/g;
  const listed = [...code.matchAll(lists)].flatMap(([, keyword, type, names, module]) =>
    names === undefined
      ? [{ module, name: '*', own: '*', type: Boolean(type), exported: keyword === 'export' }]
      : entriesOf(names).map((entry) => ({
          module,
          ...entry,
          type: entry.type || Boolean(type),
          exported: keyword === 'export',
        })),
  );
  const dynamic = /\{([^}]*)\}\s*=\s*(?:await\s+import|require)\(\s*'([^']+)'\s*\)/g;
  const later = [...code.matchAll(dynamic)].flatMap(([, names, module]) =>
    entriesOf(names.replace(/:/g, ' as ')).map((entry) => ({ module, ...entry, exported: false })),
  );
  return [...listed, ...later];
}

function entriesOf(names: string): { name: string; own: string; type: boolean }[] {
  return names
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => {
      const [name, own = name] = entry.replace(/^type\s+/, '').split(/\s+as\s+/);
      return { name, own, type: /^type\s/.test(entry) };
    });
}

/** @returns the code of a notebook's cells, one text */
export function codeOfNotebook(file: string): string {
  const { cells } = JSON.parse(readSource(file)) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  return cells
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => [source].flat().join(''))
    .join('\n');
}
