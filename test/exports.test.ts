/** What lib/ exports is used: by a notebook, by a tool, or by another file of lib/. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { codeOfNotebook, filesBelow, namesTaken, readSource, withoutComments } from './sources';

/** Exported for tests alone, `file name`; the list may only shrink. */
const seams: readonly string[] = [
  'lib/course/claims.ts judgeClaim',
  'lib/course/claims.ts formatFigure',
  'lib/course/digit-pad/pad.ts digitPadHtml',
  'lib/course/show.ts missingNames',
  'lib/data/augmentation.ts moveDigit',
  'lib/studies/costs.ts denseSizes',
  'lib/studies/digit-centring.ts distortDigit',
  'lib/studies/names.ts encodeName',
  'lib/studies/roofline.ts productCost',
  'lib/tensorflow/insides.ts countNativeTensors',
  // By the host, which finds the file by its path.
  'lib/tensorflow/webgpu-operations.ts WebGpuOperations',
  'lib/training/loss-head.ts byRules',
];

const isDoor = (file: string) => /^lib\/[^/]+$/.test(file);
const files = filesBelow('lib', /\.ts$/);

/** @returns the values (not the types) that a source exports under their own name */
function valuesOf(source: string): string[] {
  const code = withoutComments(source);
  const declared = /^export (?:async )?(?:function\*?|const|let|class|enum) (\w+)/gm;
  const listed = /^export \{([^}]*)\};/gm;
  return [
    ...[...code.matchAll(declared)].map(([, name]) => name),
    ...[...code.matchAll(listed)].flatMap(([, names]) =>
      names.split(',').flatMap(
        (entry) =>
          entry
            .trim()
            .split(/\s+as\s+/)
            .at(-1) || [],
      ),
    ),
  ];
}

/** Adds to `used` what a source takes from lib/, as `file name`. */
function collect(used: Set<string>, file: string, source: string): void {
  for (const { module, name, exported } of namesTaken(source)) {
    // A door that hands on has not used anything.
    if (!module.startsWith('.') || (exported && isDoor(file))) continue;
    used.add(`${path.posix.join(path.posix.dirname(file), module)}.ts ${name}`);
  }
}

/** @returns `file name` of each value that nobody takes, by way of a door or straight from its file */
function unusedOf(used: ReadonlySet<string>): string[] {
  const byDoor = new Set<string>();
  for (const door of files.filter(isDoor)) {
    for (const { module, name, own } of namesTaken(readSource(door))) {
      if (used.has(`${door} ${own}`)) byDoor.add(`${path.posix.join('lib', module)}.ts ${name}`);
    }
  }
  return files
    .filter((file) => !isDoor(file))
    .flatMap((file) =>
      valuesOf(readSource(file))
        .map((name) => `${file} ${name}`)
        .filter((one) => !used.has(one) && !byDoor.has(one) && !used.has(`${file} *`)),
    );
}

test('valuesOf() and collect() see each form of export and import', () => {
  const source = `export function a() {} export type T = 1;
export async function b() {}
export const c = 1;
export { d, e as f };
export { type BackendReport } from './x';
// export const g = 1;`;
  expect(valuesOf(source)).toEqual(['a', 'b', 'c', 'd', 'f']);
  const used = new Set<string>();
  collect(used, 'lib/room/file.ts', "import { a, type T, b as own } from '../other/one';");
  collect(used, 'lib/room/file.ts', "const { c } = await import('./two'); import fs from 'node:fs';");
  collect(used, 'lib/door.ts', "export { d } from './room/file';");
  expect([...used]).toEqual([
    'lib/other/one.ts a',
    'lib/other/one.ts T',
    'lib/other/one.ts b',
    'lib/room/two.ts c',
  ]);
});

test('each exported value of lib/ is used by a notebook, a tool, or another file of lib/', () => {
  const used = new Set<string>();
  for (const file of files) collect(used, file, readSource(file));
  for (const file of filesBelow('tools', /\.(ts|mjs)$/)) collect(used, file, readSource(file));
  for (const file of filesBelow('notebooks', /\.ipynb$/)) {
    collect(used, 'cell.ts', codeOfNotebook(file));
  }
  expect(unusedOf(used)).toEqual(seams);
});

/**
 * @returns the types that stay within a file although a reader's variable may hold them: exported
 *   functions return them, or types that are returned name them
 */
function typesNotNameable(source: string): string[] {
  const code = withoutComments(source);
  const functions =
    /^export (?:async )?function\*? \w+(?:(?!^\w)[\s\S])*?\)(?:: (\{[\s\S]*?^\}|.+?))?(?: \{|;)$/gm;
  const types = [...code.matchAll(/^(export )?(?:interface|type) (\w+)([\s\S]*?)(?:^\}|;$)/gm)];
  const names = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text);
  let handedOut = [...code.matchAll(functions)].map(([, type]) => type ?? '').join('\n');
  for (let more = ''; ; handedOut += more) {
    more = types.map(([, , name, body]) => (names(handedOut, name) ? body : '')).join('\n');
    if (handedOut.includes(more)) break;
  }
  return types.flatMap(([, exported, name]) => (!exported && names(handedOut, name) ? [name] : []));
}

test('typesNotNameable() finds what is returned, not what is taken', () => {
  const source = `interface A { a: number }
export function a(options: { b: number; c?: number }): A {
  return { a: 1 };
}
interface B {
  a: number;
}
export async function b(
  x: number,
): Promise<B[]> {
  return [];
}
interface C {
  a: number;
}
export interface D extends C {
  y: number;
}
type E = number;
export type F = E | undefined;
export const d = (): D => ({ a: 1, y: 2 });
export function e(): F[] | D {
  return [];
}
interface I {
  a: number;
}
export interface J extends I {
  taken: boolean;
}
export function j(options: J): void {
  use(options);
}
interface G {
  a: number;
}
export function g(x: G): number {
  return x.a;
}
export interface H {
  a: number;
}
export function h(): H {
  return { a: 1 };
}
interface K {
  a: number;
}
export function k(): {
  one: K;
} {
  return { one: { a: 1 } };
}`;
  expect(typesNotNameable(source)).toEqual(['A', 'B', 'C', 'E', 'K']);
});

test('what a notebook gets has a type that it can name', () => {
  // Else TypeScript cannot declare the cell's variable, and refuses the cell (TS4023).
  const hidden = files.flatMap((file) => typesNotNameable(readSource(file)).map((name) => `${file} ${name}`));
  expect(hidden).toEqual([]);
});
