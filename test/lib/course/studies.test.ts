import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readStudy } from '../../../lib/course/studies';

const folder = mkdtempSync(path.join(os.tmpdir(), 'studies-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};

test('reads what a command wrote', async () => {
  const made = { command: 'npm run it', losses: [1, 2] };
  expect(await readStudy(written('whole.json', JSON.stringify(made)))).toEqual(made);
});

test('says in one line what is missing or damaged', async () => {
  const missing = path.join(folder, 'none.json');
  await expect(readStudy(missing)).rejects.toThrow(`Cannot read the study: there is no file '${missing}'`);
  for (const text of ['', '{', '3', 'null', '{"losses":[]}']) {
    const file = written('damaged.json', text);
    await expect(readStudy(file)).rejects.toThrow(`Cannot read the study: '${file}' is damaged; take it`);
  }
});
