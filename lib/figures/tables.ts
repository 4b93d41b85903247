/** Square tables that say what is taken for what, and what resembles what. */
import { say } from '../base/words';
import { axisTitle } from './axes';
import { cellWords, heatmapFigure, tableAxes } from './heatmaps';
import { colorBar, rectangle } from './marks';
import { plot } from './plot';
import { compactRows, hover } from './text';
import { type AxesOptions, evenScale, type Figure } from './theme';

/** Options of {@link confusionFigure}. */
export interface ConfusionFigureOptions extends Partial<AxesOptions> {
  title: string;
  /** examples of class `row` that were taken for class `column`, shape `[classes, classes]` */
  counts: ArrayLike<ArrayLike<number>>;
}

/**
 * Which class is taken for which. Only mistakes are coloured: the diagonal, what was right, is
 * written in grey, or it would drown everything else.
 *
 * @example
 * confusionFigure({ title: 'Which digit is read as which', counts: confusionMatrix(guesses, labels, 10) });
 */
export function confusionFigure(options: ConfusionFigureOptions): Figure {
  const { counts, xAxis = say('predicted class'), yAxis = say('true class') } = options;
  const rows = compactRows(counts);
  const mistakes = rows.map((row, r) => row.map((value, c) => (r === c ? null : value)));
  const most = Math.max(1, ...mistakes.flat().map(Number));
  const cells = {
    type: 'heatmap',
    z: mistakes,
    zmin: 0,
    zmax: most,
    xgap: 1,
    ygap: 1,
    colorscale: evenScale('#FCF6F0', '#F0A872', '#B84A00'),
    colorbar: colorBar(say('mistakes (examples)')),
    hovertemplate: hover(
      `${axisTitle(yAxis)} %{y}<br>${axisTitle(xAxis)} %{x}<br>${say('{count} examples', { count: '%{z}' })}`,
    ),
  };
  const isDark = (value: number, r: number, c: number) => r !== c && value > 0.8 * most;
  const look = { fillcolor: '#EDEDED', line: { width: 0 } };
  const right = rows.map((_, index) => rectangle({ x: index, y: index }, 0.96, 0.96, look));
  return plot(
    [cells, ...cellWords(rows, (value) => (value === 0 ? '' : String(value)), isDark)],
    { width: 560, height: 520, ...options },
    { ...tableAxes({ xAxis, yAxis }, rows), shapes: right },
  );
}

/** Options of {@link similarityFigure}. */
export interface SimilarityFigureOptions extends AxesOptions {
  /** shape `[rows, columns]`, between −1 and 1 */
  similarities: ArrayLike<ArrayLike<number>>;
  rowLabels: (string | number)[];
  columnLabels: (string | number)[];
}

/**
 * How alike two sets of things are: blue opposite, white unrelated, vermillion alike.
 *
 * @example
 * similarityFigure({ title: 'Digits and their names', xAxis: 'name', yAxis: 'digit', similarities, rowLabels: digits, columnLabels: names });
 */
export function similarityFigure({ similarities, ...options }: SimilarityFigureOptions): Figure {
  return heatmapFigure({
    width: 600,
    height: 520,
    ...options,
    values: similarities,
    valueName: say('cosine similarity'),
    decimals: 1,
    scale: 'diverging',
    range: [-1, 1],
  });
}
