/**
 * The course's figures: pure builders that return Plotly specifications. `show` in `./show` draws
 * them.
 *
 * @example
 * import { lineFigure } from './lib/figures';
 * import { show } from './lib/show';
 * show(lineFigure({ title: 'Loss', xAxis: 'epoch', yAxis: 'loss', series: [{ name: 'training', y: losses }] }));
 */
export * from './figures-bars';
export * from './figures-contours';
export * from './figures-decisions';
export * from './figures-frames';
export * from './figures-graphs';
export * from './figures-heatmaps';
export * from './figures-histograms';
export * from './figures-lines';
export * from './figures-networks';
export * from './figures-pictures';
export * from './figures-scaling';
export * from './figures-side';
export * from './figures-tables';
export * from './figures-theme';
