/** What a figure's picture shows, in words, for readers who cannot see it. */
import { say } from '../base/words';
import { stillsOf, titleOf } from './stills';
import { onOneLine } from './text';
import type { Figure } from './theme';

/**
 * A picture's alternative text: the figure's title, for a filmstrip its frames, and the names of the axes.
 *
 * @param figure - as a builder made it
 * @example
 * alternativeText(lineFigure({ title: 'The loss falls', xAxis: 'update', yAxis: 'loss', series }));
 * // 'The loss falls. Horizontal: update; vertical: loss.'
 */
export function alternativeText(figure: Figure): string {
  const stills = stillsOf(figure);
  const titles = new Set(stills.map((still) => titleOf(still.figure)));
  const own = titles.size > 1;
  const frames = stills.map((still) => (own ? `${still.label}, “${titleOf(still.figure)}”` : still.label));
  const axes = [
    { direction: say('Horizontal'), names: axisNames(figure, 'x') },
    { direction: say('Vertical'), names: axisNames(figure, 'y') },
  ].flatMap(({ direction, names }) =>
    names.length > 0 ? [`${direction}${say(': ')}${names.join(say(', '))}`] : [],
  );
  const [first = '', ...others] = axes;
  return [
    own ? '' : titleOf(figure),
    frames.length > 0 ? `${say('Frames')}${say(': ')}${frames.join(say('; '))}` : '',
    [first, ...others.map(lowered)].join(say('; ')),
  ]
    .filter((words) => words !== '')
    .map((words) => sentence(plain(words)))
    .join(' ');
}

/** The names of the axes in one direction, each once. */
function axisNames({ layout }: Figure, letter: 'x' | 'y'): string[] {
  const axes = Object.entries(layout as unknown as Record<string, Axis | undefined>)
    .filter(([key, axis]) => new RegExp(`^${letter}axis\\d*$`).test(key) && axis?.visible !== false)
    .map(([, axis]) => (typeof axis?.title === 'string' ? axis.title : (axis?.title?.text ?? '')));
  return [...new Set(axes)].filter((name) => name !== '');
}

interface Axis {
  visible?: boolean;
  title?: string | { text?: string };
}

const lowered = (words: string) => words[0].toLowerCase() + words.slice(1);

const sentence = (words: string) =>
  /[.?!。？！]$/.test(words) ? words : say('{sentence}.', { sentence: words });

/** Text as Plotly draws it: without the HTML that it reads. */
function plain(text: string): string {
  return onOneLine(text)
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .trim();
}
