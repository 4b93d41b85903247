/** What draws outputs, loaded when the first one needs it. */
import { loadScript, once } from './dom';

/** Draws figures. */
export interface Plotly {
  react(place: Element, figure: object): Promise<unknown>;
}

/** Plotly, KaTeX and the digit pad. */
export interface Libraries {
  plotly(): Promise<Plotly>;
  pad(): Promise<{ mountPad(root: HTMLElement, script: string): void }>;
  katex(): Promise<{ renderToString(tex: string, options: object): string }>;
}

/** @param folder - where they lie, with `/` at its end */
export function librariesIn(folder: string): Libraries {
  return {
    plotly: once(async () => {
      await loadScript(`${folder}plotly.js`);
      return (window as unknown as { Plotly: Plotly }).Plotly;
    }),
    pad: once(() => import(`${folder}pad.js`)),
    katex: once(async () => (await import(`${folder}katex.js`)).default),
  };
}
