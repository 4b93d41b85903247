/** Compiles the cells of a notebook with the kernel's own compiler, for a page to run. */
import { joined, type NotebookFile } from '../notebooks/notebook-file';
import type { BuiltCell, Stretch } from './page/built-cells';

const load = () => ({
  ...(require('../../kernel/tslab') as typeof import('../../kernel/tslab')),
  ...(require('../../kernel/core/variables') as typeof import('../../kernel/core/variables')),
});

/** The cells of a notebook, compiled. */
export interface BuiltNotebook {
  /** a JavaScript module that exports `cells`, a list of {@link BuiltCell} */
  module: string;
  /** what they import, each once */
  imports: string[];
}

/** What compiles notebooks one after the other. */
export interface NotebookCompiler {
  /** @throws Error that names the notebook and the cell, if it does not compile */
  compile(file: NotebookFile): BuiltNotebook;
  close(): void;
}

/** @returns a compiler; the process must stand in the project's folder, from where cells import */
export function notebookCompiler(): NotebookCompiler {
  const { createCompiler, bodyOf } = load();
  const compiler = createCompiler();

  function compile(file: NotebookFile): BuiltNotebook {
    let declarations = '';
    let text = 'export const cells = [\n';
    const imports = new Set<string>();
    const known = new Map<string, string>();
    for (const cell of file.notebook.cells) {
      if (cell.cell_type !== 'code') continue;
      const source = joined(cell.source);
      const compiled = compiler.compile(source, declarations);
      const [fault] = compiled.diagnostics;
      if (fault) throw new Error(`Cannot compile ${file.name}, cell '${cell.id}': ${fault.messageText}`);
      declarations = compiled.declarations;
      const { text: body, names } = bodyOf(compiled);
      if ((known.get(source) ?? body) !== body)
        throw new Error(
          `Cannot compile ${file.name}, cell '${cell.id}': an earlier cell has the same source`,
        );
      known.set(source, body);
      for (const id of compiled.imports) imports.add(id);
      const { form, lastExpression } = compiled;
      const about: Omit<BuiltCell, 'body'> = {
        id: cell.id,
        source,
        form,
        names: names.filter((name) => name !== lastExpression),
        imports: compiled.imports,
        lastExpression,
        start: text.split('\n').length + 1,
        lines: linesOf(compiled.code, compiled.locate),
      };
      // In a list it gets no name, which an error would tell.
      text += `{ ...${JSON.stringify(about)}, body:\n[${body}][0] },\n`;
    }
    return { module: `${text}];\n`, imports: [...imports] };
  }

  return { compile, close: () => compiler.close() };
}

type Locate = (line: number, column: number) => { line: number; column: number } | undefined;

/** For each line of the code the stretches that come from one line of the source. */
function linesOf(code: string, locate: Locate): BuiltCell['lines'] {
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
