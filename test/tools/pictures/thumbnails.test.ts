import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../../lib/surroundings';
import { findNotebooks } from '../../../tools/notebooks/notebook-file';
import { writeThumbnails } from '../../../tools/pictures';

test('writeThumbnails() draws each notebook small', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-thumbnails-'));
  try {
    const files = findNotebooks(join(projectRoot(), 'notebooks'));
    await writeThumbnails(files, folder);
    expect(readdirSync(folder)).toEqual(files.map(({ name }) => `${name.slice(0, 2)}.png`));
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([210, 140]);
      expect(bytes.length).toBeGreaterThan(1000);
      expect(bytes.length).toBeLessThan(30_000);
    }
    const withoutFigures = files.map((file) => ({
      ...file,
      notebook: { ...file.notebook, cells: [] },
    }));
    await expect(writeThumbnails(withoutFigures, folder)).rejects.toThrow(
      "Cannot draw 00-start-here: cell 'start-digits' has no stored picture",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
