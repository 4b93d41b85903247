import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openChromium, whyNoChromium } from '../../../tools/pictures';
import { launchOptions } from '../../../tools/pictures/chromium';
import { update } from '../../../tools/setup/process-table.mjs';

const reason =
  whyNoChromium() ?? (process.platform === 'linux' ? undefined : 'only Linux shows command lines in /proc');
const skipped = reason ? ` (skipped: ${reason})` : '';

/** @returns the command line of a process, its words parted by zeros; nothing if it has ended */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('launchOptions()', () => {
  test.each([
    ['root', 0, false],
    ['another user', 1000, true],
    ['a user of Windows', undefined, true],
  ])('gives Chromium its sandbox, but for root: %s', (_, user, sandbox) => {
    const { chromiumSandbox, args } = launchOptions(user, ['--one']);
    expect(chromiumSandbox).toBe(sandbox);
    expect(args).toContain('--one');
    expect(args).not.toContain('--no-sandbox');
  });
});

test.skipIf(reason)(`openChromium() leaves the sandbox out for root alone${skipped}`, async () => {
  const browser = await openChromium();
  try {
    const family: Parameters<typeof update>[0] = new Map();
    update(family, process.pid);
    const lines = [...family.keys()].map(commandLine);
    const main = lines.filter((line) => line.includes('--disable-quic') && !line.includes('--type='));
    expect(main).toHaveLength(1);
    expect(main[0].includes('--no-sandbox')).toBe(process.getuid?.() === 0);
  } finally {
    await browser.close();
  }
});
