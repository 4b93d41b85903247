import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Which layer each file of lib/ belongs to; `figures` also stands for `figures-lines`, `fused` for `fused-losses` and so on. */
const layers: Record<string, string[]> = {
  '0 base': [
    'checks',
    'random',
    'idx',
    'vectors',
    'tensorflow',
    'native-operations',
    'portable-operations',
    'project-root',
    'download',
  ],
  '1 maths': [
    'formulas',
    'objectives',
    'classic-objectives',
    'gradient-descent',
    'gradient-check',
    'batches',
    'schedules',
    'optimizers',
    'sgd',
    'activations',
    'losses',
    'contrastive',
    'metrics',
    'model-size',
    'toy-data',
    'digits',
    'digit-drawing',
    'digit-centring',
    'augmentation',
    'figures',
  ],
  '2 learning': [
    'baselines',
    'two-towers',
    'interpretability',
    'perceptron',
    'perceptron-training',
    'symbolic-loss',
    'mnist',
    'compact-model',
    'training-loop',
    'model-files',
    'adamw',
    'fused',
    'trainer',
    'layers-trainer',
    'training-callbacks',
    'operation-profile',
    'roofline',
    'model',
    'regularization',
    'loss-gradient',
    'data-parallel',
    'data-parallel-worker',
  ],
  '3 showing': [
    'stock-tslab',
    'display',
    'show',
    'show-formula',
    'show-table',
    'claims',
    'exercises',
    'knobs',
    'experiments',
    'environment',
    'evidence',
    'training-view',
    'training-view-curves',
    'training-view-page',
    'training-view-terminal',
    'digit-pad',
    'digit-pad-page',
  ],
};

/** Files below the showing layer that may use Node, and what for: a browser needs a stand-in for them. */
const usesNode: Record<string, string> = {
  'project-root': 'finds the folder that data are kept in',
  tensorflow: 'looks for the native backend',
  download: 'writes downloaded files to disk',
  mnist: 'reads the data set from disk',
  'model-files': 'keeps models on disk',
  'data-parallel': 'starts worker processes',
  'data-parallel-worker': 'is a process of its own',
};

const folder = path.join(__dirname, '../lib');
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));

const layerOf = (file: string): number =>
  Object.values(layers).findIndex(
    (names) =>
      names.includes(file) ||
      ['figures', 'fused'].some((stem) => names.includes(stem) && file.startsWith(`${stem}-`)),
  );

const sourceOf = (file: string): string => readFileSync(path.join(folder, `${file}.ts`), 'utf8');

/** What a file imports, by every form of import. */
function importsOf(source: string): string[] {
  const forms = /\b(?:from|import|require)\s*\(?\s*'([^']+)'/g;
  return [...withoutComments(source).matchAll(forms)].map(([, name]) => name);
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

const localImports = (file: string): string[] =>
  importsOf(sourceOf(file)).flatMap((name) => (name.startsWith('./') ? [name.slice(2)] : []));

test('importsOf() sees each form of import and no comment', () => {
  const source = `import a from './a'; import { b } from './b'; export * from './c';
    const d = require('./d'); const e = await import('./e'); import './f';
    // import './g'
    /* from './h' */`;
  expect(importsOf(source)).toEqual(['./a', './b', './c', './d', './e', './f']);
});

test.each(files)('lib/%s.ts belongs to a layer and imports only its own or lower ones', (file) => {
  expect(layerOf(file), `write ${file} into the table of test/layers.test.ts`).not.toBe(-1);
  for (const imported of localImports(file)) {
    expect(layerOf(imported), `${file} imports ${imported}`).toBeLessThanOrEqual(layerOf(file));
  }
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

test('no file of lib/ imports from outside lib/', () => {
  for (const file of files) {
    expect(importsOf(sourceOf(file)).filter((name) => name.startsWith('..'))).toEqual([]);
  }
});

const belowShowing = files.filter((file) => layerOf(file) < 3 && !(file in usesNode));

test.each(belowShowing)('lib/%s.ts uses nothing of Node', (file) => {
  const source = sourceOf(file);
  const builtins = importsOf(source).filter(
    (name) => name.startsWith('node:') || builtinModules.includes(name),
  );
  expect(builtins).toEqual([]);
  const globals = /\b(?:process|Buffer|__dirname|__filename)\b\s*[.([]/;
  expect(withoutComments(source)).not.toMatch(globals);
});
