import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { digitPad, digitPadHtml } from '../../../lib/course/digit-pad/pad';
import { createModel } from '../../../lib/model/mnist-model';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { type Recorded, recordDisplay } from '../../samples/notebook-display';

beforeAll(() => startTensorflow());

let recorded: Recorded | undefined;
afterEach(() => {
  recorded?.stop();
  vi.restoreAllMocks();
});

describe('digitPad()', () => {
  test('shows itself in a notebook, with a line for who has no scripts, and prints nothing', () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    recorded = recordDisplay();
    const model = createModel({ hiddenUnits: 2 });
    digitPad(model, { title: 'Draw a seven' });
    expect(recorded.outputs).toEqual([
      {
        'text/html': digitPadHtml(model, { title: 'Draw a seven' }),
        'text/plain': expect.stringContaining('it needs a notebook with scripts'),
      },
    ]);
    expect(print).not.toHaveBeenCalled();
    model.dispose();
  });

  test('says outside a notebook what it needs', () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    const model = createModel({ hiddenUnits: 2 });
    digitPad(model);
    expect(print.mock.calls).toEqual([[expect.stringContaining('it needs a notebook with scripts')]]);
    model.dispose();
  });
});

describe('digitPadHtml()', () => {
  test('lets no text of its title or its network end the script', () => {
    const model = createModel({ hiddenUnits: 2 });
    const html = digitPadHtml(model, { title: '</script><b>' });
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/\sid=/);
    model.dispose();
  });

  test.each([
    [783, 10],
    [784, 9],
  ])('refuses a network from %i to %i', (inputs, classes) => {
    const layer = tf.layers.dense({ inputShape: [inputs], units: classes, activation: 'softmax' });
    const model = tf.sequential({ layers: [layer] });
    expect(() => digitPadHtml(model)).toThrow(
      `Cannot show a digit pad: the network must map 784 pixels to 10 classes, got ${inputs} to ${classes}`,
    );
    model.dispose();
  });
});
