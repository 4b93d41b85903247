import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOfNotebook, filesBelow, importsOf, readSource, rooms, withoutComments } from './sources';

/** Rooms that a browser runs as they are: nothing of Node, and never TensorFlow. */
const pure = ['maths', 'figures', 'descent', 'network', 'data'];

/** Node's side of the host: it loads Node's modules only where Node is the host. */
const nodeHost = ['base/native-add-on.ts', 'base/node-host.ts', 'base/webgpu-add-on.ts'];

const files = filesBelow('lib', /\.ts$/).map((file) => file.replace(/^lib\//, ''));
const doors = files.filter((file) => !file.includes('/'));
const inRooms = files.filter((file) => file.includes('/'));
const roomOf = (file: string) => file.split('/')[0];
const textOf = (file: string) => readSource(`lib/${file}`);

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
    for (const one of loaded.filter((other) => !nodeHost.includes(other))) {
      const builtins = importsOf(textOf(one), false).filter(
        (name) => name.startsWith('node:') || builtinModules.includes(name),
      );
      expect(builtins, one).toEqual([]);
      const globals = /\b(?:process|Buffer|__dirname|__filename)\b\s*[.([]/;
      expect(withoutComments(textOf(one)), one).not.toMatch(globals);
    }
  });
});

test.each(['course', 'maths', 'figures', 'descent', 'network', 'data', 'retrieval', 'surroundings'])(
  'the door lib/%s.ts does not load TensorFlow',
  (door) => {
    const loaded = [...reach(`${door}.ts`)];
    expect(loaded.filter((file) => roomOf(file) === 'tensorflow')).toEqual([]);
    const packages = loaded.flatMap((file) => importsOf(textOf(file), false));
    // Node's host can load the backends, once someone asks for them.
    const backends = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-wasm'];
    expect(packages.filter((name) => name.startsWith('@tensorflow'))).toEqual(
      loaded.includes('base/node-host.ts') ? backends : [],
    );
  },
);

test.each([
  'course',
  'workshop',
  'figures',
  'data',
  'tensorflow',
  'model',
  'interpretability',
  'scaling',
  'speed',
  'language',
  'retrieval',
])('the door lib/%s.ts does not load mathjs, which takes half a second', (door) => {
  const packages = [...reach(`${door}.ts`)].flatMap((file) => importsOf(textOf(file), false));
  expect(packages).not.toContain('mathjs');
});

/** Files that cannot do without Node; the list may only shrink. */
const needNode = [...nodeHost, 'studies/data-parallel-worker.ts', 'studies/data-parallel.ts'];

test('all others ask the host', () => {
  const found = files.filter((file) => {
    const names = importsOf(textOf(file));
    const globals = /\bprocess\.(?!stderr)|\bBuffer\b|\b__(?:dir|file)name\b/;
    return (
      names.some((name) => name.startsWith('node:') || builtinModules.includes(name)) ||
      globals.test(withoutComments(textOf(file)))
    );
  });
  expect(found).toEqual(needNode);
});

test('what only a terminal needs is loaded when a terminal asks', () => {
  for (const file of files) {
    const code = withoutComments(textOf(file)).replace(/\bimport type\b[^;]*;/g, '');
    expect(code, file).not.toMatch(/\bfrom '(?:cli-progress|nodeplotlib)'/);
  }
});

test('the names that tie lib/, kernel/ and tools/ together are spelled in one file', () => {
  const spelled = ['lib', 'kernel', 'tools'].flatMap((folder) =>
    filesBelow(folder, /\.(ts|js|mjs)$/).filter((file) => {
      const code = withoutComments(readSource(file));
      return /Symbol\.for\(|application\/vnd|\benvironment\('/.test(code);
    }),
  );
  // The labextension runs in a page, where it can read neither.
  const copies = ['kernel/contract.js', 'kernel/labextension/static/remoteEntry.js'];
  expect(spelled).toEqual(['lib/base/contract.ts', ...copies]);
});

test('notebooks and tools import doors only', () => {
  const outside = [...filesBelow('notebooks', /\.ipynb$/), ...filesBelow('tools', /\.(ts|mjs|py)$/)];
  for (const file of outside) {
    const code = file.endsWith('.ipynb') ? codeOfNotebook(file) : readSource(file);
    for (const name of importsOf(code)) {
      const door = /^(?:\.\.?\/)+lib\/(.+)$/.exec(name)?.[1];
      if (door) expect(doors, `${file} imports lib/${door}`).toContain(`${door}.ts`);
    }
  }
});

test('the verbs of lib/maths say what comes back: nothing else casts to a matrix', () => {
  const casting = [...filesBelow('notebooks', /\.ipynb$/), ...filesBelow('lib', /\.ts$/)].filter((file) =>
    /\bas (?:Math|Dense)?Matrix\b/.test(withoutComments(readSource(file))),
  );
  expect(casting).toEqual(['lib/maths/matrices.ts']);
});

test('only lib/tensorflow/insides.ts takes an object of TensorFlow.js for what it is not', () => {
  const withTensorflow = ['tensorflow', 'training', 'model', 'studies', 'language'];
  const casting = files.filter(
    (file) => withTensorflow.includes(roomOf(file)) && / as unknown as /.test(withoutComments(textOf(file))),
  );
  expect(casting).toEqual(['tensorflow/insides.ts']);
});
