/** Serves a folder on this machine alone, as any file server would. */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { createGzip } from 'node:zlib';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Serves a folder on the loopback address.
 *
 * @param folder - its files are served; nothing outside of it is
 * @param options - `port`, any free one unless told; `under`, the path that the folder lies at: `/descent/`; `headers`
 *   that each answer gets
 * @returns the address of the folder, and the server, to be closed
 */
export async function serveFolder(
  folder: string,
  {
    port = 0,
    under = '/',
    headers = {},
  }: { port?: number; under?: string; headers?: Record<string, string> } = {},
): Promise<{ address: string; server: Server }> {
  const server = createServer(({ url = '/', method, headers: asked }, response) => {
    const file = method === 'GET' || method === 'HEAD' ? fileOf(folder, under, url) : undefined;
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    const known = types[path.extname(file)];
    const type = known ?? 'text/plain; charset=utf-8';
    // As most servers do; pictures and fonts would not become smaller.
    const packed =
      /^(?:text|application)\//.test(known ?? '') && /\bgzip\b/.test(String(asked['accept-encoding']));
    const coding = packed ? { 'content-encoding': 'gzip', vary: 'accept-encoding' } : {};
    response.writeHead(200, {
      'content-type': type,
      'x-content-type-options': 'nosniff',
      ...coding,
      ...headers,
    });
    if (method === 'HEAD') response.end();
    else if (packed)
      fs.createReadStream(file)
        .pipe(createGzip({ level: 4 }))
        .pipe(response);
    else fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}`, server };
}

/** The file that an address names, if it is one of the folder's. */
function fileOf(folder: string, under: string, url: string): string | undefined {
  let place: string;
  try {
    place = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (!place.startsWith(under) || place.includes('\0')) return undefined;
  const root = path.resolve(folder);
  const file = path.join(root, place.slice(under.length), place.endsWith('/') ? 'index.html' : '');
  if (!file.startsWith(root + path.sep)) return undefined;
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}
