/**
 * Builders of figures, all of one look; each returns a specification, and `show` draws it.
 *
 * @example
 * import { show } from './lib/course';
 * import { lineFigure } from './lib/figures';
 *
 * const parabola = { name: 'x²', x: [-1, 0, 1], y: [1, 0, 1] };
 * show(lineFigure({ title: 'A parabola', xAxis: 'x', yAxis: 'y', series: [parabola] }));
 * // Figure: A parabola (y over x)
 */

// Quantities.

export { barFigure } from './figures/bars';
export { benchmarkFigure, benchmarkWords } from './figures/benchmark';
export { dotFigure } from './figures/dots';
export { histogramFigure } from './figures/histograms';
export { lineFigure, type Series } from './figures/lines';
export { mapFigure } from './figures/maps';

// Functions of two variables.

export { contourFigure } from './figures/contours';
export { decisionFigure } from './figures/decisions';
export { heatmapFigure } from './figures/heatmaps';

// Digits, and what a model makes of them.

export { digitGridFigure, imagesFigure } from './figures/pictures';
export { reliabilityFigure } from './figures/reliability';
export { confusionFigure, similarityFigure } from './figures/tables';

// Networks and computations.

export { graphFigure } from './figures/graphs';
export { networkFigure } from './figures/networks';

// Figures of figures.

export { alternativeText } from './figures/alternative';
export { filmstripFigure } from './figures/filmstrip';
export { withAnimation, withSlider } from './figures/frames';
export { sideBySide } from './figures/side';
export type { Figure } from './figures/theme';
