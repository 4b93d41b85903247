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
    throw new RangeError(
      'Cannot put figures side by side: one has frames; slide the whole instead',
    );
  }
  const { shareY = false } = options;
  const width = options.width ?? 920;
  const height = options.height ?? 420;
  const bars = figures.some(({ data }) => data.some((one) => 'colorbar' in one));
  const gap = shareY ? 0.05 : 0.11;
  const span = (1 - gap * (figures.length - 1)) / figures.length;
  const fields: Fields = {};
  const annotations: Fields[] = [];
  const shapes: Fields[] = [];
  const data: Plot[] = [];
  const seen = new Set<string>();
  figures.forEach((figure, index) => {
    const suffix = index === 0 ? '' : String(index + 1);
    const layout = figure.layout as unknown as Record<string, Fields>;
    const left = index * (span + gap);
    const title = layout.title as { text: string };
    fields[`xaxis${suffix}`] = {
      ...layout.xaxis,
      domain: [left, left + span],
      anchor: `y${suffix}`,
    };
    fields[`yaxis${suffix}`] = {
      ...layout.yaxis,
      anchor: `x${suffix}`,
      ...(shareY && index > 0 ? { matches: 'y', showticklabels: false, title: { text: '' } } : {}),
    };
    annotations.push({
      text: title.text,
      xref: 'paper',
      yref: 'paper',
      x: left + span / 2,
      y: 1,
      xanchor: 'center',
      yanchor: 'bottom',
      yshift: 4,
      showarrow: false,
      font: { size: 15 },
    });
    annotations.push(...moved(layout.annotations as unknown as Fields[], suffix, left, span));
    shapes.push(...moved(layout.shapes as unknown as Fields[], suffix, left, span));
    for (const one of figure.data as unknown as Fields[]) {
      const last = index === figures.length - 1;
      const name = one.name as string | undefined;
      const repeated = name !== undefined && seen.has(name);
      if (name !== undefined && one.showlegend !== false) seen.add(name);
      data.push(
        trace({
          ...one,
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          ...(name === undefined ? {} : { legendgroup: name }),
          ...(repeated ? { showlegend: false } : {}),
          ...('colorbar' in one && !last ? { showscale: false } : {}),
        }),
      );
    }
  });
  const modes = [...new Set(figures.map(({ layout }) => layout.hovermode))];
  const named = figures.some(({ layout }) => layout.showlegend);
  const base = baseLayout(
    { ...options, width, height },
    { legend: named ? [...seen] : [], margin: bars ? { r: 84 } : {} },
  );
  const margin = { ...base.margin, t: (base.margin?.t ?? 0) + 26 };
  const plotHeight = height - margin.t - (margin.b ?? 0);
  return {
    data,
    layout: {
      ...base,
      ...(base.legend ? { legend: { ...base.legend, y: 1 + 30 / plotHeight } } : {}),
      ...fields,
      ...(modes.length === 1 ? { hovermode: modes[0] } : {}),
      margin,
      annotations,
      shapes,
      ...(figures.some(({ layout }) => layout.barmode)
        ? { barmode: figures[0].layout.barmode }
        : {}),
    } as unknown as Figure['layout'],
  };
}

/** Annotations or shapes of one figure, at its place among the others. */
function moved(items: Fields[] | undefined, suffix: string, left: number, span: number): Fields[] {
  return (items ?? []).map((item) => {
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
