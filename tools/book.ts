/** `npm run book`: writes all notebooks as pages that need no network and let no script run, into `book/`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../lib/surroundings';
import { findNotebooks } from './notebooks/notebook-file';
import { writePages } from './notebooks/pages';

async function main(): Promise<void> {
  const files = findNotebooks(path.join(projectRoot(), 'notebooks'));
  const folder = path.join(projectRoot(), 'book');
  // What an earlier book published may not be meant for it any more.
  fs.rmSync(path.join(folder, 'source'), { recursive: true, force: true });
  const dead = await writePages(files, folder);
  console.log(`${files.length} notebooks are in ${path.join('book', 'index.html')}.`);
  for (const { page, target, why } of dead) console.error(`✗ ${page} links to ${target}, which ${why}.`);
  if (dead.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
