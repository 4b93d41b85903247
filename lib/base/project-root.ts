import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * The project's folder, found by its `package.json` from where this file or the process is.
 *
 * @returns an absolute path
 * @throws Error if no folder above holds the project
 */
export function projectRoot(): string {
  const starts = [typeof __dirname === 'string' ? __dirname : '', process.cwd()];
  for (const start of starts) {
    for (let folder = start; folder; folder = path.dirname(folder)) {
      if (isProject(folder)) return folder;
      if (folder === path.dirname(folder)) break;
    }
  }
  throw new Error(`Cannot find the project's folder from ${process.cwd()}: start in the project`);
}

function isProject(folder: string): boolean {
  try {
    return (
      JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).name === 'descent'
    );
  } catch {
    return false;
  }
}
