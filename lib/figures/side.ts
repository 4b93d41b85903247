/** Figures beside each other. */
import { requireCount } from '../base/checks';
import { plot } from './plot';
import type { Fields, Figure, FigureOptions } from './theme';

/** Options of {@link sideBySide}. */
export interface SideBySideOptions extends FigureOptions {
  /** all vertical axes show the same range, and only the first is labelled */
  shareY?: boolean;
}

/**
 * Figures beside each other, each under its own title; what has the same name shares one entry of
 * the legend. Only figures with axes, without frames: put a slider around the whole instead.
 *
 * @throws RangeError if fewer than two figures are given or one has frames
 * @example
 * sideBySide([pathsOf('GD'), pathsOf('SGD')], { title: 'Both reach the minimum, one with noise' });
 */
export function sideBySide(figures: Figure[], options: SideBySideOptions): Figure {
  requireCount('figures', figures.length, 'put figures side by side', 2);
  if (figures.some(({ frames }) => frames)) {
    throw new RangeError('Cannot put figures side by side: one has frames; slide the whole instead');
  }
  const { shareY = false, width = 920, height = 420 } = options;
  const gap = shareY ? 0.05 : 0.11;
  const span = (1 - gap * (figures.length - 1)) / figures.length;
  const panels = figures.map((figure, index): Panel => {
    const suffix = index === 0 ? '' : String(index + 1);
    return { ...figure, suffix, left: index * (span + gap), span };
  });
  const names = new Set<unknown>();
  const marks = panels.flatMap((panel, index) => marksOf(panel, names, index === panels.length - 1));
  const layouts = figures.map(({ layout }) => layout);
  const [{ hovermode, barmode }] = layouts;
  const fields = {
    ...Object.assign({}, ...panels.map((panel) => axesOf(panel, shareY))),
    ...(layouts.every((layout) => layout.hovermode === hovermode) && { hovermode }),
    annotations: panels.flatMap((panel) => [titleOf(panel), ...moved(panel.layout.annotations, panel)]),
    shapes: panels.flatMap((panel) => moved(panel.layout.shapes, panel)),
    barmode,
  };
  return plot(marks, { ...options, width, height }, fields, {
    legend: layouts.some(({ showlegend }) => showlegend),
    margin: marks.some((mark) => 'colorbar' in mark) ? { r: 84 } : {},
    heading: 26,
  });
}

/** One of the figures, and the strip of the whole in which it stands. */
interface Panel extends Figure {
  /** what follows the names of its axes: nothing, 2, 3, … */
  suffix: string;
  /** where it begins, 0 … 1 */
  left: number;
  /** how wide it is, 0 … 1 */
  span: number;
}

function axesOf({ suffix, left, span, layout }: Panel, shareY: boolean): Fields {
  const follows = shareY && suffix !== '';
  return {
    [`xaxis${suffix}`]: { ...layout.xaxis, domain: [left, left + span], anchor: `y${suffix}` },
    [`yaxis${suffix}`]: {
      ...layout.yaxis,
      anchor: `x${suffix}`,
      ...(layout.yaxis?.scaleanchor && { scaleanchor: `x${suffix}` }),
      ...(follows && { matches: 'y', showticklabels: false, title: { text: '' } }),
    },
  };
}

function titleOf({ left, span, layout }: Panel): Fields {
  return {
    text: (layout.title as { text: string }).text,
    xref: 'paper',
    yref: 'paper',
    x: left + span / 2,
    y: 1,
    xanchor: 'center',
    yanchor: 'bottom',
    yshift: 4,
    showarrow: false,
    font: { size: 15 },
  };
}

/** The marks of a panel on its axes; a name that stands in the legend already is not repeated. */
function marksOf({ suffix, data }: Panel, names: Set<unknown>, isLast: boolean): Fields[] {
  return data.map((mark) => {
    const { name, showlegend } = mark as Fields;
    const repeated = names.has(name);
    if (name !== undefined && showlegend !== false) names.add(name);
    return {
      ...mark,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      ...(name !== undefined && { legendgroup: name }),
      ...(repeated && { showlegend: false }),
      ...('colorbar' in mark && !isLast && { showscale: false }),
    };
  });
}

/** Annotations or shapes of one figure, at its place among the others. */
function moved(items: object[] = [], { suffix, left, span }: Panel): Fields[] {
  return items.map((fields) => {
    const item = fields as Fields;
    const { xref = 'x', yref = 'y' } = item;
    const ends = ['x', 'x0', 'x1'].filter((end) => xref === 'paper' && typeof item[end] === 'number');
    return {
      ...item,
      ...Object.fromEntries(ends.map((end) => [end, left + span * Number(item[end])])),
      ...(xref !== 'paper' && { xref: `x${suffix}` }),
      ...(yref !== 'paper' && { yref: `y${suffix}` }),
    };
  });
}
