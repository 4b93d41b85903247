import { expect, test } from 'vitest';
import { sayIn } from '../../../tools/book/page/say';
import { isOnRequest } from '../../../tools/book/page/shell/on-request';
import { type CardNeeds, webGpu } from '../../../tools/book/page/webgpu';

/** What a page gives; what it would load from its folder is this module. */
const needs = (module: string): CardNeeds => ({
  address: `data:text/javascript,${encodeURIComponent(module)}//`,
  load: async (name) => ({ name }),
  say: sayIn('en'),
  lose: () => {},
});

test('webGpu() runs unasked only where the reader has chosen it', () => {
  let chosen = false;
  const card = webGpu(needs(''), () => chosen);
  expect(card.onRequest).toBe(true);
  chosen = true;
  expect(card.onRequest).toBe(false);
});

test('webGpu() has the name of a card and its operations once it is loaded', async () => {
  const module =
    'export const startCard = async ({ load }) => ({ device: () => typeof load, operations: () => () => [] });';
  const card = webGpu(needs(module), () => true);
  expect([card.device, card.operations]).toEqual([undefined, undefined]);
  await card.load();
  expect([card.device?.(), card.operations?.()(), card.problem]).toEqual(['function', [], '']);
});

test('webGpu() keeps why a card does not start, also where its file does not come', async () => {
  const refused = webGpu(
    needs('export const startCard = async () => { throw new Error("no graphics card answers"); };'),
    () => true,
  );
  await expect(refused.load()).rejects.toThrow('no graphics card answers');
  expect(refused.problem).toBe('no graphics card answers');
  const absent = webGpu({ ...needs(''), address: 'file:///nowhere/' }, () => true);
  await expect(absent.load()).rejects.toThrow();
  expect(absent.problem).toBe('WebGPU cannot be loaded');
});

test('isOnRequest() leaves out of what a browser keeps at once what computes on a card alone', () => {
  expect(
    ['run/webgpu/backend.js', 'run/worker.js', 'run/data/webgpu/a', 'webgpu.html'].map(isOnRequest),
  ).toEqual([true, false, false, false]);
});
