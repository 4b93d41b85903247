/** TODO */
export { type BarSeries, barFigure } from './figures/bars';
export { benchmarkFigure } from './figures/benchmark';
export { contourFigure } from './figures/contours';
export { decisionFigure, decisionGrid } from './figures/decisions';
export { withAnimation, withSlider } from './figures/frames';
export { graphFigure } from './figures/graphs';
export { heatmapFigure } from './figures/heatmaps';
export { histogramFigure } from './figures/histograms';
export { lineFigure } from './figures/lines';
export { networkFigure } from './figures/networks';
export { digitGridFigure, imagesFigure } from './figures/pictures';
export { fitPowerLaw, type PowerLaw, scalingFigure } from './figures/scaling';
export { sideBySide } from './figures/side';
export { confusionFigure, similarityFigure } from './figures/tables';
export type { Figure } from './figures/theme';
