/** Compiles the cells of a notebook with the kernel's own compiler, for a page to run. */
import { type Knob, parseKnobs } from '../../lib/surroundings';
import { hasTag, joined, type NotebookFile } from '../notebooks/notebook-file';
import { findExperiments } from './experiments';
import type { BuiltCell, Stretch } from './page/built-cells';
import type { StoredResult } from './page/marks';

const load = () => ({
  ...(require('../../kernel/tslab') as typeof import('../../kernel/tslab')),
  ...(require('../../kernel/core/variables') as typeof import('../../kernel/core/variables')),
});

/** The cells of a notebook, compiled. */
export interface BuiltNotebook {
  /** a JavaScript module that exports what `BuiltCells` says */
  module: string;
  /** the results that come with it */
  stored: StoredResult[];
  /** files of results of other code */
  stale: string[];
  /** names of experiments of which there is no result */
  without: string[];
  /** what they import, each once */
  imports: string[];
}

/** What compiles notebooks one after the other. */
export interface NotebookCompiler {
  /** @throws Error that names the notebook and the cell, if it does not compile */
  compile(file: NotebookFile): Promise<BuiltNotebook>;
  close(): void;
}

/**
 * @param backends - what may compute in a page, as `experiment` calls it: `none`, `wasm 4.22.0`
 * @returns a compiler; the process must stand in the project's folder, from where cells import
 */
export function notebookCompiler(backends: readonly string[]): NotebookCompiler {
  const { createCompiler, bodyOf } = load();
  const compiler = createCompiler();

  async function compile(file: NotebookFile): Promise<BuiltNotebook> {
    let declarations = '';
    const all: (Omit<BuiltCell, 'body' | 'start' | 'restsOn'> & { text: string; knobs: string[] })[] = [];
    const imports = new Set<string>();
    const known = new Map<string, string>();
    for (const cell of file.notebook.cells) {
      if (cell.cell_type !== 'code') continue;
      const source = joined(cell.source);
      const compiled = compiler.compile(source, declarations);
      const [fault] = compiled.diagnostics;
      if (fault) throw new Error(`Cannot compile ${file.name}, cell '${cell.id}': ${fault.messageText}`);
      declarations = compiled.declarations;
      const knobs = hasTag(cell, 'parameters') ? parseKnobs(source) : [];
      const { text: plain, names } = bodyOf(compiled);
      const text = withKnobs(plain, knobs, `${file.name}, cell '${cell.id}'`);
      if ((known.get(source) ?? text) !== text)
        throw new Error(
          `Cannot compile ${file.name}, cell '${cell.id}': an earlier cell has the same source`,
        );
      known.set(source, text);
      for (const id of compiled.imports) imports.add(id);
      const { form, lastExpression } = compiled;
      all.push({
        id: cell.id,
        source,
        form,
        names: names.filter((name) => name !== lastExpression),
        imports: compiled.imports,
        lastExpression,
        lines: linesOf(compiled.code, compiled.locate),
        text,
        knobs: knobs.map(({ name }) => name),
      });
    }
    const bodies = all.map(({ id, source, text, knobs }) => ({ id, source, body: text, knobs }));
    const { computations, stored, restsOn, ...rest } = await findExperiments(file.name, bodies, backends);
    let module = 'export const cells = [\n';
    for (const [place, { text, knobs, ...cell }] of all.entries()) {
      const start = module.split('\n').length + 1;
      // In a list it gets no name, which an error would tell.
      module += `{ ...${JSON.stringify({ ...cell, restsOn: restsOn[place], start })}, body:\n[${text}][0] },\n`;
    }
    module += `];\nexport const computations = ${JSON.stringify(computations)};\n`;
    module += `export const stored = ${JSON.stringify(stored)};\n`;
    return { module, imports: [...imports], stored: Object.values(stored), ...rest };
  }

  return { compile, close: () => compiler.close() };
}

/** The code of a cell, with the value that the reader gives a knob in the place of its own. */
function withKnobs(code: string, knobs: readonly Knob[], place: string): string {
  let changed = code;
  for (const { name } of knobs) {
    const line = new RegExp(`^(\\s*const ${name} = )(.+?)(;\\s*(?://.*)?)$`, 'm');
    if (!line.test(changed))
      throw new Error(`Cannot compile ${place}: the knob '${name}' is not in its code`);
    changed = changed.replace(
      line,
      (_, before, value, after) => `${before}(globalThis.__knobs__?.${name} ?? ${value})${after}`,
    );
  }
  return changed;
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
