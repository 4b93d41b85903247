/** The two figures of a sweep: its trials as lines across the knobs, and the mean over two knobs as colours. */
import { type Figure, heatmapFigure, lineFigure } from '../../lib/figures';
import { type Row, variedKnobs } from './results';

/** A scale of a knob or of the measure: where a value stands between the least, 0, and the greatest, 1. */
interface Scale {
  name: string;
  at(value: string | number): number;
  /** values to write beside the axis, the least first */
  marks: string[];
}

/** Spread over more than this, positive numbers stand by their logarithms. */
const wide = 20;

function scaleOf(name: string, values: readonly (string | number)[]): Scale {
  const distinct = [...new Set(values.map(String))];
  const numbers = distinct.map(Number);
  if (!distinct.every((text, at) => text.trim() !== '' && Number.isFinite(numbers[at]))) {
    const place = new Map(distinct.map((text, at) => [text, at / Math.max(1, distinct.length - 1)]));
    return { name, at: (value) => place.get(String(value)) ?? Number.NaN, marks: distinct };
  }
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const shape = low > 0 && high / low > wide ? Math.log : (value: number) => value;
  const at = (value: string | number) =>
    high > low ? (shape(Number(value)) - shape(low)) / (shape(high) - shape(low)) : 0.5;
  return { name, at, marks: sorted.length <= 8 ? sorted.map(String) : [low, high].map(String) };
}

/** What was measured has other values in each trial: only the ends are written. */
const extremesOf = (scale: Scale): Scale => ({
  ...scale,
  marks: [...new Set([scale.marks[0], scale.marks[scale.marks.length - 1]])],
});

const short = (text: string, digits = 3) => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return String(Number(number.toPrecision(digits)));
  return text.length > 14 ? `${text.slice(0, 13)}…` : text;
};

/**
 * Parallel coordinates: each trial is a line that crosses an axis for each knob that varies, then that of the measure. The
 * best fifth stands out.
 *
 * @param rows - at least one of them done, with the measure
 * @param measure - the figure that is compared
 * @param more - whether more of it is better
 */
export function parallelFigure(rows: readonly Row[], measure: string, more: boolean): Figure {
  const done = doneRows(rows, measure);
  const knobs = variedKnobs(done);
  const scales = [
    ...knobs.map((name) =>
      scaleOf(
        name,
        done.map(({ setting }) => setting[name]),
      ),
    ),
    extremesOf(
      scaleOf(
        measure,
        done.map((row) => measured(row, measure)),
      ),
    ),
  ];
  const best = [...done].sort((a, b) => (more ? -1 : 1) * (measured(a, measure) - measured(b, measure)));
  const fifth = Math.max(1, Math.round(best.length / 5));
  const lines = (group: readonly Row[]) => {
    const places = group.map((row) =>
      scales.map((scale, at) =>
        scale.at(at < knobs.length ? row.setting[scale.name] : measured(row, measure)),
      ),
    );
    // A gap after each trial.
    return {
      x: places.flatMap((place) => [...place.keys(), place.length - 1]),
      y: places.flatMap((place) => [...place, Number.NaN]),
    };
  };
  const marks = scales.flatMap((scale, x) =>
    scale.marks.map((text) => ({ x, y: scale.at(text), text: short(text) })),
  );
  const others = best.slice(fifth);
  return lineFigure({
    title: `${done.length} trials, and what the best fifth of them have in common`,
    width: Math.max(640, 150 * scales.length),
    xAxis: {
      title: 'knob, and at the right what was measured',
      range: [-0.2, scales.length - 0.4],
      ticks: { values: [...scales.keys()], labels: scales.map(({ name }) => short(name)) },
    },
    yAxis: {
      title: 'from least to greatest',
      range: [-0.06, 1.06],
      ticks: { values: [0, 1], labels: ['', ''] },
    },
    series: [
      ...(others.length > 0
        ? [{ name: 'the others', ...lines(others), color: 'grey' as const, style: 'reference' as const }]
        : []),
      { name: 'best fifth', ...lines(best.slice(0, fifth)), color: 'vermillion' as const },
      {
        ...{ name: 'values', x: marks.map(({ x }) => x), y: marks.map(({ y }) => y) },
        ...{ style: 'points' as const, color: 'blue' as const },
        labels: marks.map(({ text }) => ({ text })),
      },
    ],
  });
}

/** At most so many columns or rows, where a knob has more values. */
const bins = 8;

/**
 * The mean of the measure over all trials that share the values of two knobs; of one knob, if only one varies, by seed.
 *
 * @param across - the two knobs; the first two that vary unless told
 */
export function heatFigure(
  rows: readonly Row[],
  measure: string,
  across: readonly string[] = variedKnobs(doneRows(rows, measure)).slice(0, 2),
): Figure {
  const done = doneRows(rows, measure);
  const [first = 'seed', second = 'seed'] = across;
  const [columns, lines] = [first, second].map((name) => groupsOf(done, name));
  const values = lines.map(({ has: inLine }) =>
    columns.map(({ has: inColumn }) => {
      const cell = done.filter((row) => inLine(row) && inColumn(row)).map((row) => measured(row, measure));
      return cell.length > 0 ? cell.reduce((sum, value) => sum + value, 0) / cell.length : Number.NaN;
    }),
  );
  return heatmapFigure({
    title: `Mean ${measure} by ${first}${second === first ? '' : ` and ${second}`}`,
    ...{ xAxis: first, yAxis: second, values, valueName: measure },
    columnLabels: columns.map(({ label }) => label),
    rowLabels: lines.map(({ label }) => label),
    decimals: decimalsFor(values.flat()),
  });
}

const doneRows = (rows: readonly Row[], measure: string) =>
  rows.filter(({ status, figures }) => status === 'done' && typeof figures[measure] === 'number');

const measured = ({ figures }: Row, measure: string) => figures[measure] as number;

const knobOf = ({ setting, seed }: Row, name: string) => setting[name] ?? String(seed ?? 1);

/** The values of a knob, or spans of them where there are many, with who has them. */
function groupsOf(rows: readonly Row[], name: string): { label: string; has(row: Row): boolean }[] {
  const values = [...new Set(rows.map((row) => knobOf(row, name)))];
  const scale = scaleOf(name, values);
  const sorted = values.sort((a, b) => scale.at(a) - scale.at(b));
  if (sorted.length <= bins) {
    return sorted.map((value) => ({ label: short(value), has: (row) => knobOf(row, name) === value }));
  }
  const binOf = (value: string) => Math.min(bins - 1, Math.floor(scale.at(value) * bins));
  return Array.from({ length: bins }, (_, bin) => {
    const inside = sorted.filter((value) => binOf(value) === bin);
    const [low, high] = [inside[0], inside[inside.length - 1]].map((value) => short(value ?? '', 2));
    const label = inside.length === 0 ? '' : low === high ? low : `${low} … ${high}`;
    return { label, has: (row: Row) => binOf(knobOf(row, name)) === bin };
  }).filter(({ label }) => label !== '');
}

/** Enough to tell the cells apart. */
function decimalsFor(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  const spread = Math.max(...finite) - Math.min(...finite);
  return spread > 0 ? Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(spread)))) : 3;
}
