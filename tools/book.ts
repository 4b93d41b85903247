/**
 * `npm run book`: writes all notebooks as pages into `book/`: read without network and scripts, and run in the reader's
 * browser where a server shows them. `npm run book -- --serve` is such a server, for this machine alone.
 */
import * as path from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../lib/surroundings';
import { allNotebooks } from './book/editions';
import { serveFolder } from './book/serve';
import { hasWebGpu } from './book/webgpu';
import { writeBook } from './book/write';

const folder = path.join(projectRoot(), 'book');

async function write(site?: string): Promise<void> {
  const files = allNotebooks();
  const onProgress = (line: string) => console.log(line);
  const { kept, dead, warnings } = await writeBook(files, folder, { site, onProgress });
  for (const warning of warnings) console.error(`⚠ ${warning}`);
  console.log(`${files.length} notebooks are in ${path.join('book', 'index.html')}.`);
  for (const { language, count, bytes } of kept)
    console.log(
      `${language}: a browser keeps ${count} files, ${(bytes / 1e6).toFixed(1)} MB, for use without a network.`,
    );
  if (!hasWebGpu())
    console.log('Its pages do not offer WebGPU: `npm run setup -- --gpu` gets what they need for it.');
  for (const { page, target, why } of dead) console.error(`✗ ${page} links to ${target}, which ${why}.`);
  if (dead.length > 0) process.exitCode = 1;
}

async function main({ serve, site }: { serve?: boolean; site?: string }): Promise<void> {
  // Cells are compiled as if they stood in the project's folder.
  process.chdir(projectRoot());
  await write(site && new URL(site.replace(/\/?$/, '/')).href);
  if (!serve) return;
  const { address } = await serveFolder(folder);
  console.log(`The book is at ${address}; Ctrl-C ends it.`);
}

new Command('npm run book --')
  .description('Writes the notebooks as pages into book/')
  .option('--serve', 'then serves them on this machine, so that they run')
  .option(
    '--site <address>',
    'where they will be published: search engines are told the addresses of all languages',
  )
  .action((options) =>
    main(options).catch((error) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }),
  )
  .parse();
