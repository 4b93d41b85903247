/** What a notebook shows while a training runs: a progress bar, figures, and the curves so far. */

import { inPercent, say } from '../../base/words';
import { palette } from '../../figures/theme';
import type { TrainingProgress } from '../../training/history';
import type { Bundle } from '../display';
import type { CurvePoint, Curves } from './curves';

/** What is to be said about a running training. */
export interface Status {
  /** share of the whole training that is done, 0 … 1 */
  done: number;
  epoch: string;
  loss: string;
  accuracy: string;
  speed: string;
  left: string;
}

/**
 * @param progress - where the training stands
 * @returns the same in words
 */
export function statusOf(progress: TrainingProgress): Status {
  const { epoch, epochs, examples, examplesPerEpoch, loss, accuracy, seconds } = progress;
  const total = epochs * examplesPerEpoch;
  const perSecond = examples / Math.max(seconds, 1e-9);
  return {
    done: examples / total,
    epoch: say('Epoch {epoch} of {epochs}', { epoch, epochs }),
    loss: say('loss {loss}', { loss: loss.toFixed(4) }),
    accuracy: say('accuracy {share}', { share: inPercent((100 * accuracy).toFixed(2)) }),
    speed: say('{speed} examples/s', { speed: Math.round(perSecond).toLocaleString('en') }),
    left: say('{time} left', { time: duration((total - examples) / perSecond) }),
  };
}

/** Seconds as a reader says them. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * The output of a running training, as HTML without scripts and as text.
 *
 * @param progress - where it stands
 * @param curves - what was recorded so far
 */
export function trainingPage(progress: TrainingProgress, curves: Curves): Bundle {
  const { done, epoch, ...rest } = statusOf(progress);
  const percent = (100 * done).toFixed(1);
  const text = [epoch, inPercent(percent), ...Object.values(rest)].join(' · ');
  const bar =
    `<div role="progressbar" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100" ` +
    'style="background:rgba(128,128,128,0.25);height:14px;border-radius:3px;max-width:920px">' +
    `<div style="background:${palette.blue};height:14px;border-radius:3px;width:${percent}%"></div></div>`;
  const charts =
    chart(
      say('loss, log scale'),
      curves,
      ({ loss }) => Math.log(loss),
      (y) => Math.exp(y).toPrecision(2),
    ) +
    chart(
      say('accuracy, %'),
      curves,
      ({ accuracy }) => 100 * accuracy,
      (y) => y.toFixed(1),
    );
  const html =
    `<div class="descent-training" style="max-width:920px">${bar}` +
    `<div style="margin:6px 0;font-variant-numeric:tabular-nums">${text}</div>` +
    `<div style="display:flex;flex-wrap:wrap;gap:20px">${charts}</div></div>`;
  return { 'text/plain': text, 'text/html': html };
}

const size = { width: 440, height: 170, left: 52, right: 8, top: 22, bottom: 8 };

/** One curve, small: the training as a line, the validation as points, the range at the side. */
function chart(
  name: string,
  { training, validation }: Curves,
  value: (point: CurvePoint) => number,
  write: (y: number) => string,
): string {
  const values = [...training, ...validation].map(value).filter(Number.isFinite);
  if (values.length < 2) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const end = Math.max(...training.map(({ epochs }) => epochs), 1e-9);
  const { width, height, left, right, top, bottom } = size;
  const place = (point: CurvePoint) => {
    const x = left + (point.epochs / end) * (width - left - right);
    const share = high > low ? (value(point) - low) / (high - low) : 0.5;
    return [x, height - bottom - share * (height - top - bottom)].map((at) => at.toFixed(1));
  };
  const finite = (point: CurvePoint) => Number.isFinite(value(point));
  const line = training
    .filter(finite)
    .map((point) => place(point).join(','))
    .join(' ');
  const dots = validation.filter(finite).map((point) => {
    const [x, y] = place(point);
    return `<circle cx="${x}" cy="${y}" r="4" fill="${palette.vermillion}"/>`;
  });
  const legend = dots.length > 0 ? say('{name}; points: validation', { name }) : name;
  const label = (y: number, text: string) =>
    `<text x="${left - 6}" y="${y}" text-anchor="end" font-size="12" fill="currentColor">${text}</text>`;
  return (
    `<svg width="${width}" height="${height}" role="img" aria-label="${say('{legend}, so far', { legend })}">` +
    `<text x="${left}" y="14" font-size="13" fill="currentColor">${legend}</text>` +
    `<path d="M${left} ${top}V${height - bottom}H${width - right}" fill="none" stroke="currentColor" opacity="0.5"/>` +
    label(top + 5, write(high)) +
    label(height - bottom, write(low)) +
    `<polyline points="${line}" fill="none" stroke="${palette.blue}" stroke-width="2"/>${dots.join('')}</svg>`
  );
}
