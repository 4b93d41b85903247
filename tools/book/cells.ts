/** Compiles the cells of a notebook with the kernel's own compiler, for a page to run. */
import { type Knob, parseKnobs } from '../../lib/surroundings';
import { hashOfFiles } from '../hashes';
import { type Cell, codeCells, hasTag, joined, type NotebookFile } from '../notebooks/notebook-file';
import { whereProgramsPart } from '../translate/code-texts';
import { languageOf, nameInBook } from './editions';
import { type CellText, findExperiments } from './experiments';
import { type BuiltCell, linesOf } from './page/built-cells';
import { original as originalLanguage } from './page/edition';
import type { StoredResult } from './page/marks';
import { Remembered } from './remembered';

const load = () => ({
  ...(require('../../kernel/tslab') as typeof import('../../kernel/tslab')),
  ...(require('../../kernel/core/variables') as typeof import('../../kernel/core/variables')),
});

/** What the compiled form of cells follows from, besides them. */
const program = [
  'kernel',
  'lib',
  'package-lock.json',
  'tools/book/cells.ts',
  'tools/book/page/built-cells.ts',
];

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
  /** for each cell what those after it may refer to */
  declarations: string[];
}

/** A cell as the compiler gives it. */
interface Compiled extends Pick<BuiltCell, 'names' | 'form' | 'imports' | 'lastExpression' | 'lines'> {
  /** its code, as a function */
  plain: string;
  /** what the cells up to it declare */
  declarations: string;
}

/** What compiles notebooks one after the other. */
export interface NotebookCompiler {
  /** @throws Error that names the notebook and the cell, if it does not compile */
  compile(file: NotebookFile): Promise<BuiltNotebook>;
  /** Compiles its cells and keeps them for the next who asks. @throws as `compile` does */
  prepare(file: NotebookFile): void;
  close(): void;
}

/** What the compiler answers follows from the cells and from what they import. */
const keptCells = () => new Remembered<Compiled[]>('cells', hashOfFiles(program));

const sourcesOf = (cells: readonly Cell[]) => cells.map((cell) => joined(cell.source));

/** @returns those whose cells no earlier build has compiled */
export function notCompiled(files: readonly NotebookFile[]): NotebookFile[] {
  const kept = keptCells();
  return files.filter((file) => kept.recall(sourcesOf(codeCells(file.notebook))) === undefined);
}

/**
 * @param backends - what may compute in a page, as `experiment` calls it: `none`, `wasm 4.22.0`
 * @returns a compiler; the process must stand in the project's folder, from where cells import
 */
export function notebookCompiler(backends: readonly string[]): NotebookCompiler {
  const { createCompiler, bodyOf } = load();
  const compiler = createCompiler();
  const kept = keptCells();
  /** the cells of English notebooks, by name: an edition's experiments have their results */
  const originals = new Map<string, CellText[]>();

  async function compile(file: NotebookFile): Promise<BuiltNotebook> {
    const all: (Omit<BuiltCell, 'body' | 'start' | 'restsOn'> & { text: string; knobs: string[] })[] = [];
    const imports = new Set<string>();
    const known = new Map<string, string>();
    const code = codeCells(file.notebook);
    const sources = sourcesOf(code);
    const compiled = kept.recall(sources) ?? prepare(file);
    const declarations = compiled.map((cell) => cell.declarations);
    for (const [place, cell] of code.entries()) {
      const source = sources[place];
      const { plain, names, form, lastExpression, lines, imports: own } = compiled[place];
      const knobs = hasTag(cell, 'parameters') ? parseKnobs(source) : [];
      const text = withKnobs(plain, knobs, `${file.name}, cell '${cell.id}'`);
      if ((known.get(source) ?? text) !== text)
        throw new Error(
          `Cannot compile ${file.name}, cell '${cell.id}': an earlier cell has the same source`,
        );
      known.set(source, text);
      for (const id of own) imports.add(id);
      all.push({
        id: cell.id,
        source,
        form,
        names: names.filter((name) => name !== lastExpression),
        imports: own,
        lastExpression,
        lines,
        text,
        knobs: knobs.map(({ name }) => name),
      });
    }
    const bodies = all.map(({ id, source, text, knobs }) => ({ id, source, body: text, knobs }));
    if (languageOf(file) === originalLanguage) originals.set(file.name, bodies);
    const original = likeIn(originals.get(file.name), bodies);
    const experiments = await findExperiments(nameInBook(file), bodies, backends, original);
    const { computations, stored, restsOn, usesDigits, ...rest } = experiments;
    let module = 'export const cells = [\n';
    for (const [place, { text, knobs, ...cell }] of all.entries()) {
      const start = module.split('\n').length + 1;
      // In a list it gets no name, which an error would tell.
      const facts = { ...cell, restsOn: restsOn[place], usesDigits: usesDigits[place] || undefined, start };
      module += `{ ...${JSON.stringify(facts)}, body:\n[${text}][0] },\n`;
    }
    module += `];\nexport const computations = ${JSON.stringify(computations)};\n`;
    module += `export const stored = ${JSON.stringify(stored)};\n`;
    return { module, imports: [...imports], stored: Object.values(stored), declarations, ...rest };
  }

  function prepare(file: NotebookFile): Compiled[] {
    const code = codeCells(file.notebook);
    return kept.remember(sourcesOf(code), compileAll(file.name, code));
  }

  /** Compiles cells, each after those before it. */
  function compileAll(name: string, cells: readonly Cell[]): Compiled[] {
    let declarations = '';
    return cells.map((cell) => {
      const compiled = compiler.compile(joined(cell.source), declarations);
      const [fault] = compiled.diagnostics;
      if (fault) throw new Error(`Cannot compile ${name}, cell '${cell.id}': ${fault.messageText}`);
      const { code, locate, form, imports, lastExpression } = compiled;
      const { text: plain, names } = bodyOf(compiled);
      declarations = compiled.declarations;
      return { plain, names, form, imports, lastExpression, declarations, lines: linesOf(code, locate) };
    });
  }

  return { compile, prepare, close: () => compiler.close() };
}

/** @returns the cells of the English notebook, if those of a translation are the same program */
function likeIn(
  english: readonly CellText[] | undefined,
  cells: readonly CellText[],
): readonly CellText[] | undefined {
  if (!english || english === cells || english.length !== cells.length) return undefined;
  const alike = cells.every(
    ({ id, source }, place) =>
      id === english[place].id && whereProgramsPart(english[place].source, source) === undefined,
  );
  return alike ? english : undefined;
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
