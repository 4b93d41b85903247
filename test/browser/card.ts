/** A Chromium with a graphics card: SwiftShader, which does a card's work on the processor and comes with Chromium. */
import type { Browser } from 'playwright-core';
import { hasWebGpu } from '../../tools/book/webgpu';
import { launchOptions } from '../../tools/pictures/chromium';
import { noJupyter } from './jupyter';

/** With another way to draw, Chromium does not get the pictures that WebGPU makes, through which numbers are read at once. */
const withCard = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-vulkan=swiftshader',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-features=Vulkan,SkiaGraphite',
  '--ignore-gpu-blocklist',
];

/** Starts it, headless. */
export async function openChromiumWithCard(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const { args = [], ...options } = launchOptions(process.getuid?.(), withCard);
  return chromium.launch({ ...options, args: args.filter((one) => one !== '--disable-gpu') });
}

/** @returns why no test can compute on it, as the end of a test's name; empty if one can */
export async function whyNoCard(): Promise<string> {
  if (noJupyter) return noJupyter;
  if (!hasWebGpu()) return ' (skipped: WebGPU is not installed)';
  const browser = await openChromiumWithCard();
  try {
    const page = await browser.newPage();
    // Only pages that come safely may ask; this one comes from nowhere.
    await page.route('**', (route) => route.fulfill({ body: '<!doctype html>', contentType: 'text/html' }));
    await page.goto('https://localhost/');
    const found = await page.evaluate('navigator.gpu?.requestAdapter().then(Boolean, () => false)');
    return found ? '' : ' (skipped: WebGPU has no card in this Chromium, nor SwiftShader)';
  } finally {
    await browser.close();
  }
}
