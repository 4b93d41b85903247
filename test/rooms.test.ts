import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** The rooms of lib/, from the ground up: a file may use the rooms before its own, and its own. */
const rooms = [
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
  'course',
];

/** Rooms that a browser runs as they are: nothing of Node, and never TensorFlow. */
const pure = ['maths', 'figures', 'descent', 'network'];

const lib = path.join(__dirname, '../lib');
const files = (readdirSync(lib, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))
  .sort();
const doors = files.filter((file) => !file.includes('/'));
const inRooms = files.filter((file) => file.includes('/'));
const roomOf = (file: string) => file.split('/')[0];
const textOf = (file: string) => readFileSync(path.join(lib, file), 'utf8');

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a file imports, by every form of import; types only where `types` says so. */
function importsOf(source: string, types = true): string[] {
  const code = withoutComments(source);
  const kept = types ? code : code.replace(/\b(?:import|export) type\b[^;]*;/g, '');
  const forms = /\b(?:from|import|require)\s*\(?\s*'([^']+)'/g;
  return [...kept.matchAll(forms)].map(([, name]) => name);
}

/** Files of lib/ that a file imports, as paths inside lib/. */
function localImports(file: string, types = true): string[] {
  return importsOf(textOf(file), types)
    .filter((name) => name.startsWith('.'))
    .map((name) => `${path.posix.join(path.posix.dirname(file), name)}.ts`);
}

/** All files that a file loads, itself among them. */
function reach(file: string): Set<string> {
  const seen = new Set<string>();
  const visit = (one: string): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const next of localImports(one, false)) visit(next);
  };
  visit(file);
  return seen;
}

test('importsOf() sees each form of import and no comment', () => {
  const source = `import a from './a'; import { b } from './b'; export * from './c';
    const d = require('./d'); const e = await import('./e'); import './f';
    import type { T } from './t';
    // import './g'
    /* from './h' */`;
  expect(importsOf(source)).toEqual(['./a', './b', './c', './d', './e', './f', './t']);
  expect(importsOf(source, false)).not.toContain('./t');
});

describe.each(inRooms)('lib/%s', (file) => {
  test('imports only its own room and those before it', () => {
    expect(rooms).toContain(roomOf(file));
    for (const imported of localImports(file)) {
      expect(files, `${file} imports ${imported}`).toContain(imported);
      expect(rooms.indexOf(roomOf(imported)), `${file} imports ${imported}`).toSatisfy(
        (floor: number) => floor >= 0 && floor <= rooms.indexOf(roomOf(file)),
      );
    }
  });
});

test('no file of lib/ imports itself by way of others', () => {
  const finished = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    expect(way, [...way, file].join(' → ')).not.toContain(file);
    if (finished.has(file)) return;
    for (const imported of localImports(file)) visit(imported, [...way, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
});

describe.each(doors)('the door lib/%s', (door) => {
  test('only opens rooms, and says in an example how', () => {
    const text = textOf(door);
    const rest = withoutComments(text)
      .replace(/export (?:type )?\{[^}]*\} from '\.\/[\w/-]+';/g, '')
      .trim();
    expect(rest).toBe('');
    expect(text).toMatch(/^\/\*\*[\s\S]*@example[\s\S]*?\*\//);
  });
});

describe.each(inRooms.filter((file) => pure.includes(roomOf(file))))('lib/%s', (file) => {
  test('runs in a browser: nothing of Node, and no TensorFlow', () => {
    const loaded = [...reach(file)];
    expect(loaded.filter((one) => roomOf(one) === 'tensorflow')).toEqual([]);
    for (const one of loaded) {
      const builtins = importsOf(textOf(one), false).filter(
        (name) => name.startsWith('node:') || builtinModules.includes(name),
      );
      expect(builtins, one).toEqual([]);
      const globals = /\b(?:process|Buffer|__dirname|__filename)\b\s*[.([]/;
      expect(withoutComments(textOf(one)), one).not.toMatch(globals);
    }
  });
});

test.each(['course', 'maths', 'figures', 'descent', 'network', 'data', 'surroundings'])(
  'the door lib/%s.ts does not load TensorFlow',
  (door) => {
    const loaded = [...reach(`${door}.ts`)].filter((file) => roomOf(file) === 'tensorflow');
    expect(loaded).toEqual([]);
  },
);

test('notebooks and tools import doors only', () => {
  const folders = ['notebooks', 'tools'].map((name) => path.join(__dirname, '..', name));
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      if (!/\.(ipynb|ts|mjs|py)$/.test(name) || /^lib|checkpoint/.test(name)) continue;
      const text = readFileSync(path.join(folder, name), 'utf8');
      for (const [, door] of text.matchAll(/from '(?:\.\.?\/)+lib\/([\w/-]+)'/g)) {
        expect(doors, `${name} imports lib/${door}`).toContain(`${door}.ts`);
        expect(existsSync(path.join(lib, `${door}.ts`))).toBe(true);
      }
    }
  }
});
