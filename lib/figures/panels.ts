/** A whole figure as one panel of a larger one: its marks, axes and notes, put into a box and told apart by name. */
import { breakLines, onOneLine } from './text';
import type { Fields, Figure } from './theme';

/** A figure, and its place among the others. */
export interface Panel {
  figure: Figure;
  /** how many panels come before it */
  index: number;
  /** where it begins and ends, in shares of the larger figure's plot, from the left and from the bottom */
  x: [number, number];
  y: [number, number];
  /** the size of its plot, as a share of what the figure has alone */
  scale: number;
  /** whether its colours mean other values than those of the other panels */
  ownColors: boolean;
  /** the width and the height of its plot, in pixels */
  size: { x: number; y: number };
  /** whether its horizontal and its vertical axes have no name: a neighbour's says it */
  unnamed: { x: boolean; y: boolean };
  /** whether they have no numbers either */
  unnumbered: { x: boolean; y: boolean };
}

type Letter = 'x' | 'y';

const axisKey = /^([xy])axis(\d*)$/;
const axisName = /^([xy])(\d*)( domain)?$/;

/** A share of the figure's plot as a share of the larger one's. */
function placed(panel: Panel, letter: Letter, share: number): number {
  const [from, to] = panel[letter];
  return from + share * (to - from);
}

/** What an axis of the figure, `x2`, is called in the larger one, where each panel has its own; other words stay. */
function renamed({ figure, index }: Panel, name: unknown): unknown {
  const [, letter, number, domain = ''] = axisName.exec(String(name)) ?? [];
  if (!letter) return name;
  const each = Math.max(1, ...Object.keys(figure.layout).map((key) => Number(axisKey.exec(key)?.[2] || 1)));
  const whole = index * each + Number(number || 1);
  return `${letter}${whole === 1 ? '' : whole}${domain}`;
}

/** What the panel's scale of colours is called in the larger figure. */
const colorsOf = ({ index }: Panel) => `coloraxis${index === 0 ? '' : index + 1}`;

/** The panel's axes, and its scale of colours if it has its own, as fields of a layout. */
export function axesOf(panel: Panel): Fields {
  const layout = { xaxis: {}, yaxis: {}, ...panel.figure.layout } as unknown as Record<string, Fields>;
  const axes = Object.keys(layout).flatMap((key) => {
    const [, letter, number] = axisKey.exec(key) ?? [];
    return letter ? [axisOf(panel, letter as Letter, number, layout)] : [];
  });
  const colors = panel.ownColors && layout.coloraxis;
  return {
    ...Object.fromEntries(axes),
    // One bar beside all panels would be right for one of them alone.
    ...(colors && { [colorsOf(panel)]: { ...colors, showscale: false } }),
  };
}

function axisOf(
  panel: Panel,
  letter: Letter,
  number: string,
  layout: Record<string, Fields>,
): [string, Fields] {
  const { domain = [0, 1], ...axis } = layout[`${letter}axis${number}`];
  const [from, to] = domain as number[];
  const other = letter === 'x' ? 'y' : 'x';
  const anchor = axis.anchor ?? (layout[`${other}axis${number}`] ? `${other}${number}` : other);
  const names = Object.entries({ ...axis, anchor }).filter(([field]) =>
    ['anchor', 'matches', 'overlaying', 'scaleanchor'].includes(field),
  );
  // Between plots side by side there is little room in a panel.
  const across = layout[`xaxis${number}`]?.domain as number[] | undefined;
  const inner = letter === 'y' && across !== undefined && across[0] > 0;
  const key = String(renamed(panel, letter + number)).replace(letter, `${letter}axis`);
  const fields = {
    ...axis,
    ...Object.fromEntries(names.map(([field, name]) => [field, renamed(panel, name)])),
    domain: [placed(panel, letter, from), placed(panel, letter, to)],
    title: {
      ...titleOf(axis.title as AxisTitle, panel.size[letter] * (to - from)),
      ...(inner && { standoff: 0 }),
    },
    tickfont: { size: inner ? 10 : 12, ...(axis.tickfont as Fields) },
    ...(panel.unnamed[letter] && { title: { text: '' } }),
    ...(panel.unnumbered[letter] && { showticklabels: false }),
  };
  return [key, fields];
}

type AxisTitle = string | { text?: string; font?: Fields } | undefined;

/** An axis's name in lines no longer than the axis, in pixels. */
function titleOf(title: AxisTitle, length: number): Fields {
  const { text = '', ...look } = typeof title === 'string' ? { text: title } : (title ?? {});
  const lines = breakLines(onOneLine(text), Math.max(12, length / 7));
  return { ...look, text: lines.join('<br>'), font: { size: 13, ...look.font } };
}

/**
 * The panel's marks on its axes, with points as small as its plot.
 *
 * @param named - the names that stand in the legend already; those of the panel are added
 * @param bar - whether its bars of colours are drawn
 */
export function marksOf(panel: Panel, named: Set<unknown>, bar: boolean): Fields[] {
  const smaller = Math.min(1, Math.max(0.6, panel.scale));
  return panel.figure.data.map((one) => {
    const mark = one as unknown as Fields & { marker?: Fields; textfont?: Fields };
    const { name, showlegend, marker, textfont } = mark;
    const repeated = name === undefined || named.has(name);
    if (!repeated && showlegend !== false) named.add(name);
    return {
      ...mark,
      xaxis: renamed(panel, mark.xaxis ?? 'x'),
      yaxis: renamed(panel, mark.yaxis ?? 'y'),
      ...('coloraxis' in mark && panel.ownColors && { coloraxis: colorsOf(panel) }),
      ...(repeated && { showlegend: false }),
      ...(typeof marker?.size === 'number' && { marker: { ...marker, size: marker.size * smaller } }),
      ...(typeof textfont?.size === 'number' && {
        textfont: { ...textfont, size: Math.max(9, textfont.size * smaller) },
      }),
      ...('colorbar' in mark && !bar && { showscale: false }),
    };
  });
}

/** The panel's annotations or shapes, at their places. */
export function notesOf(panel: Panel, kind: 'annotations' | 'shapes'): Fields[] {
  const notes = ((panel.figure.layout as unknown as Fields)[kind] ?? []) as Fields[];
  return notes.map((note) => {
    const moved = (['x', 'y'] as const).flatMap((letter) => {
      const whose = note[`${letter}ref`] ?? letter;
      if (whose !== 'paper') return [[`${letter}ref`, renamed(panel, whose)]];
      const ends = [letter, `${letter}0`, `${letter}1`].filter((end) => typeof note[end] === 'number');
      return ends.map((end) => [end, placed(panel, letter, Number(note[end]))]);
    });
    const arrows = ['axref', 'ayref'].filter((field) => field in note);
    return {
      ...note,
      ...Object.fromEntries(moved),
      ...Object.fromEntries(arrows.map((field) => [field, renamed(panel, note[field])])),
    };
  });
}
