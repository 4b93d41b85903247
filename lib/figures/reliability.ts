/** Whether probabilities are to be believed: how many answers are right, given how confident they are. */
import { requireCount } from '../base/checks';
import { say } from '../base/words';
import { lineFigure } from './lines';
import type { Figure, FigureOptions, Named } from './theme';

/** The answers whose confidence lies in one interval. */
export interface ReliabilityBin {
  /** how many answers there are */
  count: number;
  /** their mean confidence, 0 … 1 */
  confidence: number;
  /** the share of them that is right, 0 … 1 */
  accuracy: number;
}

/** Options of {@link reliabilityFigure}. */
export interface ReliabilityFigureOptions extends FigureOptions, Named {
  /** from the least confident: see `confidenceBins` */
  bins: readonly ReliabilityBin[];
  /** intervals with fewer answers are left out; default 1 */
  least?: number;
}

/**
 * A reliability diagram: for each interval of the confidence the share of the answers that is right, with a band of two
 * standard errors, `2 √(p (1 − p) / n)`, as if the answers were independent. A calibrated classifier lies on the diagonal.
 *
 * @throws RangeError if `least` is no whole number from 1, or no interval has as many answers
 * @see Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017), figure 1
 * @example
 * const bins = confidenceBins([0.6, 0.65, 0.9], [true, false, true], 10);
 * reliabilityFigure({ title: 'Half of the doubtful answers are right', name: 'one network', bins });
 */
export function reliabilityFigure(options: ReliabilityFigureOptions): Figure {
  const { name, bins, least = 1, color = 'blue', title, width = 520, height = 520 } = options;
  requireCount('least', least, 'draw a reliability diagram');
  const drawn = bins.filter(({ count }) => count >= least);
  if (drawn.length === 0) {
    throw new RangeError(`Cannot draw a reliability diagram: no interval has ${least} answers or more`);
  }
  const reach = drawn.map(({ accuracy, count }) => 2 * Math.sqrt((accuracy * (1 - accuracy)) / count));
  const percentOf = (value: (bin: ReliabilityBin, place: number) => number) =>
    drawn.map((bin, place) => 100 * value(bin, place));
  const measured = {
    name,
    x: percentOf(({ confidence }) => confidence),
    y: percentOf(({ accuracy }) => accuracy),
    band: {
      low: percentOf(({ accuracy }, place) => accuracy - reach[place]),
      high: percentOf(({ accuracy }, place) => accuracy + reach[place]),
    },
  };
  return lineFigure({
    ...{ title, width, height },
    xAxis: { title: say('confidence, mean of the bin'), unit: '%', range: [0, 100] },
    yAxis: { title: say('share of these answers that is right'), unit: '%', range: [0, 100] },
    series: [
      { name: say('calibrated'), x: [0, 100], y: [0, 100], style: 'reference' },
      { ...measured, style: 'both', color },
    ],
  });
}
