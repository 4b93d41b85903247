/** Compiles the cells that a reader has changed, and those after them whose names or types that changes. */
import { type BuiltCell, linesOf } from '../built-cells';
import { type Call, callsIn, namesIn } from '../calls';
import { markOf } from '../marks';
import type { Completion, Definitions, EditedCell, Edits, Fault, Prepared } from './messages';

type Compiler = ReturnType<typeof import('../../../../kernel/core/compiler').createCompilerOf>;
type CompiledCell = ReturnType<Compiler['compile']>;
type CellDefinitions = Compiler['definitions'];

/** What it is made of. */
export interface Parts {
  compiler: Pick<Compiler, 'compile' | 'complete' | 'inspect'>;
  /** the compiler's own TypeScript */
  ts: unknown;
  createDefinitions(): CellDefinitions;
  bodyOf(compiled: CompiledCell): { text: string; names: string[] };
}

/** What the build knows of the notebook. */
export interface BuiltNotebook {
  cells: readonly BuiltCell[];
  /** for each cell what those after it may refer to */
  declarations: readonly string[];
  /** the marks of the computations that `experiment` is given */
  marks: ReadonlySet<string>;
}

/** A cell in the notebook as it stands. */
interface Step {
  built: BuiltCell;
  source: string;
  /** absent where the cell is as it was built, and knows what it then knew */
  compiled?: CompiledCell;
  /** as it runs */
  text: string;
}

/** Compiles in the order of the page: each cell sees the declarations of those above it. */
export class NotebookCompiler {
  /** by the cell's place: what it was compiled from last, and to */
  private readonly latest = new Map<number, { source: string; before: string; compiled: CompiledCell }>();

  constructor(
    private readonly parts: Parts,
    private readonly notebook: BuiltNotebook,
  ) {}

  /**
   * How a cell is to run.
   *
   * @param id - the cell's
   * @param edits - what the reader has changed
   * @throws Error if there is no such cell
   */
  prepare(id: string, edits: Edits): Prepared {
    const steps = this.steps(this.placeOf(id), edits).steps;
    const { compiled, built, source } = steps[steps.length - 1];
    const edited = compiled && this.asEdited(built.id, source, compiled);
    const { definitions, restsOn } = this.experiments(steps);
    return { edited: edited && { ...edited, restsOn }, definitions };
  }

  /** What the compiler complains of in a cell. */
  check(id: string, edits: Edits): Fault[] {
    return this.steps(this.placeOf(id), edits).steps.at(-1)?.compiled?.diagnostics ?? [];
  }

  complete(id: string, edits: Edits, offset: number): Completion | undefined {
    const { source, declarations } = this.before(id, edits);
    return this.parts.compiler.complete(source, offset, declarations) as Completion | undefined;
  }

  inspect(id: string, edits: Edits, offset: number): string | undefined {
    const { source, declarations } = this.before(id, edits);
    return this.parts.compiler.inspect(source, offset, declarations);
  }

  private before(id: string, edits: Edits): { source: string; declarations: string } {
    const place = this.placeOf(id);
    const { declarations } = this.steps(place - 1, edits);
    return { source: sourceOf(this.notebook.cells[place], edits), declarations };
  }

  private placeOf(id: string): number {
    const place = this.notebook.cells.findIndex((cell) => cell.id === id);
    if (place < 0) throw new Error(`Cannot compile the cell '${id}': it did not come with the page`);
    return place;
  }

  /** The cells down to a place, and what the next one may refer to. */
  private steps(last: number, edits: Edits): { steps: Step[]; declarations: string } {
    let declarations = '';
    const steps = this.notebook.cells.slice(0, last + 1).map((built, place) => {
      const source = sourceOf(built, edits);
      const known = place === 0 ? '' : this.notebook.declarations[place - 1];
      if (source === built.source && declarations === known) {
        declarations = this.notebook.declarations[place];
        return { built, source, text: `(${built.body.toString()})` };
      }
      const compiled = this.compile(place, source, declarations);
      // What a cell with a fault declares, nobody knows.
      if (compiled.diagnostics.length === 0) declarations = compiled.declarations;
      const text = compiled.diagnostics.length === 0 ? this.parts.bodyOf(compiled).text : '';
      return { built, source, compiled, text };
    });
    return { steps, declarations };
  }

  private compile(place: number, source: string, before: string): CompiledCell {
    const known = this.latest.get(place);
    if (known?.source === source && known.before === before) return known.compiled;
    const compiled = this.parts.compiler.compile(source, before);
    this.latest.set(place, { source, before, compiled });
    return compiled;
  }

  private asEdited(id: string, source: string, compiled: CompiledCell): Omit<EditedCell, 'restsOn'> {
    const { code, form, imports, lastExpression, diagnostics } = compiled;
    if (diagnostics.length > 0)
      return { id, source, diagnostics, text: '', form, names: [], imports: [], lines: [] };
    const { text, names } = this.parts.bodyOf(compiled);
    return {
      id,
      source,
      diagnostics,
      text,
      form,
      names: names.filter((name) => name !== lastExpression),
      imports,
      lastExpression,
      lines: linesOf(code, compiled.locate),
    };
  }

  /** What the experiments down to a cell use, and which of them the last cell's code rests on. */
  private experiments(steps: readonly Step[]): { definitions: Definitions; restsOn: string[] } {
    const [now, then] = [this.parts.createDefinitions(), this.parts.createDefinitions()];
    const functions = new Map<string, string>();
    const calls: Call[] = [];
    for (const { built, source, text } of steps) {
      now.add(source);
      then.add(built.source);
      calls.push(...callsIn(this.parts.ts, text, functions));
    }
    const definitions: Definitions = {};
    for (const { compute } of calls) {
      const mark = markOf(compute);
      const used = now.usedBy(compute);
      const same = this.notebook.marks.has(mark) && String(used) === String(then.usedBy(compute));
      definitions[mark] = same || used;
    }
    const { source } = steps[steps.length - 1];
    const behind = [source, ...now.usedBy(`async () => {${source}}`)];
    return { definitions, restsOn: [...new Set(behind.flatMap(namesIn))] };
  }
}

const sourceOf = ({ id, source }: BuiltCell, edits: Edits) => edits[id] ?? source;
