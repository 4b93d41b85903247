/** What draws outputs, loaded when the first one needs it. */
import { loadScript, once } from './dom';
import { original } from './edition';
import { say } from './say';

/** Draws figures. */
export interface Plotly {
  react(place: Element, figure: object): Promise<unknown>;
  register(module: { moduleType: 'locale'; name: string; dictionary: object; format: object }): void;
  setPlotConfig(config: { locale: string }): void;
}

/** Plotly, KaTeX and the digit pad. */
export interface Libraries {
  plotly(): Promise<Plotly>;
  pad(): Promise<{ mountPad(root: HTMLElement, script: string): void }>;
  katex(): Promise<{ renderToString(tex: string, options: object): string }>;
}

/** What Plotly says beside a figure of the course. */
const wordsOfPlotly = [
  'Download plot as a PNG',
  'Zoom',
  'Pan',
  'Reset axes',
  'Double-click to zoom back out',
  'Double-click on legend to isolate one trace',
];

/** @param folder - where they lie, with `/` at its end @param language - in which Plotly speaks */
export function librariesIn(folder: string, language: string): Libraries {
  return {
    plotly: once(async () => {
      await loadScript(`${folder}plotly.js`);
      const { Plotly } = window as unknown as { Plotly: Plotly };
      if (language !== original) {
        const dictionary = Object.fromEntries(wordsOfPlotly.map((words) => [words, say(words)]));
        Plotly.register({ moduleType: 'locale', name: language, dictionary, format: {} });
        Plotly.setPlotConfig({ locale: language });
      }
      return Plotly;
    }),
    pad: once(() => import(`${folder}pad.js`)),
    katex: once(async () => (await import(`${folder}katex.js`)).default),
  };
}
