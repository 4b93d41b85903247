/** A figure with frames as one that stands still: some of its frames side by side, each under its label. */
import { axesOf, marksOf, notesOf, type Panel } from './panels';
import { plot } from './plot';
import { type Still, stillsOf, titleOf, withoutControls } from './stills';
import { breakLines } from './text';
import type { Fields, Figure } from './theme';

/** In pixels. */
const widest = 900;
const headingLine = 16;

/** What the strip does not take over from the figure, having its own. */
const ofTheFrame = ['height', 'legend', 'margin', 'showlegend', 'title', 'width'];

/**
 * A figure's frames side by side, at most 900 pixels wide, in rows of up to three. What all frames share
 * stands once: the title, the legend, the names of the axes, the colours' bar.
 *
 * @param figure - with frames, as `withSlider` makes it
 * @returns a figure without frames: the one given if it has none, and what it shows first if it has marks
 * that stand on no axes, such as pies and surfaces
 * @example
 * filmstripFigure(withSlider(steps, { name: 'learning rate' }));
 */
export function filmstripFigure(figure: Figure): Figure {
  if (!figure.frames?.length) return figure;
  const stills = stillsOf(figure);
  if (stills.length < 2) return withoutControls(figure);
  const { panels, headings, heading, width, plotHeight, margin } = planStrip(stills);
  const { layout } = stills[0].figure;
  const rest = Object.entries(layout).filter(([key]) => !ofTheFrame.includes(key));
  const named = new Set<unknown>();
  const marks = panels.flatMap((panel) => marksOf(panel, named, panel.index === panels.length - 1));
  const fields = {
    ...Object.fromEntries(rest),
    ...Object.assign({}, ...panels.map(axesOf)),
    annotations: [...headings, ...panels.flatMap((panel) => notesOf(panel, 'annotations'))],
    shapes: panels.flatMap((panel) => notesOf(panel, 'shapes')),
  };
  const shared = sharedTitle(stills) ?? '';
  return plot(marks, { title: shared, width }, fields, {
    legend: layout.showlegend !== false,
    margin,
    heading,
    plotHeight,
  });
}

/** The title, if it is the same in every frame. */
function sharedTitle(stills: Still[]): string | undefined {
  const titles = new Set(stills.map(({ figure }) => titleOf(figure)));
  return titles.size === 1 ? [...titles][0] : undefined;
}

/** Where the panels stand and what stands above them: each has the proportions that the figure's plot has. */
function planStrip(stills: Still[]) {
  const { margin, plotWidth, ratio } = plotOf(stills[0].figure);
  const columns = columnsOf(stills);
  const alike = isShared(stills, /^[xy]axis/);
  const sameNames = isShared(stills, /^[xy]axis/, (axis) => axis.title);
  const ownColors = !isShared(stills, /^coloraxis$/);
  const gapX = alike ? 20 : 48;
  const room = widest - margin.l - margin.r - gapX * (columns - 1);
  const panelWidth = Math.min(columns === 1 ? widest : 400, Math.floor(room / columns));
  const panelHeight = Math.round(panelWidth * ratio);
  const own = sharedTitle(stills) === undefined;
  const titles = stills.map(({ figure }) => (own ? breakLines(titleOf(figure), panelWidth / 6.2) : []));
  const above = headed(stills) ? 24 : 4;
  const heading = 6 + above + headingLine * (1 + Math.max(...titles.map(({ length }) => length)));
  const stepX = panelWidth + gapX;
  const stepY = panelHeight + heading + (alike ? 10 : 36);
  const fullWidth = columns * stepX - gapX;
  const fullHeight = (Math.ceil(stills.length / columns) - 1) * stepY + panelHeight;
  const panels = stills.map(({ figure }, index): Panel => {
    const left = (index % columns) * stepX;
    const top = fullHeight - Math.floor(index / columns) * stepY;
    const neighbour = { x: index + columns < stills.length, y: index % columns > 0 };
    return {
      figure,
      index,
      x: [left / fullWidth, (left + panelWidth) / fullWidth],
      y: [(top - panelHeight) / fullHeight, top / fullHeight],
      scale: panelWidth / plotWidth,
      size: { x: panelWidth, y: panelHeight },
      ownColors,
      unnamed: sameNames ? neighbour : { x: false, y: false },
      unnumbered: alike ? neighbour : { x: false, y: false },
    };
  });
  const headings = panels.map((panel, index) => {
    // The labels of a row stand on one line, however long the titles under them are.
    const first = index - (index % columns);
    const most = Math.max(...titles.slice(first, first + columns).map(({ length }) => length));
    return headingOf(
      panel,
      [`<b>${stills[index].label}</b>`, ...titles[index]],
      headingLine * (1 + most) + above,
    );
  });
  const width = fullWidth + margin.l + margin.r;
  return { panels, headings, heading, width, plotHeight: fullHeight, margin };
}

/** What surrounds a figure's plot, and its width and height over width. */
function plotOf({ layout }: Figure) {
  const { width = 700, height = 450, margin: { l = 64, r = 24, t = 60, b = 56 } = {} } = layout;
  const plotWidth = width - l - r;
  const margin = { l, r, b };
  return { margin, plotWidth, ratio: (height - t - b) / plotWidth };
}

/** How many frames stand in a row: up to three; fewer where each is several plots side by side. */
function columnsOf(stills: Still[]): number {
  const plots = Object.keys(stills[0].figure.layout).filter((key) => /^xaxis\d*$/.test(key)).length;
  if (plots > 1) return plots === 2 ? 2 : 1;
  return stills.length === 4 ? 2 : Math.min(3, stills.length);
}

/** Whether what the layout says under these keys is the same in all frames, so that it need stand only once. */
function isShared(stills: Still[], keys: RegExp, part = (value: Fields): unknown => value): boolean {
  const said = stills.map(({ figure }) =>
    JSON.stringify(
      Object.entries(figure.layout as unknown as Record<string, Fields>).flatMap(([key, value]) =>
        keys.test(key) ? [key, part(value)] : [],
      ),
    ),
  );
  return new Set(said).size === 1;
}

/** Whether something is written above the figure's plot, such as the titles of plots side by side. */
function headed(stills: Still[]): boolean {
  const notes = stills.flatMap(({ figure }) => figure.layout.annotations ?? []);
  return notes.some(({ yref, y, yanchor }) => yref === 'paper' && Number(y) >= 1 && yanchor === 'bottom');
}

/** @param height - how far above the panel it begins, in pixels */
function headingOf({ x: [x], y: [, y] }: Panel, lines: string[], height: number): Fields {
  return {
    text: lines.join('<br>'),
    x,
    y,
    xref: 'paper',
    yref: 'paper',
    xanchor: 'left',
    yanchor: 'top',
    yshift: height,
    align: 'left',
    showarrow: false,
    font: { size: 12.5 },
  };
}
