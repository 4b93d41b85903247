/** vitest run on tests of a folder of their own, for tests of what reports on it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../sources';

/** @returns a new folder inside the project, from which tests find its packages; whoever makes it removes it */
export function makeTestFolder(name: string): string {
  const out = path.join(root, 'out');
  mkdirSync(out, { recursive: true });
  return mkdtempSync(path.join(out, `${name}-`));
}

/** What vitest is run with. */
interface VitestOptions {
  /** `skips`: the reporter `test/skips.ts`; `default` is vitest's own */
  reporters: readonly string[];
  /** further variables of the environment */
  env: Record<string, string>;
  /** further options of its command line */
  more?: readonly string[];
}

/**
 * @param folder - of `makeTestFolder`
 * @param files - their texts, by their names
 * @returns how it ended, and all that it printed
 */
export function runVitest(
  folder: string,
  files: Readonly<Record<string, string>>,
  { reporters, env, more = [] }: VitestOptions,
): { status: number | null; output: string } {
  for (const [name, text] of Object.entries({ 'none.ts': 'export default {};', ...files }))
    writeFileSync(path.join(folder, name), text);
  const named = reporters.map((name) => (name === 'default' ? name : path.join(root, 'test', `${name}.ts`)));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      ...['run', '--config=none.ts', `--root=${folder}`, ...named.map((one) => `--reporter=${one}`), ...more],
    ],
    { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}
