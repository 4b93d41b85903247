/** Packages that package.json lifts above what other packages ask for: they still do their work. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../lib/base/project-root';

const root = projectRoot();
const folder = mkdtempSync(join(tmpdir(), 'descent-overrides-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first versions without the advisories that were known on 26 November 2026; see SECURITY.md. */
const sound: Record<string, string> = {
  '@nestjs/common': '11.0.16',
  '@nestjs/core': '11.1.18',
  'body-parser': '2.2.1',
  cookie: '0.7.0',
  'engine.io': '6.4.2',
  express: '5.0.0',
  'form-data': '4.0.6',
  multer: '2.2.0',
  'path-to-regexp': '8.4.0',
  qs: '6.15.2',
  send: '1.1.0',
  'serve-static': '2.1.0',
  'socket.io': '4.6.2',
  'socket.io-parser': '4.2.7',
  tar: '7.5.11',
  ws: '8.21.0',
};

function isBelow(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split('.').map(Number));
  const place = one.findIndex((part, index) => part !== other[index]);
  return place >= 0 && one[place] < other[place];
}

test('no package is locked in a version with an advisory that is known', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const locked = Object.entries(packages as Record<string, { version: string }>).flatMap(
    ([place, { version }]) => {
      const name = place.replace(/^.*node_modules\//, '');
      return name in sound ? [{ name, version }] : [];
    },
  );
  expect(locked.map(({ name }) => name)).toEqual(expect.arrayContaining(['multer', 'tar', 'ws']));
  expect(locked.filter(({ name, version }) => isBelow(version, sound[name]))).toEqual([]);
});

test('nodeplotlib outside of this kernel serves its figures as it always did', async () => {
  const script = "require('nodeplotlib').plot([{ x: [1, 2], y: [3, 4] }], { title: 'Two points' })";
  const child = spawn(process.execPath, ['-e', script], {
    cwd: root,
    env: { ...process.env, NODEPLOTLIB_PORT: '' },
  });
  try {
    let output = '';
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += chunk;
        const found = /Server running at (http:\/\/localhost:\d+)/.exec(output);
        if (found) resolve(found[1]);
      });
      child.on('exit', () => reject(new Error(output)));
    });
    const page = await fetch(`${address}/plots/index.html`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<script')]);
    // Socket.IO by plain requests: open, join, ask for the figures, listen.
    const open = await (await fetch(`${address}/socket.io/?EIO=4&transport=polling`)).text();
    const socket = `${address}/socket.io/?EIO=4&transport=polling&sid=${JSON.parse(open.slice(1)).sid}`;
    await fetch(socket, { method: 'POST', body: '40' });
    await fetch(socket);
    await fetch(socket, { method: 'POST', body: '42["readplots"]' });
    const answer = await (await fetch(socket)).text();
    expect(JSON.parse(answer.slice(2))).toEqual([
      'plotdata',
      { id: 0, data: [{ x: [1, 2], y: [3, 4] }], layout: { title: 'Two points' } },
    ]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('tar unpacks the way tfjs-node has it unpack its library', async () => {
  // As its scripts/resources.js calls it; the package brings no types.
  const tar = require('tar');
  const [source, target] = ['source', 'target'].map((name) => join(folder, name));
  for (const each of [join(source, 'lib'), target]) mkdirSync(each, { recursive: true });
  writeFileSync(join(source, 'lib', 'library.so'), 'binary');
  await pipeline(tar.c({ cwd: source, gzip: true }, ['lib']), tar.x({ C: target, strict: true }));
  expect(readFileSync(join(target, 'lib', 'library.so'), 'utf8')).toBe('binary');
});
