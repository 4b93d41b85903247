/** Figures beside each other. */
import type { Plot } from 'nodeplotlib';
import { requireCount } from '../base/checks';
import { baseLayout } from './layout';
import { type Figure, type FigureOptions, trace } from './theme';

/** Options of {@link sideBySide}. */
export interface SideBySideOptions extends FigureOptions {
  /** all vertical axes show the same range, and only the first is labelled */
  shareY?: boolean;
}

type Fields = Record<string, unknown>;

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
  const panels = figures.map(({ data, layout }, index): Panel => {
    const suffix = index === 0 ? '' : String(index + 1);
    const fields = layout as unknown as Panel['layout'];
    return { suffix, left: index * (span + gap), span, data: data as Fields[], layout: fields };
  });
  const names = new Set<string>();
  const data = panels.flatMap((panel, index) => tracesOf(panel, names, index === panels.length - 1));
  const modes = [...new Set(figures.map(({ layout }) => layout.hovermode))];
  const named = figures.some(({ layout }) => layout.showlegend);
  const bars = data.some((one) => 'colorbar' in one);
  const base = baseLayout(
    { ...options, width, height },
    { legend: named ? [...names] : [], margin: bars ? { r: 84 } : {} },
  );
  const margin = { ...base.margin, t: (base.margin?.t ?? 0) + 26 };
  const plotHeight = height - margin.t - (margin.b ?? 0);
  return {
    data,
    layout: {
      ...base,
      ...(base.legend ? { legend: { ...base.legend, y: 1 + 30 / plotHeight } } : {}),
      ...Object.assign({}, ...panels.map((panel) => axesOf(panel, shareY))),
      ...(modes.length === 1 ? { hovermode: modes[0] } : {}),
      margin,
      annotations: panels.flatMap((panel) => [titleOf(panel), ...moved(panel.layout.annotations, panel)]),
      shapes: panels.flatMap((panel) => moved(panel.layout.shapes, panel)),
      ...(figures.some(({ layout }) => layout.barmode) ? { barmode: figures[0].layout.barmode } : {}),
    } as unknown as Figure['layout'],
  };
}

/** One of the figures, and the strip of the whole in which it stands. */
interface Panel {
  /** what follows the names of its axes: nothing, 2, 3, … */
  suffix: string;
  /** where it begins, 0 … 1 */
  left: number;
  /** how wide it is, 0 … 1 */
  span: number;
  data: Fields[];
  layout: {
    title: { text: string };
    xaxis: Fields;
    yaxis: Fields;
    annotations?: Fields[];
    shapes?: Fields[];
  };
}

function axesOf({ suffix, left, span, layout }: Panel, shareY: boolean): Fields {
  const follows = shareY && suffix !== '';
  return {
    [`xaxis${suffix}`]: {
      ...layout.xaxis,
      domain: [left, left + span],
      anchor: `y${suffix}`,
    },
    [`yaxis${suffix}`]: {
      ...layout.yaxis,
      anchor: `x${suffix}`,
      ...(follows ? { matches: 'y', showticklabels: false, title: { text: '' } } : {}),
    },
  };
}

function titleOf({ left, span, layout }: Panel): Fields {
  return {
    text: layout.title.text,
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

/** The traces of a panel on its axes; a name that stands in the legend already is not repeated. */
function tracesOf({ suffix, data }: Panel, names: Set<string>, isLast: boolean): Plot[] {
  return data.map((one) => {
    const name = one.name as string | undefined;
    const repeated = name !== undefined && names.has(name);
    if (name !== undefined && one.showlegend !== false) names.add(name);
    return trace({
      ...one,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      ...(name === undefined ? {} : { legendgroup: name }),
      ...(repeated ? { showlegend: false } : {}),
      ...('colorbar' in one && !isLast ? { showscale: false } : {}),
    });
  });
}

/** Annotations or shapes of one figure, at its place among the others. */
function moved(items: Fields[] = [], { suffix, left, span }: Panel): Fields[] {
  return items.map((item) => {
    const copy = { ...item };
    for (const letter of ['x', 'y']) {
      const ref = copy[`${letter}ref`] ?? letter;
      if (ref !== 'paper') copy[`${letter}ref`] = `${letter}${suffix}`;
      else if (letter === 'x') {
        for (const end of ['x', 'x0', 'x1']) {
          if (typeof copy[end] === 'number') copy[end] = left + span * (copy[end] as number);
        }
      }
    }
    return copy;
  });
}
