/** Packages that package.json lifts above what other packages ask for: they still do their work. */
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../lib/base/project-root';

const root = projectRoot();
const folder = mkdtempSync(join(tmpdir(), 'descent-overrides-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

test('adm-zip unpacks the way tfjs-node has it unpack its library on Windows, and not through a link', () => {
  const AdmZip = require('adm-zip');
  const [archive, target, elsewhere] = ['library.zip', 'unzipped', 'elsewhere'].map((name) =>
    join(folder, name),
  );
  for (const each of [target, elsewhere]) mkdirSync(each);
  const made = new AdmZip();
  made.addFile('lib/library.dll', Buffer.from('binary'));
  made.writeZip(archive);
  new AdmZip(archive).extractAllTo(target, true);
  expect(readFileSync(join(target, 'lib', 'library.dll'), 'utf8')).toBe('binary');
  rmSync(join(target, 'lib'), { recursive: true });
  symlinkSync(elsewhere, join(target, 'lib'), 'junction');
  expect(() => new AdmZip(archive).extractAllTo(target, true)).toThrow();
  expect(readdirSync(elsewhere)).toEqual([]);
});
