/** A book of a test's own: written into a folder, served as a plain server does, with a browser to read it. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { serveFolder } from '../../tools/book/serve';
import { openChromium } from '../../tools/pictures';

/** What a test has of its book, until it is closed. */
export interface ServedBook {
  /** the files that are served */
  folder: string;
  /** with `/` at its end */
  address: string;
  server: Server;
  browser: Browser;
  /** Ends the browser and the server, and removes the folder. */
  close(): Promise<void>;
}

/**
 * @param write - writes the book into a folder
 * @param under - the path at which it is served
 * @param open - starts the browser
 */
export async function serveBook(
  write: (folder: string) => Promise<unknown>,
  under = '/',
  open = () => openChromium(),
): Promise<ServedBook> {
  const folder = mkdtempSync(join(tmpdir(), 'descent-book-'));
  await write(folder);
  const { address, server } = await serveFolder(folder, { under });
  const browser = await open();
  return {
    ...{ folder, address, server, browser },
    async close() {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
