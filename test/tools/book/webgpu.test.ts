import { expect, test } from 'vitest';
import { isOnRequest } from '../../../tools/book/page/shell/on-request';
import { type CardNeeds, WebGpu } from '../../../tools/book/page/webgpu';

/** What a page gives; what it would load from its folder is this module. */
const needs = (module: string): CardNeeds => ({
  address: `data:text/javascript,${encodeURIComponent(module)}//`,
  load: async (name) => ({ name }),
  say: (english) => english,
  lose: () => {},
});

test('WebGpu runs unasked only where the reader has chosen it', () => {
  let chosen = false;
  const card = new WebGpu(needs(''), () => chosen);
  expect(card.onRequest).toBe(true);
  chosen = true;
  expect(card.onRequest).toBe(false);
});

test('WebGpu loads a card once, by its name, and hands on what makes its operations', async () => {
  const module = `let count = 0;
    export const startCard = async () => ({ device: 'card ' + ++count, operations: () => ({ made: true }) });`;
  const card = new WebGpu(needs(module), () => true);
  expect(card.device()).toBe('');
  await card.load();
  await card.load();
  expect([card.device(), card.operations()(), card.problem]).toEqual(['card 1', { made: true }, '']);
});

test('WebGpu keeps why a card does not start, also where its file does not come', async () => {
  const refused = new WebGpu(
    needs('export const startCard = async () => { throw new Error("no graphics card answers"); };'),
    () => true,
  );
  await expect(refused.load()).rejects.toThrow('no graphics card answers');
  expect(refused.problem).toBe('no graphics card answers');
  const absent = new WebGpu({ ...needs(''), address: 'file:///nowhere/' }, () => true);
  await expect(absent.load()).rejects.toThrow();
  expect(absent.problem).toBe('WebGPU was chosen, but what it takes cannot be loaded.');
});

test('isOnRequest() leaves out of what a browser keeps at once what computes on a card alone', () => {
  expect(
    ['run/webgpu/backend.js', 'run/worker.js', 'run/data/webgpu/a', 'webgpu.html'].map(isOnRequest),
  ).toEqual([true, false, false, false]);
});
