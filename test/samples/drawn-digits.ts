/** Digits as people draw them: pen paths designed by hand, three for each digit, none from MNIST. */
import type { PadPoint, Stroke } from '../../lib/data/digit-drawing';

const path = (...numbers: number[]): Stroke =>
  Array.from({ length: numbers.length / 2 }, (_, i) => ({
    x: numbers[2 * i],
    y: numbers[2 * i + 1],
  }));

/** Degrees run clockwise on the pad: 0 is right, 90 is down. */
const arc = (x: number, y: number, radiusX: number, radiusY: number, from: number, to: number): Stroke =>
  Array.from({ length: 19 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 18) * Math.PI) / 180;
    return { x: x + radiusX * Math.cos(angle), y: y + radiusY * Math.sin(angle) };
  });

const eight = (width: number, slant: number): Stroke =>
  Array.from({ length: 37 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 36;
    const up = Math.cos(angle);
    return {
      x: 0.5 + width * Math.sin(2 * angle) * (1 - 0.15 * up) + slant * up,
      y: 0.5 - 0.33 * up,
    };
  });

const join = (...strokes: Stroke[]): Stroke => strokes.flat();

/** Three drawings of each digit, 0 first: drawing → strokes → points. */
export const drawnDigits: Stroke[][][] = [
  [
    [arc(0.5, 0.5, 0.22, 0.32, -90, 270)],
    [arc(0.5, 0.5, 0.16, 0.33, -60, 310)],
    [arc(0.5, 0.5, 0.3, 0.31, -100, 265)],
  ],
  [[path(0.5, 0.15, 0.5, 0.85)], [path(0.6, 0.15, 0.42, 0.85)], [path(0.4, 0.28, 0.52, 0.15, 0.52, 0.85)]],
  [
    [join(arc(0.5, 0.33, 0.2, 0.18, -180, 30), path(0.3, 0.82, 0.72, 0.82))],
    [path(0.3, 0.25, 0.42, 0.16, 0.58, 0.16, 0.66, 0.28, 0.6, 0.45, 0.3, 0.8, 0.72, 0.78)],
    [
      join(
        arc(0.48, 0.34, 0.22, 0.18, -160, 45),
        path(0.32, 0.76),
        arc(0.36, 0.78, 0.06, 0.06, 180, 360),
        path(0.55, 0.84, 0.74, 0.78),
      ),
    ],
  ],
  [
    [join(arc(0.47, 0.32, 0.2, 0.17, -150, 90), arc(0.47, 0.67, 0.22, 0.18, -90, 150))],
    [join(path(0.3, 0.17, 0.68, 0.17, 0.48, 0.43), arc(0.47, 0.64, 0.2, 0.21, -80, 150))],
    [join(arc(0.48, 0.3, 0.18, 0.14, -170, 80), arc(0.46, 0.66, 0.24, 0.22, -80, 160))],
  ],
  [
    [path(0.35, 0.15, 0.3, 0.52, 0.72, 0.52), path(0.64, 0.2, 0.6, 0.86)],
    [path(0.6, 0.15, 0.28, 0.6, 0.75, 0.6), path(0.6, 0.15, 0.6, 0.86)],
    [
      join(path(0.33, 0.2, 0.31, 0.42), arc(0.45, 0.4, 0.14, 0.12, 170, 60), path(0.68, 0.46)),
      path(0.7, 0.15, 0.67, 0.88),
    ],
  ],
  [
    [join(path(0.36, 0.18, 0.34, 0.45), arc(0.47, 0.64, 0.2, 0.2, -125, 140)), path(0.36, 0.18, 0.68, 0.17)],
    [join(path(0.68, 0.16, 0.4, 0.17, 0.36, 0.44), arc(0.47, 0.63, 0.19, 0.21, -120, 130))],
    [path(0.72, 0.15, 0.45, 0.2, 0.4, 0.45, 0.55, 0.46, 0.64, 0.57, 0.6, 0.74, 0.46, 0.84, 0.28, 0.8)],
  ],
  [
    [join(path(0.62, 0.14, 0.45, 0.3, 0.34, 0.52), arc(0.48, 0.68, 0.15, 0.16, 180, -180))],
    [join(path(0.5, 0.12, 0.38, 0.35, 0.33, 0.62), arc(0.49, 0.66, 0.17, 0.19, 180, -170))],
    [join(path(0.66, 0.18, 0.52, 0.22, 0.38, 0.42, 0.34, 0.62), arc(0.48, 0.66, 0.15, 0.18, 190, -190))],
  ],
  [
    [path(0.28, 0.2, 0.7, 0.2, 0.45, 0.85)],
    [path(0.28, 0.2, 0.7, 0.18, 0.48, 0.86), path(0.4, 0.52, 0.66, 0.5)],
    [path(0.26, 0.28, 0.3, 0.2, 0.5, 0.21, 0.7, 0.18, 0.66, 0.3, 0.54, 0.55, 0.5, 0.86)],
  ],
  [
    [eight(0.2, 0)],
    [arc(0.5, 0.33, 0.15, 0.16, 90, 450), arc(0.5, 0.67, 0.19, 0.18, -90, 270)],
    [eight(0.18, 0.08)],
  ],
  [
    [join(arc(0.48, 0.34, 0.17, 0.18, 0, -360), path(0.65, 0.34, 0.6, 0.86))],
    [join(arc(0.5, 0.34, 0.16, 0.17, -30, -370), path(0.66, 0.5, 0.6, 0.74, 0.48, 0.84, 0.36, 0.8))],
    [join(arc(0.48, 0.33, 0.18, 0.16, -20, -360), path(0.66, 0.2, 0.66, 0.86))],
  ],
];

/** A way to draw: how wide the pen is, and where each point of the plain drawing goes. */
export interface DrawingStyle {
  name: string;
  penWidth: number;
  place(point: PadPoint): PadPoint;
}

const about =
  (scale: number, x: number, y: number, slant = 0) =>
  (point: PadPoint) => ({
    x: x + scale * (point.x - 0.5 - slant * (point.y - 0.5)),
    y: y + scale * (point.y - 0.5),
  });

export const drawingStyles: DrawingStyle[] = [
  { name: 'plain', penWidth: 2.6, place: about(1, 0.5, 0.5) },
  { name: 'thick', penWidth: 3.6, place: about(1, 0.5, 0.5) },
  { name: 'thin', penWidth: 1.8, place: about(1, 0.5, 0.5) },
  { name: 'small, top left', penWidth: 2.6, place: about(0.35, 0.25, 0.25) },
  { name: 'off-centre, bottom right', penWidth: 2.6, place: about(0.6, 0.72, 0.66) },
  { name: 'slanted', penWidth: 2.6, place: about(0.95, 0.5, 0.5, 0.25) },
];
