import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveFolder } from '../../../tools/book/serve';

let folder: string;
let address: string;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descent-serve-'));
  mkdirSync(join(folder, 'book', 'run'), { recursive: true });
  writeFileSync(join(folder, 'book', 'index.html'), 'contents');
  writeFileSync(join(folder, 'book', 'run', 'a b.js'), 'script');
  writeFileSync(join(folder, 'secret'), 'secret');
  ({ address, server } = await serveFolder(join(folder, 'book'), { under: '/some/where/' }));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** As it stands: `fetch` would take the dots out of a path. */
function ask(path: string, method = 'GET'): Promise<{ status?: number; type?: string; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(address);
    const take = (response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], text }),
      );
    };
    request({ port, host: '127.0.0.1', path, method, agent: false }, take).on('error', reject).end();
  });
}

test('serveFolder() serves files with their types, and the contents for a folder', async () => {
  expect(await ask('/some/where/')).toEqual({
    status: 200,
    type: 'text/html; charset=utf-8',
    text: 'contents',
  });
  expect(await ask('/some/where/run/a%20b.js?x')).toMatchObject({
    type: 'text/javascript; charset=utf-8',
    text: 'script',
  });
  expect(await ask('/some/where/index.html', 'HEAD')).toMatchObject({ status: 200, text: '' });
});

test.each([
  '/',
  '/some/where',
  '/some/where/run',
  '/some/where/none',
  '/some/where/../secret',
  '/some/where/%2e%2e/secret',
  '/some/where/..%2fsecret',
  '/some/where/%00',
  '/some/where/%ff',
])('serveFolder() gives nothing for %s', async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, text: '' });
});

test('serveFolder() takes nothing', async () => {
  expect(await ask('/some/where/', 'POST')).toMatchObject({ status: 404 });
});

test('serveFolder() packs what becomes smaller, for who can unpack it', async () => {
  const script = 'step();'.repeat(1000);
  writeFileSync(join(folder, 'book', 'long.js'), script);
  writeFileSync(join(folder, 'book', 'a.png'), 'picture');
  const fetched = async (name: string, coding: string) => {
    const response = await fetch(`${address}${name}`, { headers: { 'accept-encoding': coding } });
    return [response.headers.get('content-encoding'), await response.text()];
  };
  expect(await fetched('long.js', 'gzip')).toEqual(['gzip', script]);
  expect(await fetched('long.js', 'identity')).toEqual([null, script]);
  expect(await fetched('a.png', 'gzip')).toEqual([null, 'picture']);
});
