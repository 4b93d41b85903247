/** In the worker that runs cells: those that the reader has changed, beside those that came with the page. */
import { type BuiltCell, stackByCells } from '../built-cells';
import { markOf } from '../marks';
import type { EditedCell, Prepared } from './messages';

/** Changed cells by where their code came from, and what is known of the one that runs. */
export class EditedCells {
  private readonly byAddress = new Map<string, BuiltCell>();
  /** by id: what the cells above the latest one hold now */
  private readonly sources = new Map<string, string>();
  private prepared: Prepared | undefined;
  /** the cell that is about to run, if it has been changed */
  running: BuiltCell | undefined;

  /** @returns whether the cell that runs, or one above it, has been changed */
  get isChanged(): boolean {
    return this.prepared !== undefined;
  }

  /** @param cell - as it came with the page @param prepared - how it is to run now */
  async begin(cell: BuiltCell, prepared: Prepared | undefined): Promise<BuiltCell> {
    this.prepared = prepared;
    this.running = prepared?.edited && (await this.load(prepared.edited));
    const current = this.running ?? cell;
    this.sources.set(cell.id, current.source);
    return current;
  }

  /** Text becomes a function as a module of its own: so no page needs a policy that lets text be run by `eval`. */
  private async load({ text, ...cell }: EditedCell): Promise<BuiltCell> {
    const start = 2;
    if (cell.diagnostics.length > 0) return { ...cell, start, body: () => undefined };
    // In a list it gets no name, which an error would tell.
    const module = `export default\n[${text}][0];\n`;
    const address = URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
    try {
      const { default: body } = await import(address);
      const loaded = { ...cell, start, body };
      this.byAddress.set(address, loaded);
      return loaded;
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** An error's stack with the places in changed cells. */
  stack(stack: string, nameOf: (id: string) => string): string {
    let named = stack;
    for (const [address, cell] of this.byAddress) named = stackByCells(named, address, [cell], nameOf);
    return named;
  }

  /**
   * The definitions that a computation uses, where cells have been changed.
   *
   * @param compute - its text
   * @param cells - as they came with the page
   * @returns `undefined` where they are those that the build knows
   */
  definitions(compute: string, cells: readonly BuiltCell[]): string[] | undefined {
    if (!this.prepared) return undefined;
    const known = this.prepared.definitions[markOf(compute)];
    if (known === true) return undefined;
    // Of a computation that nobody has seen before it runs, all cells count.
    return known ?? cells.map(({ id, source }) => this.sources.get(id) ?? source);
  }
}
