/** Draws what cells show, each output in the best form that there is. */
import { noteMimeType, plotlyMimeType, widgetMimeType } from '../../../lib/page';
import type { Libraries } from './libraries';
import type { Bundle } from './messages';
import { say } from './say';

/** What draws: libraries, and the controls that are open. */
export interface Drawing extends Libraries {
  control(id: string): HTMLElement;
}

/** The outputs of one cell. */
export class OutputArea {
  private clearsNext = false;
  /** what the last stream printed to, while nothing else came after it */
  private stream: { name: string; element: HTMLElement } | undefined;

  constructor(
    readonly element: HTMLElement,
    private readonly drawing: Drawing,
  ) {}

  /** @param wait - until the next output comes, so that nothing flickers */
  clear(wait = false): void {
    this.clearsNext = wait;
    this.stream = undefined;
    if (!wait) this.element.replaceChildren();
  }

  /** The cell has ended: what an earlier run of it showed is gone, also where this one showed nothing. */
  end(): void {
    if (this.clearsNext) this.clear();
  }

  print(name: string, text: string): void {
    if (this.clearsNext) this.clear();
    if (this.stream?.name !== name) {
      this.stream = { name, element: document.createElement('pre') };
      this.stream.element.className = `run-${name}`;
      this.element.append(this.stream.element);
    }
    this.stream.element.append(withoutColours(text));
  }

  /** @returns where the output stands, to be drawn in again */
  show(bundle: Bundle): HTMLElement {
    if (this.clearsNext) this.clear();
    this.stream = undefined;
    const place = document.createElement('div');
    place.className = 'run-output';
    this.element.append(place);
    void drawOrSay(place, bundle, this.drawing);
    return place;
  }
}

/** Draws an output where another one stood, or where there was none; its text where it cannot be drawn. */
export async function drawOrSay(place: HTMLElement, bundle: Bundle, drawing: Drawing): Promise<void> {
  try {
    await draw(place, bundle, drawing);
  } catch (error) {
    const why = say('It cannot be drawn: {error}', { error: String(error) });
    place.replaceChildren(preformatted(`${bundle['text/plain'] ?? ''}\n${why}`.trim()));
  }
}

async function draw(place: HTMLElement, bundle: Bundle, drawing: Drawing): Promise<void> {
  const figure = bundle[plotlyMimeType];
  if (figure) return drawFigure(place, figure, String(bundle['text/plain'] ?? ''), drawing);
  const { [widgetMimeType]: view, 'text/html': html, 'text/latex': latex } = bundle;
  place.classList.toggle('run-note', noteMimeType in bundle);
  if (view) place.replaceChildren(drawing.control((view as { model_id: string }).model_id));
  else if (typeof html === 'string') await drawHtml(place, html, drawing);
  else if (typeof latex === 'string') place.innerHTML = await formula(latex, drawing);
  else if (bundle['image/svg+xml'] || bundle['image/png']) place.replaceChildren(picture(bundle));
  else place.replaceChildren(preformatted(String(bundle['text/plain'] ?? '')));
}

async function drawHtml(place: HTMLElement, html: string, { pad }: Drawing): Promise<void> {
  place.innerHTML = html;
  const root = place.querySelector<HTMLElement>('.descent-digit-pad');
  const script = root?.querySelector('script')?.textContent;
  if (root && script) (await pad()).mountPad(root, script);
}

async function drawFigure(
  place: HTMLElement,
  figure: object,
  text: string,
  { plotly }: Drawing,
): Promise<void> {
  // Plotly keeps what it draws in an element of its own, which the next figure of the same output changes.
  let drawing = place.querySelector<HTMLElement>(':scope > .run-figure');
  if (!drawing) {
    drawing = document.createElement('div');
    drawing.className = 'run-figure';
    drawing.setAttribute('role', 'img');
    place.replaceChildren(drawing);
  }
  drawing.setAttribute('aria-label', text);
  await (await plotly()).react(drawing, figure);
}

async function formula(latex: string, { katex }: Drawing): Promise<string> {
  const tex = latex.trim().replace(/^\$\$?|\$\$?$/g, '');
  return (await katex()).renderToString(tex, { displayMode: true, throwOnError: false, strict: 'ignore' });
}

function picture(bundle: Bundle): HTMLElement {
  const image = document.createElement('img');
  const { 'image/svg+xml': svg, 'image/png': png } = bundle;
  if (svg) image.src = `data:image/svg+xml,${encodeURIComponent(String(svg))}`;
  else if (png instanceof Uint8Array)
    image.src = URL.createObjectURL(new Blob([png.slice()], { type: 'image/png' }));
  else image.src = `data:image/png;base64,${png}`;
  image.alt = String(bundle['text/plain'] ?? '');
  return image;
}

function preformatted(text: string): HTMLElement {
  const element = document.createElement('pre');
  element.textContent = withoutColours(text);
  return element;
}

/** Errors come with the colours of a terminal. */
export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are written in
  return text.replace(/\u001b\[[\d;]*m/g, '');
}
