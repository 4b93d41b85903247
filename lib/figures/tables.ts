/** Square tables that say what is taken for what, and what resembles what. */
import { requireSameLength } from '../base/checks';
import { cellText, heatmapFigure, tableAxis } from './heatmaps';
import { axisTitle, baseLayout, colorBar, layoutAxis } from './layout';
import { type AxesOptions, compact, type Figure, trace } from './theme';

/** Options of {@link confusionFigure}. */
export interface ConfusionFigureOptions extends Partial<AxesOptions> {
  title: string;
  /** examples of class `row` that were taken for class `column`, shape `[classes, classes]` */
  counts: ArrayLike<ArrayLike<number>>;
  /** default 0, 1, 2, … */
  labels?: (string | number)[];
}

/**
 * Which class is taken for which. Only mistakes are coloured: the diagonal, what was right, is
 * written in grey, or it would drown everything else.
 *
 * @example
 * confusionFigure({ title: 'Which digit is read as which', counts: confusionMatrix(labels, guesses) });
 */
export function confusionFigure(options: ConfusionFigureOptions): Figure {
  const { counts, xAxis = 'predicted class', yAxis = 'true class' } = options;
  const rows = Array.from(counts, (row) => compact(row));
  const labels = options.labels ?? rows.map((_, index) => index);
  requireSameLength('labels', labels, 'counts', rows, 'draw a confusion matrix');
  const mistakes = rows.map((row, r) => row.map((value, c) => (r === c ? null : value)));
  const most = Math.max(1, ...mistakes.flat().map((value) => value ?? 0));
  const cells = trace({
    type: 'heatmap',
    z: mistakes,
    zmin: 0,
    zmax: most,
    xgap: 1,
    ygap: 1,
    colorscale: [
      [0, '#FCF6F0'],
      [0.5, '#F0A872'],
      [1, '#B84A00'],
    ],
    colorbar: colorBar('mistakes (examples)'),
    hovertemplate: `${axisTitle(yAxis)} %{y}<br>${axisTitle(xAxis)} %{x}<br>%{z} examples<extra></extra>`,
  });
  const text = cellText(
    rows,
    (value) => (value === 0 ? '' : String(value)),
    (value, r, c) => r !== c && value > 0.8 * most,
  );
  const right = rows.map((_, index) => ({
    type: 'rect',
    x0: index - 0.48,
    x1: index + 0.48,
    y0: index - 0.48,
    y1: index + 0.48,
    fillcolor: '#EDEDED',
    line: { width: 0 },
    layer: 'below',
  }));
  return {
    data: [cells, text],
    layout: baseLayout(
      { ...options, width: options.width ?? 560, height: options.height ?? 520 },
      {
        fields: {
          xaxis: { ...layoutAxis(xAxis), ...tableAxis(rows[0].length, labels) },
          yaxis: { ...layoutAxis(yAxis), ...tableAxis(rows.length, labels, true) },
          shapes: right,
        },
      },
    ),
  };
}

/** Options of {@link similarityFigure}. */
export interface SimilarityFigureOptions extends AxesOptions {
  /** shape `[rows, columns]`, between −1 and 1 */
  similarities: ArrayLike<ArrayLike<number>>;
  rowLabels: (string | number)[];
  columnLabels: (string | number)[];
  /** default `'cosine similarity'` */
  valueName?: string;
}

/**
 * How alike two sets of things are: blue opposite, white unrelated, vermillion alike.
 *
 * @example
 * similarityFigure({ title: 'Digits and their names', xAxis: 'name', yAxis: 'digit', similarities, rowLabels: digits, columnLabels: names });
 */
export function similarityFigure(options: SimilarityFigureOptions): Figure {
  const { similarities, valueName = 'cosine similarity' } = options;
  return heatmapFigure({
    ...options,
    values: similarities,
    valueName,
    decimals: 1,
    scale: 'diverging',
    range: [-1, 1],
    width: options.width ?? 600,
    height: options.height ?? 520,
  });
}
