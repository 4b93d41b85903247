/** A graphics card as what computes in a page of the book: chosen, missing, lost. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../../tools/book/run';
import { writeServiceWorker, writeShell } from '../../tools/book/shell/write';
import { writePages } from '../../tools/notebooks/pages';
import { seriousFaults } from './axe';
import { openChromiumWithCard, whyNoCard } from './card';
import { screenshot } from './chromium';
import { noJupyter } from './jupyter';
import { type ServedBook, serveBook } from './served-book';
import { notebookOf } from './small-notebook';

const noCard = await whyNoCard();

/** A training and the gradients of a GPT, small enough for SwiftShader. */
const computing = notebookOf('01-card', [
  [
    'card-train',
    `import { claim, is } from './lib/course';
import { fitModel } from './lib/model';
import { startTensorflow, tf } from './lib/tensorflow';
await startTensorflow();
// Else what is small would be left to the processor.
if (tf.getBackend() === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
const examples = Array.from({ length: 64 }, (_, row) => Array.from({ length: 16 }, (_, place) => Math.sin(row * 16 + place)));
const x = tf.tensor2d(examples);
const y = tf.tensor2d(examples.map((row) => (row[3] > row[7] ? [1, 0] : [0, 1])));
const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
const model = tf.sequential({
  layers: [
    tf.layers.dense({ units: 8, inputShape: [16], activation: 'relu', kernelInitializer }),
    tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy' });
const { epochs, fused } = await fitModel(model, x, y, { epochs: 5, batchSize: 16 });
claim('The course trains it in its own steps.', fused);
claim('The loss falls below a half of what it was.', (epochs.at(-1)?.loss ?? 1) / epochs[0].loss, is.below(0.5));
console.log(tf.getBackend());`,
  ],
  [
    'card-gpt',
    `import { createGpt, gptGradients } from './lib/gpt';
const gpt = createGpt({ vocabulary: 5, context: 4, layers: 1, heads: 1, width: 4 });
const losses: number[] = [];
for (const backend of ['webgpu', 'wasm', 'webgpu'] as const) {
  await startTensorflow(backend);
  losses.push(gptGradients(gpt, [1, 2, 3, 4], [2, 3, 4, 0]).loss);
}
claim('The card gives a GPT the loss that WebAssembly gives it.', losses[0], is.within(losses[1], 1e-4));
claim('The card gives it twice to the same bits.', losses[0] === losses[2]);`,
  ],
]);

/** Starts what the reader has chosen; then the card is told what it refuses, or is gone. */
const failing = (name: string, fail: string) =>
  notebookOf(name, [
    [
      'fail-start',
      `import { startTensorflow, tf } from './lib/tensorflow';
console.log((await startTensorflow()).backend);`,
    ],
    [
      'fail-now',
      `const { device } = tf.backend() as unknown as { device: { createShaderModule(how: object): void; destroy(): void } };
device.${fail};
// The card hears of it with what it has to compute next.
await tf.neg(tf.zeros([5000])).data();`,
    ],
  ]);

const notebooks = [
  computing,
  failing('02-refuses', "createShaderModule({ code: 'not a program' })"),
  failing('03-goes', 'destroy()'),
];

async function write(folder: string): Promise<void> {
  const runs = () => undefined;
  await writePages(notebooks, folder, runs, () => {});
  await writeRun(notebooks, folder, runs);
  await writeShell([], folder);
  await writeServiceWorker(folder);
}

const cell = (page: Page, id: string) => page.locator(`[id="cell-id=${id}"]`);
const press = (page: Page, id: string) => cell(page, id).locator('.run-cell').click();
const shown = (page: Page, id: string) => cell(page, id).locator('.output').textContent();
const status = (page: Page) => page.locator('.run-bar [role=status]').textContent();
const computedBy = (page: Page) => page.locator('.run-backend').textContent();
const wayOf = (page: Page) => page.getByRole('combobox', { name: 'Compute' });

async function run(page: Page, id: string): Promise<void> {
  await press(page, id);
  await page.locator('html[data-run=idle]').waitFor();
  expect(await page.locator('.run-error').allInnerTexts()).toEqual([]);
}

/** Opens the page. @param asked - is told what it loads for the card */
async function open({ address, browser }: ServedBook, place = '01-card.html', asked: string[] = []) {
  const context = await browser.newContext();
  context.on('request', (request) => {
    const [, file] = /\/run\/webgpu\/(\w+)\.js/.exec(request.url()) ?? [];
    if (file) asked.push(file);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`${address}${place}`);
  return page;
}

describe.skipIf(noJupyter)(`a page of the book without a graphics card${noJupyter}`, () => {
  let book: ServedBook;
  beforeAll(async () => {
    book = await serveBook(write);
  });
  afterAll(() => book?.close());

  it('does not offer one, and says in one line what computes in place of one that the address asks for', async () => {
    const asked: string[] = [];
    const page = await open(book, '01-card.html?backend=webgpu', asked);
    await run(page, 'card-train');
    expect(await shown(page, 'card-train')).toMatch(/wasm\s*$/);
    expect(await status(page)).toContain('2 of 2 claims hold in your browser');
    expect(await computedBy(page)).toMatch(
      /^wasm \d+\.\d+\.\d+: WebGPU (?:was chosen, but no graphics card answers\.|cannot be loaded)$/,
    );
    expect(await wayOf(page).locator('option').count()).toBe(3);
    expect(await wayOf(page).inputValue()).toBe('');
    expect(asked.filter((file) => file !== 'card')).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(noCard)(`a page of the book with a graphics card${noCard}`, () => {
  let book: ServedBook;
  beforeAll(async () => {
    book = await serveBook(write, '/', openChromiumWithCard);
  });
  afterAll(() => book?.close());

  const offered = (page: Page) => wayOf(page).locator('option[value=webgpu]').waitFor({ state: 'attached' });
  const kept = (page: Page) => page.getByText('The book is kept in this browser').waitFor();

  it('offers it, loads nothing of it until it is chosen, and then computes there', async () => {
    const asked: string[] = [];
    const page = await open(book, '01-card.html', asked);
    await offered(page);
    expect(await wayOf(page).locator('option').last().textContent()).toBe('on the graphics card (WebGPU)');
    expect(await wayOf(page).getAttribute('title')).toContain('The fastest way is WebAssembly');
    await run(page, 'card-train');
    expect(await computedBy(page)).toMatch(/^wasm \d/);
    expect(new Set(asked)).toEqual(new Set(['offer', 'probe']));
    await wayOf(page).selectOption('on the graphics card (WebGPU)');
    expect(new URL(page.url()).search).toBe('?backend=webgpu');
    expect(await status(page)).toBe('Another way to compute is chosen: run the cells again.');
    await run(page, 'card-train');
    expect(await computedBy(page)).toMatch(/^webgpu \d+\.\d+\.\d+$/);
    expect(await shown(page, 'card-train')).toMatch(/webgpu\s*$/);
    await run(page, 'card-gpt');
    expect(await status(page)).toContain('4 of 4 claims hold in your browser');
    await screenshot(page, 'run-webgpu');
    await page.setViewportSize({ width: 390, height: 844 });
    await screenshot(page, 'run-webgpu-telephone');
    expect(await page.locator('.run-bar').evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
    const faults = await seriousFaults(page);
    expect(faults.filter((fault) => /select|\.run-/.test(fault))).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['refuses what it is told', '02-refuses', /WGSL|shader/i],
    ['is lost', '03-goes', /destroyed|lost/i],
  ])('goes back to the fastest way where the card %s, and says so', async (_, name, why) => {
    const page = await open(book, `${name}.html?backend=webgpu`);
    await offered(page);
    expect(await wayOf(page).inputValue()).toBe('webgpu');
    await run(page, 'fail-start');
    expect(await shown(page, 'fail-start')).toMatch(/webgpu\s*$/);
    await press(page, 'fail-now');
    await page.getByText('WebGPU failed (').waitFor();
    const [, told] =
      /^WebGPU failed \((.+)\): what the cells had computed/.exec((await status(page)) ?? '') ?? [];
    expect(told).toMatch(why);
    expect(new URL(page.url()).search).toBe('');
    expect(await wayOf(page).inputValue()).toBe('');
    await run(page, 'fail-start');
    expect(await shown(page, 'fail-start')).toMatch(/wasm\s*$/);
    expect(await computedBy(page)).toMatch(/^wasm \d+\.\d+\.\d+$/);
    await page.context().close();
  });

  it('computes there without a network once it has, and not before keeps what that takes', async () => {
    const page = await open(book);
    await kept(page);
    const keptFiles = async () =>
      (await page.evaluate(
        `caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys())))).then((all) => all.flat().map(({ url }) => url))`,
      )) as string[];
    const ofCard = async () =>
      (await keptFiles()).filter((url) => /\/run\/webgpu\/(?!probe|offer)/.test(url)).length;
    expect(await ofCard()).toBe(0);
    await page.reload();
    await offered(page);
    await wayOf(page).selectOption('on the graphics card (WebGPU)');
    await run(page, 'card-train');
    await expect.poll(ofCard).toBe(3);
    book.server.close();
    book.server.closeAllConnections();
    await page.reload();
    await run(page, 'card-train');
    expect(await computedBy(page)).toMatch(/^webgpu \d/);
    await page.context().close();
  });
});
