import type { NotebookFile } from '../../tools/notebooks/notebook-file';

/** A notebook of a few cells of code, each with its id; the cell with the id `knobs` has the notebook's knobs. */
export function notebookOf(
  name: string,
  cells: readonly (readonly [id: string, source: string])[],
): NotebookFile {
  return {
    file: `${name}.ipynb`,
    name,
    notebook: {
      cells: cells.map(([id, source]) => ({
        cell_type: 'code',
        id,
        metadata: id === 'knobs' ? { tags: ['parameters'] } : {},
        source,
        outputs: [],
        execution_count: null,
      })),
      metadata: { kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' } },
      nbformat: 4,
      nbformat_minor: 5,
    },
  };
}
