/** Hashes of what a result depends on: one that was kept is taken only where all of it is the same. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { hashFile, root } from './setup/project.mjs';

/** @returns 16 hexadecimal digits of a value's JSON */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/**
 * @param places - files and folders, absolute or relative to the project, or `text:…` for a text as it is
 * @returns the hash of all that they hold, by their names in the project
 * @throws Error if one is not there
 */
export function hashOfFiles(places: readonly string[]): string {
  return hashOf(places.flatMap((place) => (place.startsWith('text:') ? [[place]] : filesOf(place))));
}

function filesOf(place: string): string[][] {
  const whole = path.resolve(root, place);
  if (!fs.existsSync(whole)) throw new Error(`There is no '${place}'`);
  if (fs.statSync(whole).isFile()) return [[place, hashFile(whole)]];
  return (fs.readdirSync(whole, { recursive: true }) as string[])
    .sort()
    .map((name) => path.join(whole, name))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => [path.relative(root, file).split(path.sep).join('/'), hashFile(file)]);
}
