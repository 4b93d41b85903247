/** The browser that draws: an installed Chromium with the plotly.js of the project's JupyterLab. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, LaunchOptions, Page } from 'playwright-core';
import { findPlotly, projectRoot } from '../../lib/surroundings';

/** @returns the path of an installed Chromium or Chrome; `undefined` if there is none */
function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PROGRAMFILES = 'C:\\Program Files' } = process.env;
  if (CHROMIUM_PATH) return existsSync(CHROMIUM_PATH) ? CHROMIUM_PATH : undefined;
  return [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(PROGRAMFILES, 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ].find((path) => existsSync(path));
}

/** @returns why no browser can be opened, in one sentence; `undefined` if one can */
export function whyNoChromium(): string | undefined {
  if (findChromium()) return undefined;
  return process.env.CHROMIUM_PATH
    ? `CHROMIUM_PATH names no file: ${process.env.CHROMIUM_PATH}`
    : 'no Chromium or Chrome was found: install one, or name it in CHROMIUM_PATH';
}

/** @returns what is missing for drawing pictures, in one sentence; `undefined` if nothing is */
export async function whyNotBake(): Promise<string | undefined> {
  const noChromium = whyNoChromium();
  if (noChromium) return noChromium;
  if (!isInstalled('playwright-core') || !isInstalled('sharp')) {
    return 'the packages that draw are not installed: run npm run setup -- --dev';
  }
  if (!(await findPlotly())) return 'plotly.js is missing from .venv: run npm run setup';
  return undefined;
}

/** Of the packages for tests and changes, which who only learns does without. */
function isInstalled(name: string): boolean {
  return existsSync(join(projectRoot(), 'node_modules', name, 'package.json'));
}

/**
 * Starts a headless Chromium that asks nothing of the network by itself.
 *
 * @param more - further arguments of its command line
 * @throws Error if it does not start, naming the remedy where the system allows it no sandbox
 */
export async function openChromium(more: string[] = []): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  try {
    return await chromium.launch(launchOptions(process.getuid?.(), more));
  } catch (error) {
    if (!/no usable sandbox/i.test(String(error))) throw error;
    throw new Error(
      'Cannot start Chromium: this system lets a user who is not root have no sandbox; allow user namespaces, or name ' +
        'in CHROMIUM_PATH a script that starts Chromium with --no-sandbox',
    );
  }
}

/**
 * @param user - the number of the user who starts it; none on Windows
 * @param more - further arguments of its command line
 * @returns how Chromium is started: in its sandbox, which it refuses to root alone
 */
export function launchOptions(user: number | undefined, more: string[] = []): LaunchOptions {
  return {
    executablePath: findChromium(),
    chromiumSandbox: user !== 0,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
      .concat(['--disable-background-networking', '--disable-component-update'])
      .concat(more),
  };
}

/**
 * Opens a page of a headless Chromium, offline, with plotly.js in it.
 *
 * @returns the page, and what closes its browser
 * @throws Error if Chromium or plotly.js is missing, naming the remedy
 */
export async function openPlotlyPage(): Promise<{ page: Page; close: () => Promise<void> }> {
  const reason = await whyNotBake();
  if (reason) throw new Error(`Cannot draw figures: ${reason}`);
  // The same pixels whatever screen and colour profile the machine has.
  const browser = await openChromium(['--force-color-profile=srgb', '--font-render-hinting=none']);
  try {
    return { page: await plotlyPage(browser), close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function plotlyPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ offline: true });
  await page.setContent('<!doctype html><meta charset="utf-8"><div id="figure"></div>');
  await page.addScriptTag({ path: join(projectRoot(), (await findPlotly()) as string) });
  return page;
}
