import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { host } from '../../../lib/base/host';
import { show } from '../../../lib/course/show';
import { plotlySource } from '../../../lib/course/static-page';
import { lineFigure } from '../../../lib/figures/lines';
import { type Recorded, recordDisplay } from '../../samples/notebook-display';

const figure = lineFigure({
  title: 'Loss',
  xAxis: 'step',
  yAxis: 'error',
  series: [{ name: 'loss', y: [3, 2, 1] }],
});

// A test opens nothing on anyone's screen: in the place of the program that opens pages stands one
// that notes what it was asked to open.
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-show-'));
const asked = path.join(place, 'asked.txt');
const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
fs.writeFileSync(path.join(place, opener), `#!/bin/sh\necho "$@" >> '${asked}'\n`, { mode: 0o755 });
afterAll(() => fs.rmSync(place, { recursive: true }));

let recorded: Recorded | undefined;
afterEach(() => {
  recorded?.stop();
  recorded = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** As if there were a screen, or none. */
function surroundings({ terminal = true, headless = '', ci = '' }) {
  vi.stubEnv('DESCENT_HEADLESS', headless);
  vi.stubEnv('CI', ci);
  vi.stubEnv('PATH', place);
  vi.stubEnv('TMPDIR', place);
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
  });

  test.each([{ terminal: false }, { headless: '1' }, { ci: 'true' }])(
    'is one line of text where there is no screen: %j',
    (where) => {
      const print = surroundings(where);
      show(figure);
      expect(print.mock.calls).toEqual([['Figure: Loss (error over step)']]);
    },
  );

  test('replaces no page: what would update one is a line of text', () => {
    const print = surroundings({});
    show(figure, { id: 'curve', update: true });
    expect(print.mock.calls).toEqual([['Figure: Loss (error over step)']]);
  });

  test('writes one page with the figures shown together, says where, and has it opened', async ({ skip }) => {
    skip(process.platform === 'win32', 'the program that opens pages cannot be replaced on Windows');
    skip((await plotlySource()) === undefined, 'there is no plotly.js in .venv: run npm run setup');
    const print = surroundings({});
    show(figure);
    show(figure, { alt: 'It falls.' });
    await vi.waitFor(() => expect(fs.readFileSync(asked, 'utf8')).toMatch(/\n$/));
    const file = fs.readFileSync(asked, 'utf8').trim();
    expect(print.mock.calls).toEqual([
      ['Figure: Loss (error over step)'],
      ['It falls.'],
      [`Drawn in ${file}`],
    ]);
    expect(file.startsWith(place)).toBe(true);
    expect([fs.statSync(path.dirname(file)).mode & 0o777, fs.statSync(file).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    const page = fs.readFileSync(file, 'utf8');
    const data = [
      ...page.matchAll(/<script type="application\/json" data-figure="figure-\d">(.*?)<\/script>/g),
    ];
    expect(data.map(([, json]) => JSON.parse(json))).toEqual(
      [0, 1].map(() => ({
        data: JSON.parse(JSON.stringify(figure.data)),
        layout: JSON.parse(JSON.stringify(figure.layout)),
        config: expect.objectContaining({ displaylogo: false }),
      })),
    );
  });

  test('says what lacks where a page cannot be drawn', async () => {
    const print = surroundings({});
    vi.spyOn(host().files, 'exists').mockResolvedValue(false);
    show(figure);
    await vi.waitFor(() => expect(print).toHaveBeenCalledTimes(2));
    expect(print.mock.calls).toEqual([
      ['Figure: Loss (error over step)'],
      ['Cannot draw it: there is no plotly.js in .venv. `npm run setup` installs what is missing.'],
    ]);
  });

  test('shows nothing that lacks a name', () => {
    const print = surroundings({});
    const nameless = { ...figure, layout: { ...figure.layout, title: undefined } };
    expect(() => show(nameless)).toThrow('Cannot show the figure: a title must be given');
    expect(print).not.toHaveBeenCalled();
  });
});
