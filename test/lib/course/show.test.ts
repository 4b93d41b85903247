import { afterEach, describe, expect, test, vi } from 'vitest';
import { host } from '../../../lib/base/host';
import { show } from '../../../lib/course/show';
import { lineFigure } from '../../../lib/figures/lines';
import { type Recorded, recordDisplay } from '../../samples/notebook-display';

const figure = lineFigure({
  title: 'Loss',
  xAxis: 'step',
  yAxis: 'error',
  series: [{ name: 'loss', y: [3, 2, 1] }],
});

// A test opens no window on anyone's screen: what would be drawn in it is looked at instead.
const plot = vi.hoisted(() => vi.fn());
vi.mock('nodeplotlib', () => ({ plot }));

let recorded: Recorded | undefined;
afterEach(() => {
  recorded?.stop();
  recorded = undefined;
  plot.mockClear();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** As if there were a screen, or none. */
function surroundings({ terminal = true, headless = '', ci = '' }) {
  vi.stubEnv('DESCENT_HEADLESS', headless);
  vi.stubEnv('CI', ci);
  vi.spyOn(host(), 'terminal', 'get').mockReturnValue(terminal);
  return vi.spyOn(console, 'log').mockImplementation(() => {});
}

describe('show()', () => {
  test('in a notebook is one output, with a line for who cannot see it', () => {
    const print = surroundings({});
    recorded = recordDisplay();
    show(figure, { id: 'curve', update: true });
    show(figure, { alt: 'It falls.' });
    const plain = recorded.outputs.map((output) => output['text/plain']);
    expect(plain).toEqual(['Figure: Loss (error over step)', 'It falls.']);
    expect(recorded.outputs[0]['application/vnd.plotly.v1+json']).toMatchObject({
      data: JSON.parse(JSON.stringify(figure.data)),
      layout: JSON.parse(JSON.stringify(figure.layout)),
      config: { displaylogo: false },
    });
    expect(recorded.options[0]).toEqual({ id: 'curve', update: true });
    expect(print).not.toHaveBeenCalled();
    expect(plot).not.toHaveBeenCalled();
  });

  test.each([{ terminal: false }, { headless: '1' }, { ci: 'true' }])(
    'is one line of text where there is no screen: %j',
    async (where) => {
      const print = surroundings(where);
      show(figure);
      expect(print.mock.calls).toEqual([['Figure: Loss (error over step)']]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(plot).not.toHaveBeenCalled();
    },
  );

  test('opens a window with the figure’s data and layout where there is a screen', async () => {
    const print = surroundings({});
    show(figure);
    await vi.waitFor(() => expect(plot).toHaveBeenCalledTimes(1));
    const [data, layout, config] = plot.mock.calls[0];
    expect([data, layout]).toEqual([figure.data, figure.layout]);
    expect(config).toMatchObject({ displaylogo: false });
    expect(print).not.toHaveBeenCalled();
  });

  test('shows nothing that lacks a name', () => {
    const print = surroundings({});
    const nameless = { ...figure, layout: { ...figure.layout, title: undefined } };
    expect(() => show(nameless)).toThrow('Cannot show the figure: a title must be given');
    expect(print).not.toHaveBeenCalled();
    expect(plot).not.toHaveBeenCalled();
  });
});
