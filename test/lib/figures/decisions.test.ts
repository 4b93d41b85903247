import { describe, expect, test } from 'vitest';
import { decisionFigure } from '../../../lib/figures/decisions';

const range: [number, number] = [0, 1];
const { data } = decisionFigure({
  title: 'Two classes',
  xAxis: { title: 'x₁', range },
  yAxis: { title: 'x₂', range },
  probabilities: [
    [0, 0.25],
    [0.5, 1],
  ],
  inputs: [
    [0.1, 0.2],
    [0.3, 0.4],
    [0.5, 0.6],
  ],
  labels: [1, 0, 1],
  classNames: ['no', 'yes'],
});

describe('decisionFigure()', () => {
  test('draws probabilities in percent, with the line at even odds and a scale in quarters', () => {
    expect(data[0]).toMatchObject({
      x: [0, 1],
      y: [0, 1],
      z: [
        [0, 25],
        [50, 100],
      ],
      zmin: 0,
      zmax: 100,
      contours: { start: 50, end: 50 },
      colorbar: { tickvals: [0, 25, 50, 75, 100] },
    });
  });

  test('tells the classes apart by shape too, for who cannot by colour', () => {
    expect(data[1]).toMatchObject({ name: 'no', x: [0.3], y: [0.4], marker: { symbol: 'circle' } });
    expect(data[2]).toMatchObject({
      name: 'yes',
      x: [0.1, 0.5],
      y: [0.2, 0.6],
      marker: { symbol: 'diamond' },
    });
  });
});

test('decisionFigure() draws straight lines from edge to edge, and none where one misses the plane', () => {
  const lines = {
    name: 'units',
    all: [
      { weights: [1, 0], bias: -0.5, width: 2 },
      { weights: [1, 1], bias: -1, width: 1 },
      { weights: [1, 1], bias: 9, width: 1 },
    ],
  };
  const plane = { title: 'x', range };
  const { data } = decisionFigure({
    ...{ title: 'Lines', xAxis: plane, yAxis: plane, inputs: [[0, 0]], labels: [0], lines },
    probabilities: [
      [0, 1],
      [0, 1],
    ],
  });
  expect(data).toHaveLength(6);
  expect(data[1]).toMatchObject({ name: 'units', x: [0.5, 0.5], y: [0, 1], showlegend: true });
  expect(data[2]).toMatchObject({ x: [0, 1], y: [1, 0], showlegend: false });
  expect(data[3]).toMatchObject({ x: [], y: [] });
});
