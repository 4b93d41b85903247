import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { projectRoot } from '../../lib/base/project-root';
import type { Stroke } from '../../lib/data/digit-drawing';
import { whyNoChromium } from '../../tools/pictures';

/** Where the tests keep their notebooks and screenshots. */
export const folder = join(projectRoot(), 'out', 'browser');
mkdirSync(folder, { recursive: true });

/** Why a test that needs a browser is skipped, or nothing. */
const reason = whyNoChromium();
export const noChromium = reason ? ` (skipped: ${reason})` : '';

/** Keeps a picture of the page in `out/browser/`, to be looked at. */
export async function screenshot(page: Page | Locator, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Draws strokes with the mouse on a digit pad. */
export async function drawWithMouse(page: Page, pad: Locator, strokes: Stroke[]): Promise<void> {
  const canvas = pad.locator('[data-part=canvas]');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the canvas of the pad is not on the page');
  for (const stroke of strokes) {
    const points = stroke.map(({ x, y }) => [box.x + x * box.width, box.y + y * box.height]);
    await page.mouse.move(points[0][0], points[0][1]);
    await page.mouse.down();
    for (const [x, y] of points) await page.mouse.move(x, y);
    await page.mouse.up();
  }
}
