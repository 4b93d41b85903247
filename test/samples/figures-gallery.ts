import * as f from '../../lib/figures';
import type { Figure } from '../../lib/figures/theme';
import { decisionGrid } from '../../lib/network/decision-grid';

const count = <Value>(length: number, value: (index: number) => Value): Value[] =>
  Array.from({ length }, (_, index) => value(index));

const xAxis = { title: 'x₁', range: [-2, 3] as [number, number] };
const yAxis = { title: 'x₂', range: [-1.5, 2] as [number, number] };

function boundary(sharpness: number): Figure {
  const grid = decisionGrid(xAxis.range, yAxis.range, 41);
  const height = ([x, y]: number[]) => y - Math.sin(2 * x);
  const inputs = count(60, (i) => [Math.sin(i * 1.7) * 1.8, Math.cos(i * 2.3)]);
  return f.decisionFigure({
    title: 'The boundary bends around the points',
    xAxis,
    yAxis,
    probabilities: grid.rows(grid.points.map((point) => 1 / (1 + Math.exp(-sharpness * height(point))))),
    inputs,
    labels: inputs.map((point) => (height(point) > 0 ? 1 : 0)),
  });
}

function descent(learningRate: number): Figure {
  const points = [[2.5, 1.5]];
  for (let step = 0; step < 25; step++) {
    const [x, y] = points[step];
    points.push([x - learningRate * 2 * x, y - learningRate * 20 * y]);
  }
  return f.contourFigure({
    title: 'Descent zigzags across the valley',
    surfaceName: 'J(θ)',
    xAxis: { title: 'θ₁', range: [-3, 3] },
    yAxis: { title: 'θ₂', range: [-2, 2] },
    surface: (x, y) => x * x + 10 * y * y,
    minimum: [0, 0],
    paths: [{ name: 'path', points }],
  });
}

const rates = f.withSlider(
  [0.01, 0.05, 0.09].map((rate) => ({ label: rate, figure: descent(rate) })),
  { name: 'learning rate', start: 2 },
);

const errors = count(41, (step) => 0.8 ** step);
const ring = (radius: number) =>
  count(784, (i) => {
    const distance = Math.abs(Math.hypot((i % 28) - 14, Math.floor(i / 28) - 14) - radius);
    return distance < 1.5 ? Math.round(255 * (1 - distance / 1.6)) : 0;
  });

const lineFigure = f.lineFigure({
  title: 'The error falls by the same factor at every step, and nothing < 0 remains & all is well',
  xAxis: 'step',
  yAxis: { title: 'error', scale: 'log' },
  series: [
    {
      name: 'measured',
      y: errors,
      band: { low: errors.map((e) => e * 0.6), high: errors.map((e) => e * 1.5) },
    },
    { name: 'theory', y: errors.map((e) => e * 1.2), style: 'theory' },
    { name: 'checkpoints', x: [0, 10], y: [1, 0.1], style: 'points' },
    { name: 'floor', y: errors.map(() => 1e-4), style: 'reference' },
  ],
  marks: [
    { x: 20, label: 'halved' },
    { y: 1e-3, label: 'target' },
  ],
});

/** One example of every builder, by the builder's name; drawn by the tests in a real browser. */
export const gallery: Record<string, Figure> = {
  lineFigure,
  contourFigure: descent(0.09),
  decisionFigure: boundary(3),
  heatmapFigure: f.heatmapFigure({
    title: 'Accuracy by width and rate',
    xAxis: 'learning rate',
    yAxis: 'hidden units',
    values: [
      [80, 90, 91.2],
      [85, 95, 20.5],
    ],
    valueName: 'accuracy (%)',
    columnLabels: [0.001, 0.01, 0.1],
    rowLabels: [16, 128],
    decimals: 1,
  }),
  digitGridFigure: f.digitGridFigure({
    title: 'Twelve rings',
    digits: count(12, (i) => ring(3 + (i % 8))),
    captions: count(12, (i) => `${i} read as 3`),
  }),
  imagesFigure: f.imagesFigure({
    title: 'What each class looks for',
    images: count(10, (i) => ring(3 + i).map((ink, at) => (ink / 255 - 0.3) * Math.cos(at / 50))),
    valueName: 'weight',
    captions: count(10, (i) => i),
  }),
  confusionFigure: f.confusionFigure({
    title: 'Which digit is read as which',
    counts: count(10, (i) => count(10, (j) => (i === j ? 950 + i : (i * j) % 7))),
  }),
  mapFigure: f.mapFigure({
    title: 'Three clouds around their words',
    xAxis: 'first component',
    yAxis: 'second component',
    classes: ['zero', 'one', 'two'].map((name, cloud) => ({
      name,
      sign: String(cloud),
      points: count(8, (i) => [cloud + Math.cos(i) / 3, (cloud % 2) + Math.sin(i) / 3]),
      place: [cloud, cloud % 2],
    })),
  }),
  reliabilityFigure: f.reliabilityFigure({
    title: 'Doubtful answers are right less often than they say',
    name: 'one network',
    bins: count(5, (i) => ({ count: 40, confidence: 0.5 + i / 10, accuracy: 0.45 + i / 10 })),
  }),
  similarityFigure: f.similarityFigure({
    title: 'Digits and their names',
    xAxis: 'name',
    yAxis: 'digit',
    similarities: count(4, (i) => count(4, (j) => (i === j ? 0.9 : Math.sin(i * 3 + j)))),
    rowLabels: [0, 1, 2, 3],
    columnLabels: ['zero', 'one', 'two', 'three'],
  }),
  benchmarkFigure: f.benchmarkFigure({
    measurements: ['fused', 'layers'].flatMap((name, place) =>
      [32, 256].map((size) => ({
        name,
        what: `one epoch, batch ${size}`,
        seconds: [1, 2, 3].map((run) => (run * (place + 1) * 32) / size),
      })),
    ),
  }),
  barFigure: f.barFigure({
    title: 'Test accuracy',
    xAxis: 'optimizer',
    yAxis: { title: 'accuracy', unit: '%' },
    categories: ['SGD', 'momentum', 'Adam'],
    series: [
      { name: 'rate 0.01', values: [95.3, 96.1, 97.8], errors: [1.2, 0.5, 0.4] },
      { name: 'rate 0.1', values: [97.8, 97.5, 50.3], errors: [0.2, 0.3, 4] },
    ],
  }),
  histogramFigure: f.histogramFigure({
    title: 'Weights after training',
    xAxis: 'weight',
    yAxis: 'number of weights',
    series: [
      { name: 'no penalty', values: count(900, (i) => Math.sin(i) + Math.sin(3.7 * i)) },
      { name: 'L2', values: count(900, (i) => (Math.sin(i) + Math.sin(2.3 * i)) / 3) },
    ],
  }),
  dotFigure: f.dotFigure({
    title: 'The fused step is the fastest',
    xAxis: { title: 'one epoch', unit: 's' },
    yAxis: 'program',
    categories: ['fused', 'Keras'],
    series: [{ name: 'batch size 32', values: [0.81, 2.51] }],
  }),
  graphFigure: f.graphFigure({
    title: 'L = (w x − y)² + λ w²',
    nodes: [
      { id: 'w', label: 'w', value: 2, gradient: 6.1, kind: 'parameter' },
      { id: 'x', label: 'x', value: 1.5, kind: 'input' },
      { id: 'p', label: '×', value: 3, gradient: 4 },
      { id: 'L', label: 'L', value: 9, gradient: 1, kind: 'loss' },
    ],
    edges: [
      { from: 'w', to: 'p', label: 'x' },
      { from: 'x', to: 'p', label: 'w' },
      { from: 'p', to: 'L' },
      { from: 'w', to: 'L', label: '2λw' },
    ],
  }),
  networkFigure: f.networkFigure({
    title: 'A network with weights',
    layers: [
      { name: 'input', units: 2 },
      { name: 'hidden', units: 30 },
      { name: 'output', units: 1 },
    ],
    weights: [count(2, (i) => count(30, (j) => Math.sin(i + 5 * j))), count(30, (i) => [Math.cos(i)])],
  }),
  sideBySide: f.sideBySide([descent(0.05), descent(0.09)], { title: 'Two rates', shareY: true }),
  withSlider: rates,
  filmstripFigure: f.filmstripFigure(rates),
  withAnimation: f.withAnimation(
    [0, 1, 3, 8].map((epoch) => ({ label: epoch, figure: boundary(epoch) })),
    { name: 'epoch' },
  ),
};
