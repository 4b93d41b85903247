/** The frame of all figures: marks on a white card, under a title and a legend. */
import { breakLines, escapeText, lettersOf } from './text';
import { type Fields, type Figure, type FigureOptions, fontFamily, inkColor } from './theme';

const titleSize = 18;
const titleLine = 23;
const legendLine = 22;

/** What a builder says of the frame beside its title. */
export interface Frame {
  /** whether a legend names the marks; default if any mark has a name */
  legend?: boolean;
  /** room in pixels left of, right of and under the plot */
  margin?: { l?: number; r?: number; b?: number };
  /** room in pixels between legend and plot */
  heading?: number;
  /** the height of the plot alone, in pixels, if the figure's is not given */
  plotHeight?: number;
}

/**
 * Marks on one frame, in the house's look: a white card with dark text, which reads the same in
 * JupyterLab's light and dark themes and equals the stored picture; the title above, the legend
 * under it, then the plot.
 *
 * @param marks - traces of Plotly; the legend names those that have a name
 * @param options - title and size
 * @param fields - axes, shapes and whatever else the layout holds or replaces
 */
export function plot(marks: Fields[], options: FigureOptions, fields: Fields, frame: Frame = {}): Figure {
  const { title, width = 640 } = options;
  const { legend = true, margin: { l = 64, r = 24, b = 56 } = {}, heading = 0, plotHeight } = frame;
  const lines = wrapTitle(title, width);
  const rows = legend ? legendRows(marks, width) : 0;
  const t = 22 + titleLine * lines.length + (rows && rows * legendLine + 6) + heading;
  const height = options.height ?? (plotHeight === undefined ? 400 : Math.round(t + plotHeight) + b);
  const layout = {
    width,
    height,
    autosize: false,
    title: {
      text: lines.map(escapeText).join('<br>'),
      font: { size: titleSize, color: inkColor },
      x: 0,
      xref: 'container',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      // Plotly centres several lines where one line would be: they move down by half their height.
      pad: { t: 14 + ((lines.length - 1) * titleLine) / 2, l: 16 },
    },
    font: { family: fontFamily, size: 14, color: inkColor },
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    margin: { t, l, r, b },
    hoverlabel: { font: { family: fontFamily, size: 13 } },
    hovermode: 'closest',
    showlegend: rows > 0,
    ...(rows && {
      legend: {
        orientation: 'h',
        traceorder: 'normal',
        // Where the plot fills the card the legend still begins under the title.
        x: Math.max(0, 16 - l) / (width - l - r),
        xanchor: 'left',
        y: 1 + (4 + heading) / Math.max(1, height - t - b),
        yanchor: 'bottom',
        font: { size: 13 },
      },
    }),
    ...fields,
  };
  // The types of nodeplotlib are older than the plotly.js that draws, and know fewer fields.
  return { data: marks, layout } as unknown as Figure;
}

/** Breaks a title into lines that fit a figure's width; none if it is empty. */
function wrapTitle(title: string, width: number): string[] {
  return title ? breakLines(title, Math.max(12, Math.floor((width - 60) / (titleSize * 0.53)))) : [];
}

/** How many rows the names of the marks take. */
function legendRows(marks: Fields[], width: number): number {
  const named = marks.filter(({ name, showlegend }) => name !== undefined && showlegend !== false);
  // An entity is drawn as one letter.
  const letters = named.map(({ name }) => lettersOf(String(name).replace(/&#?\w+;|<br>/g, ' ')));
  const widths = letters.map((count) => 52 + 7.2 * count);
  const total = widths.reduce((sum, one) => sum + one, 0);
  if (total <= width - 90) return Math.min(1, named.length);
  const perRow = Math.max(1, Math.floor((width - 90) / Math.max(...widths)));
  return Math.ceil(named.length / perRow);
}
