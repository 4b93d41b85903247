/** A notebook with other values of its knobs, and a list of those that it has. */
import {
  type Knob,
  type KnobValue,
  misfit,
  rangeWarning,
  readLiteral,
  typeOf,
  writeValue,
} from '../../lib/surroundings';
import { type Cell, hasTag, joined, knobsOf, type NotebookFile } from './notebook-file';

/** A notebook with other values of its knobs. */
export interface Parametrised {
  file: NotebookFile;
  /** one sentence for each value outside its stated range */
  warnings: string[];
}

/**
 * Sets knobs of a notebook as papermill does: a cell tagged `injected-parameters` right after the one
 * tagged `parameters`.
 *
 * @param file - never changed
 * @param settings - `name=value`, as the command line gives them; of two for one knob the last counts
 * @returns a copy with the injected cell
 * @throws Error, with the list of knobs, if a name is unknown or a value does not fit
 */
export function setKnobs(file: NotebookFile, settings: readonly string[]): Parametrised {
  if (settings.length === 0) return { file, warnings: [] };
  const knobs = knobsOf(file);
  const chosen = new Map<string, [Knob, KnobValue]>();
  // The last one counts, as in papermill.
  for (const setting of settings) {
    const [knob, value] = readSetting(file.name, knobs, setting);
    chosen.set(knob.name, [knob, value]);
  }
  const values = [...chosen.values()];
  const warnings = values.flatMap(([knob, value]) => rangeWarning(knob, value) ?? []);
  const source = values.map(([knob, value]) => {
    const type = knob.type ? `: ${knob.type}` : '';
    const comment = knob.range ? ` // ${knob.range}: ${knob.description}` : '';
    return `const ${knob.name}${type} = ${writeValue(value)};${comment}`;
  });
  const cells = file.notebook.cells.filter((cell) => !hasTag(cell, 'injected-parameters'));
  const at = cells.findIndex((cell) => hasTag(cell, 'parameters'));
  if (/^\s*knobs\(/m.test(joined(cells[at].source))) {
    source.push(`knobs({ ${[...chosen.keys()].join(', ')} });`);
  }
  const injected: Cell = {
    cell_type: 'code',
    id: 'injected-parameters',
    metadata: { tags: ['injected-parameters'] },
    source: source.join('\n'),
    outputs: [],
    execution_count: null,
  };
  const notebook = {
    ...file.notebook,
    cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)],
  };
  return { file: { ...file, notebook }, warnings };
}

function readSetting(name: string, knobs: Knob[], setting: string): [Knob, KnobValue] {
  const equals = setting.indexOf('=');
  const wanted = equals < 0 ? setting : setting.slice(0, equals).trim();
  const text = setting.slice(equals + 1).trim();
  const refuse = (why: string) =>
    new Error(`Cannot set ${setting} in ${name}: ${why}. Its knobs are:\n${listKnobs(knobs)}`);
  if (equals < 0) throw refuse('write it as name=value');
  const knob = knobs.find((candidate) => candidate.name === wanted);
  if (!knob) throw refuse(`it has no knob '${wanted}'`);
  const value = readValue(knob, text);
  if (value === undefined) throw refuse(`${wanted} must be a ${typeOf(knob.value)}`);
  const broken = misfit(knob, value);
  if (broken) throw refuse(`${wanted} ${broken}`);
  return [knob, value];
}

function readValue(knob: Knob, text: string): KnobValue | undefined {
  if (typeof knob.value === 'string') {
    const literal = readLiteral(text);
    return typeof literal === 'string' ? literal : text;
  }
  const list = Array.isArray(knob.value) && !text.startsWith('[') ? `[${text}]` : text;
  return readLiteral(list);
}

/** @returns one line a knob: name, value, range, what it does */
export function listKnobs(knobs: readonly Knob[]): string {
  if (knobs.length === 0) return '  (none)';
  const left = knobs.map((knob) => `  ${knob.name} = ${writeValue(knob.value)}`);
  const width = Math.max(...left.map((text) => text.length));
  return knobs
    .map((knob, index) =>
      [left[index].padEnd(width), knob.range && `(${knob.range})`, knob.description]
        .filter(Boolean)
        .join('  '),
    )
    .join('\n');
}
