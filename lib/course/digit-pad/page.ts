/**
 * The part of the digit pad that runs in the page. `pad.ts` puts its source text into the output,
 * so the function below imports nothing that remains when its types are gone.
 */

import type { DrawingOptions, PadPoint, Stroke } from '../../data/digit-drawing';
import type { CompactLayer, PackedLayer } from '../../model/compact-model';

// The few members of a page that the pad uses. TypeScript's own DOM library would add all of a
// browser's global names to every notebook.
interface PageEvent {
  clientX: number;
  clientY: number;
  pointerId: number;
  button: number;
  isPrimary: boolean;
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  getCoalescedEvents?(): PageEvent[];
  preventDefault(): void;
}

interface Pen {
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  strokeStyle: string;
  clearRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  createImageData(width: number, height: number): { data: Uint8ClampedArray };
  putImageData(image: { data: Uint8ClampedArray }, x: number, y: number): void;
}

/** An element of the page. */
export interface PageElement {
  innerHTML: string;
  textContent: string;
  value: string;
  checked: boolean;
  width: number;
  style: { width: string };
  classList: { toggle(name: string, on: boolean): void };
  querySelector(selector: string): PageElement;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  setPointerCapture(pointer: number): void;
  getContext(kind: '2d'): Pen;
  focus(options: { preventScroll: boolean }): void;
}

/** What the pad needs of `digit-drawing.ts` and `compact-model.ts`. */
export interface PadTools {
  drawnDigit(strokes: readonly Stroke[], options: DrawingOptions): number[] | undefined;
  unpackNetwork(packed: readonly PackedLayer[]): CompactLayer[];
  applyNetwork(layers: readonly CompactLayer[], input: ArrayLike<number>): number[];
}

/** What the pad says of the drawing. */
export interface PadWords {
  small: string;
  empty: string;
  /** with `{digit}` and `{share}` */
  read: string;
  /** per cent, with `{share}` */
  share: string;
}

/**
 * Turns an element into a pad: a canvas for mouse, pen, touch and keyboard, the picture that the
 * network sees, and a bar for each digit.
 *
 * @param root - the pad's element; its text is replaced
 * @param markup - the HTML of the pad
 * @param network - the packed network
 * @param words - what it says of the drawing
 * @param tools - how to read a drawing
 */
export function mountDigitPad(
  root: PageElement,
  markup: string,
  network: readonly PackedLayer[],
  words: PadWords,
  tools: PadTools,
): void {
  root.innerHTML = markup;
  const layers = tools.unpackNetwork(network);
  const part = (name: string) => root.querySelector(`[data-part="${name}"]`);
  const [canvas, seen, verdict] = [part('canvas'), part('seen'), part('verdict')];
  const [penWidth, centred] = [part('pen'), part('centred')];
  const bars = Array.from(root.querySelectorAll('[data-part="bar"]'));
  const shares = Array.from(root.querySelectorAll('[data-part="share"]'));
  const rows = Array.from(root.querySelectorAll('[data-part="row"]'));
  const paper = canvas.getContext('2d');
  let strokes: Stroke[] = [];
  let pointer: number | undefined;
  const cursor = { x: 0.5, y: 0.25, shown: false, down: false };

  const line = (stroke: Stroke, width: number, colour: string) => {
    const side = canvas.width;
    paper.lineWidth = width * side;
    paper.strokeStyle = colour;
    paper.lineCap = paper.lineJoin = 'round';
    paper.beginPath();
    paper.moveTo(stroke[0].x * side, stroke[0].y * side);
    for (const point of stroke) paper.lineTo(point.x * side, point.y * side);
    paper.stroke();
  };

  const paint = () => {
    paper.clearRect(0, 0, canvas.width, canvas.width);
    for (const stroke of strokes) line(stroke, Number(penWidth.value) / 28, '#fff');
    if (!cursor.shown) return;
    const { x, y } = cursor;
    const colour = cursor.down ? '#e69f00' : '#56b4e9';
    line(
      [
        { x: x - 0.03, y },
        { x: x + 0.03, y },
      ],
      0.008,
      colour,
    );
    line(
      [
        { x, y: y - 0.03 },
        { x, y: y + 0.03 },
      ],
      0.008,
      colour,
    );
  };

  const showPicture = (picture: number[] | undefined) => {
    const pen = seen.getContext('2d');
    const pixels = pen.createImageData(28, 28);
    for (let place = 0; place < 784; place++) {
      const grey = Math.round(255 * (picture ? picture[place] : 0));
      pixels.data.set([grey, grey, grey, 255], 4 * place);
    }
    pen.putImageData(pixels, 0, 0);
  };

  const inPercent = (percent: number) => words.share.replace('{share}', percent.toFixed(1));

  const read = () => {
    paint();
    const options = { penWidth: Number(penWidth.value), centred: centred.checked };
    const picture = tools.drawnDigit(strokes, options);
    const probabilities = picture && tools.applyNetwork(layers, picture);
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    showPicture(picture);
    rows.forEach((row, digit) => {
      const percent = probabilities ? 100 * probabilities[digit] : 0;
      bars[digit].style.width = `${percent}%`;
      shares[digit].textContent = probabilities ? inPercent(percent) : '';
      row.classList.toggle('best', digit === best);
    });
    const invitation = strokes.length > 0 ? words.small : words.empty;
    verdict.textContent = probabilities
      ? words.read.replace('{digit}', String(best)).replace('{share}', inPercent(100 * probabilities[best]))
      : invitation;
    root.setAttribute('data-digit', best < 0 ? '' : String(best));
  };

  const clear = () => {
    strokes = [];
    pointer = undefined;
    cursor.down = false;
    read();
  };

  const pointOf = (event: PageEvent): PadPoint => {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    cursor.shown = cursor.down = false;
    strokes.push([pointOf(event)]);
    read();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.pointerId !== pointer) return;
    event.preventDefault();
    const events = event.getCoalescedEvents?.() ?? [];
    strokes[strokes.length - 1].push(...(events.length > 0 ? events : [event]).map(pointOf));
    read();
  });
  for (const end of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === pointer) pointer = undefined;
    });
  }

  const moves: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moves[event.key];
    if (!move && ![' ', 'Delete', 'Backspace'].includes(event.key)) return;
    event.preventDefault();
    cursor.shown = true;
    if (move) {
      cursor.x = Math.min(1, Math.max(0, cursor.x + move[0] / 28));
      cursor.y = Math.min(1, Math.max(0, cursor.y + move[1] / 28));
      if (cursor.down) strokes[strokes.length - 1].push({ x: cursor.x, y: cursor.y });
    } else if (event.key === ' ') {
      cursor.down = !cursor.down;
      if (cursor.down) strokes.push([{ x: cursor.x, y: cursor.y }]);
    } else {
      strokes = [];
      cursor.down = false;
    }
    read();
  });
  part('clear').addEventListener('click', clear);
  penWidth.addEventListener('input', read);
  centred.addEventListener('input', read);
  read();
}
