/** Writes what lets a reader edit the cells of a page: the editor, the kernel's compiler, and the types that it reads. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { projectRoot } from '../../lib/surroundings';
import type { Notebook } from '../notebooks/notebook-file';
import { shared } from './bundles';
import type { PackedDeclarations } from './page/edit/messages';
import { typesFor } from './types';

const source = (name: string) => path.join(projectRoot(), 'tools', 'book', 'page', 'edit', name);

/**
 * Writes editor, compiler and types.
 *
 * @param modules - what cells import: doors of `lib/` and packages
 * @param folder - where they go
 */
export async function writeEditor(modules: readonly string[], folder: string): Promise<void> {
  await build({
    ...shared,
    absWorkingDir: projectRoot(),
    entryPoints: [source('editor.ts')],
    outdir: folder,
    minify: true,
  });
  await build({
    ...shared,
    absWorkingDir: projectRoot(),
    entryPoints: [source('compile-worker.ts')],
    outdir: folder,
    minify: true,
    // For the newest JavaScript that tslab knows; where tslab lies among the files in memory.
    define: {
      'process.version': '"v20.0.0"',
      __dirname: '"/descent/node_modules/tslab/dist"',
    },
    plugins: [compilerInPage],
  });
  fs.copyFileSync(source('edit.css'), path.join(folder, 'edit.css'));
  // A name that no server takes for something to unpack.
  const types = gzipSync(JSON.stringify(typesFor(modules)), { level: 9 });
  fs.writeFileSync(path.join(folder, 'types.bin'), types);
}

/** tslab gets the TypeScript that the kernel's transforms have changed; what it asks of Node, from elsewhere or not at all. */
const compilerInPage: Plugin = {
  name: 'compiler-in-page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@tslab\/typescript-for-tslab$/ }, ({ importer }) =>
      /[\\/]tslab[\\/]dist[\\/]/.test(importer) ? { path: source('for-tslab.js') } : undefined,
    );
    onResolve({ filter: /^path$/ }, () => ({ path: source('posix-path.ts') }));
    onResolve({ filter: /^(?:fs|os|crypto|buffer|inspector|perf_hooks|source-map-support)$/ }, () => ({
      path: 'node',
      namespace: 'absent',
    }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** Each line once: the declarations of a cell are those of the cell before it, and a few more. */
export function packDeclarations(declarations: readonly string[]): PackedDeclarations {
  const places = new Map<string, number>();
  const placeOf = (line: string) => {
    const place = places.get(line) ?? places.size;
    places.set(line, place);
    return place;
  };
  const cells = declarations.map((text) => text.split('\n').map(placeOf));
  return { lines: [...places.keys()], cells };
}

/** @returns the notebook as a reader may take it with him: with its words and its code */
export function withoutOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  return { ...notebook, cells };
}
