/** The files that the compiler reads to know the types of what cells import. */
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';

/** What is not looked up by readers: the comments in these files are left out. */
const withoutWords = /^node_modules\/(?!mathjs\/|simple-statistics\/|@tensorflow\/)/;

/**
 * @param modules - what cells import: doors of `lib/` and packages
 * @returns texts by their paths in the project
 */
export function typesFor(modules: readonly string[]): Record<string, string> {
  const ts = require('@tslab/typescript-for-tslab');
  const root = projectRoot().replaceAll(path.sep, '/');
  const cell = `${root}/__cell__.ts`;
  // As tslab and the kernel's transforms set it.
  const options = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    jsx: ts.JsxEmit.React,
    types: ['node'],
    typeRoots: [`${root}/node_modules/@types`],
    skipLibCheck: true,
    preserveSymlinks: true,
  };
  const host = ts.createCompilerHost(options);
  const texts = new Map<string, string>();
  const read = host.readFile.bind(host);
  host.readFile = (file: string) => {
    if (file === cell) return modules.map((id) => `import ${JSON.stringify(id)};`).join('\n');
    const text = read(file);
    if (text !== undefined) texts.set(file, text);
    return text;
  };
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (file: string) => file === cell || fileExists(file);
  ts.createProgram([cell, `${root}/kernel/globals.d.ts`], options, host);
  const found = [...texts].flatMap(([file, text]): [string, string][] => {
    const name = placeIn(root, file);
    return name
      ? [[name, withoutWords.test(name) && name.endsWith('.ts') ? withoutComments(ts, text) : text]]
      : [];
  });
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A file's path in the project, also where its packages lie elsewhere and are linked. */
function placeIn(root: string, file: string): string | undefined {
  if (file.startsWith(`${root}/`)) return file.slice(root.length + 1);
  const at = file.indexOf('/node_modules/');
  return at < 0 ? undefined : file.slice(at + 1);
}

/** A file of types without its comments, but for those that the compiler reads. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler's own TypeScript comes without types
export function withoutComments(ts: any, text: string): string {
  const file = ts.createSourceFile('types.d.ts', text, ts.ScriptTarget.Latest, false);
  let kept = '';
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const visit = (node: any): void => {
    const inside = node.getChildren(file).filter((child: unknown) => !ts.isJSDoc(child));
    if (inside.length > 0 || node.kind === ts.SyntaxKind.SyntaxList) {
      inside.forEach(visit);
      return;
    }
    const start = node.getStart(file);
    const before = text.slice(node.pos, start);
    const told = before.match(/^\/\/\/.*$/gm) ?? [];
    kept += told.map((line) => `${line}\n`).join('');
    if (before) kept += before.includes('\n') ? '\n' : ' ';
    kept += text.slice(start, node.end);
  };
  visit(file);
  return kept;
}
