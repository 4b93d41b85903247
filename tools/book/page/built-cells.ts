/** The cells of a notebook as the build has compiled them; in a page they stand in the compiler's place. */

import type { KnownComputation, StoredResult } from './marks';

/** Where a stretch of code begins in its line, and the place in the source that it comes from; all count from 0. */
export type Stretch = [column: number, sourceLine: number, sourceColumn: number];

/** A cell that was compiled when the book was written. */
export interface BuiltCell {
  id: string;
  source: string;
  /** the function that its code is the body of */
  body: (exports: object, require: (id: string) => unknown, link: (setters: object) => void) => unknown;
  form: 'function' | 'function*' | 'async function';
  /** what it declares */
  names: string[];
  /** what it imports */
  imports: string[];
  /** the export that holds the value of its last expression */
  lastExpression?: string;
  /** the experiments that its code rests on, by name; `*` for one whose name is computed */
  restsOn: string[];
  /** whether its code uses digits of which a reader may choose fewer, besides what experiments compute */
  usesDigits?: boolean;
  /** the line, from 1, on which `body` begins in the file of all cells */
  start: number;
  /** for each line of its code the stretches that come from one line of the source, in their order */
  lines: Stretch[][];
  /** of a cell that a reader has changed: what the compiler complains of */
  diagnostics?: CompiledCell['diagnostics'];
}

/** What the file of a notebook's cells exports. */
export interface BuiltCells {
  cells: BuiltCell[];
  /** what `experiment` is given to compute */
  computations: KnownComputation[];
  /** the results that come with the page, by name and the key that they have in it */
  stored: Record<string, StoredResult>;
}

type CompiledCell = import('../../../kernel/core/compiler').CompiledCell;
type Compiler = Parameters<typeof import('../../../kernel/core/cells').createCells>[0]['compiler'];

type Locate = CompiledCell['locate'];

/** For each line of the code the stretches that come from one line of the source. */
export function linesOf(code: string, locate: Locate): BuiltCell['lines'] {
  return code.split('\n').map((line, index) => {
    const stretches: Stretch[] = [];
    for (let column = line.search(/\S/); column >= 0 && column < line.length; column++) {
      const place = locate(index, column);
      if (!place || place.line === stretches.at(-1)?.[1]) continue;
      stretches.push([column, place.line, place.column]);
    }
    return stretches;
  });
}

/**
 * @param usedBy - the definitions that code uses, as `experiment` asks for them
 * @param changed - the cell that is about to run, if it is one that the reader has changed
 * @returns what finds the compiled form of a cell by its source
 */
export function builtCompiler(
  cells: readonly BuiltCell[],
  usedBy: (code: string) => string[],
  changed: () => BuiltCell | undefined = () => undefined,
): Compiler {
  const bySource = new Map(cells.map((cell) => [cell.source, cell]));
  const nothing = () => undefined;
  const compiler = {
    definitions: { add: nothing, usedBy },
    prepare: nothing,
    close: nothing,
    inspect: nothing,
    complete: nothing,
    compile(source: string): CompiledCell {
      const cell = changed() ?? bySource.get(source);
      if (!cell) throw new Error('Cannot run the cell: it is not one of those that came with the page');
      const { body, form, names, imports, lastExpression, lines, diagnostics = [] } = cell;
      return {
        diagnostics,
        code: '',
        files: [],
        variables: [],
        declarations: '',
        built: { body, names },
        form,
        imports,
        lastExpression,
        locate(line, column) {
          const [, ...place] = lines[line]?.filter(([begin]) => begin <= column).at(-1) ?? [];
          return place.length === 2 ? { line: place[0], column: place[1] } : undefined;
        },
      };
    },
  };
  return compiler as unknown as Compiler;
}

/**
 * An error's stack as V8 would write it if each cell were a file of its own, named like the cell.
 *
 * @param stack - of any browser
 * @param file - the address of the file of all cells
 * @param cells - in their order in the file
 * @param nameOf - what a cell is called: `Cell [3]`
 */
export function stackByCells(
  stack: string,
  file: string,
  cells: readonly BuiltCell[],
  nameOf: (id: string) => string,
): string {
  // Firefox and Safari write `name@address:line:column`.
  const frames = stack.replace(/^(.*?)@(\S+:\d+:\d+)$/gm, (_, name, place) => `    at ${name} (${place})`);
  return frames.replaceAll(new RegExp(`${escaped(file)}:(\\d+):(\\d+)`, 'g'), (whole, line, column) => {
    const cell = cells.filter(({ start }) => start <= Number(line)).at(-1);
    return cell ? `${nameOf(cell.id)}:${Number(line) - cell.start}:${column}` : whole;
  });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
