/** The real Firefox, driven by WebDriver BiDi. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

function findFirefox(): string | undefined {
  const { FIREFOX_PATH, PROGRAMFILES = 'C:\\Program Files' } = process.env;
  if (FIREFOX_PATH) return existsSync(FIREFOX_PATH) ? FIREFOX_PATH : undefined;
  return [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/snap/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    join(PROGRAMFILES, 'Mozilla Firefox', 'firefox.exe'),
  ].find((path) => existsSync(path));
}

/** Why a test that needs Firefox is skipped, or nothing. */
export const noFirefox = findFirefox()
  ? ''
  : ' (skipped: no Firefox was found: install one, or name it in FIREFOX_PATH)';

/** Starts a headless Firefox with a profile of its own. */
export function openFirefox(): Promise<Browser> {
  const options = { executablePath: findFirefox(), headless: true, protocolTimeout: 600_000 };
  return puppeteer.launch({ ...options, browser: 'firefox' });
}
