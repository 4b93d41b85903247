import { expect, test } from 'vitest';
import { heatmapFigure } from '../../../lib/figures/heatmaps';

const wordColours = (values: number[][], scale: 'sequential' | 'diverging', range: [number, number]) => {
  const { data } = heatmapFigure({
    title: 't',
    xAxis: 'x',
    yAxis: 'y',
    valueName: 'v',
    values,
    scale,
    range,
    decimals: 1,
  });
  const { color } = (data[1] as unknown as { textfont: { color: string[] } }).textfont;
  return color.map((one) => one === '#FFFFFF');
};

test('words are white where the cell is dark: at both ends of a diverging scale', () => {
  expect(wordColours([[-1, -0.7, -0.5, 0, 0.5, 0.7, 1]], 'diverging', [-1, 1])).toEqual([
    ...[true, true, false],
    false,
    ...[false, true, true],
  ]);
});

test('words are white where the cell is dark: at the upper end of a sequential scale', () => {
  expect(wordColours([[0, 2, 7, 9, 10]], 'sequential', [0, 10])).toEqual([false, false, false, true, true]);
});

test('of many rows every second is named, of an axis with ticks of its own each that these name', () => {
  const values = Array.from({ length: 27 }, () => [0, 1]);
  const letters = [...' abcdefghijklmnopqrstuvwxyz'];
  const ticks = { values: [...letters.keys()], labels: letters };
  const namesOf = (yAxis: string | { title: string; ticks: typeof ticks }) => {
    const options = { title: 't', xAxis: 'x', yAxis, valueName: 'v', values, rowLabels: letters };
    return (heatmapFigure(options).layout.yaxis as { ticktext: string[] }).ticktext;
  };
  expect(namesOf('letter')).toEqual(letters.filter((_, index) => index % 2 === 0));
  expect(namesOf({ title: 'letter', ticks })).toEqual(letters);
});
