import { expect, test } from 'vitest';
import type { Cell } from '../../../tools/notebooks/notebook-file';
import { readEdition } from '../../../tools/translate/edition';
import { labelFaults } from '../../../tools/translate/labels';

const zh = readEdition('zh');
const plotly = 'application/vnd.plotly.v1+json';

/** A cell that shows this. */
const showing = (data: Record<string, unknown>): Cell => ({
  cell_type: 'code',
  id: 'x-figure',
  metadata: {},
  source: '',
  outputs: [{ output_type: 'display_data', data }],
});

/** What is found in what a translated cell shows; `sigma` and `xx-mend` are names of the notebook. */
const found = (data: Record<string, unknown>, edition = zh, english = data) =>
  labelFaults(edition, showing(english), showing(data), new Set(['sigma', 'xx-mend'])).map(
    ([, what]) => what,
  );

const figure = (data: object[], layout: object = {}, frames: object[] = []) => ({
  [plotly]: { data, layout, frames },
});

test.each([
  ['in a legend', figure([{ name: 'identity' }])],
  ['beside Chinese', figure([{ name: '恒等函数，identity' }])],
  ['where the mouse rests', figure([{ hovertemplate: '%{y:.4~g}<extra>identity</extra>' }])],
  ['before a value there', figure([{ hovertemplate: 'ink %{z:.3~g}<extra></extra>' }])],
  ['among names on an axis', figure([{ y: ['均值', 'majority'] }])],
  ['on a mark', figure([{ text: ['majority'] }])],
  ['of an axis', figure([], { yaxis2: { title: { text: 'loss' } } })],
  ['of a tick', figure([], { xaxis: { ticktext: ['none'] } })],
  ['in the title', figure([], { title: { text: 'loss：下降' } })],
  ['on a bar of colours', figure([{ colorbar: { title: { text: 'mistakes' } } }])],
  ['of a note', figure([], { annotations: [{ text: '<b>the floor</b>' }] })],
  ['of a slider', figure([], { sliders: [{ currentvalue: { prefix: 'strength: ' } }] })],
  ['of its steps', figure([], { sliders: [{ steps: [{ label: 'before' }] }] })],
  ['in a frame', figure([], {}, [{ data: [{ name: 'before' }] }])],
  ['in a table', { 'text/plain': '基线      majority' }],
  ['joined to a name', { 'text/plain': 'XOR-network' }],
  ['on a page', { 'text/html': '<td style="color:red">majority</td>' }],
])('labelFaults() finds an English word %s', (_, data) => {
  expect(found(data)).toHaveLength(1);
  expect(found(data)[0]).toMatch(/shown in English/);
});

test('labelFaults() names each word once, and the first eight at most', () => {
  expect(found({ 'text/plain': 'one two\none three' })).toEqual([
    "'one', 'two', 'three' are shown in English: translate where the code says it",
  ]);
  expect(found({ 'text/plain': 'one' })[0]).toContain("'one' is shown");
  const many = 'one two three four five six seven eight nine ten';
  expect(found({ 'text/plain': many })[0].match(/'/g)).toHaveLength(16);
});

test.each([
  'Adam、ReLU 和 relu',
  'W1 与 delta2',
  'NaN',
  'BERT-large',
  '用 trainModel',
  'lib/data/idx.ts 里的',
  'hidden/kernel',
  '他说“none”',
  'GPT 占 5 kB、3 GB',
  '○ 练习待做：xx-mend。',
  'sigma: 3',
  '方差 Var(q) 和 rowsum(A)',
  '用 `npm run book`',
  'https://example.org/none',
  '答对 97%',
  '损失（奈特）',
  '第一列  第二列',
])('labelFaults() lets pass what stays as it is: %s', (text) => {
  expect(found({ 'text/plain': text })).toEqual([]);
});

test('labelFaults() looks at nothing that is not shown', () => {
  const style = {
    line: { color: 'blue' },
    mode: 'lines',
    legendgroup: 'negative',
    marker: { symbol: 'circle' },
  };
  expect(found(figure([style], { xaxis: { side: 'top', tickfont: { family: 'Noto Sans' } } }))).toEqual([]);
  expect(
    found({ 'text/html': '<style>p { color: red }</style><script>run()</script>', 'image/png': 'none' }),
  ).toEqual([]);
  expect(found({ 'text/latex': '$\\theta$', 'text/plain': 'theta equals mu' })).toEqual([]);
});

test.each(['97 %', '答对 97.1 %', '损失 (奈特)', '第一轮， 第二轮', '损失: 0.1'])(
  'labelFaults() finds signs set as in English: %s',
  (text) => {
    expect(found({ 'text/plain': text })).toHaveLength(1);
    expect(found({ 'text/plain': text })[0]).toMatch(/in what it shows$/);
  },
);

test('labelFaults() in Latin script finds as many words as nobody leaves by chance', () => {
  const latin = { ...zh, settings: { ...zh.settings, script: 'Latin', typography: [] } };
  const [long, short] = ['all of the weights', 'weights'].map((text) => ({ 'text/plain': text }));
  expect(found(long, latin)).toHaveLength(1);
  expect(found(short, latin)).toEqual([]);
  expect(found(long, latin, short)).toEqual([]);
});
