/** The example of each door is true: it compiles, runs, and prints what its comments say. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { filesBelow, readSource, root } from './sources';

const doors = filesBelow('lib', /^lib\/[^/]+\.ts$/).map((file) => path.basename(file, '.ts'));
const examples = new Map(doors.map((door) => [door, exampleOf(readSource(`lib/${door}.ts`))]));

mkdirSync(path.join(root, 'out'), { recursive: true });
const folder = mkdtempSync(path.join(root, 'out', 'doors-'));
const fileOf = (door: string) => path.join(folder, `${door}.ts`);

/** @returns the code of the first `@example`, as a notebook would hold it */
function exampleOf(source: string): string {
  const [comment] = /^\/\*\*[\s\S]*?\*\//.exec(source) ?? [''];
  const lines = comment.split('\n').map((line) => line.replace(/^ \* ?/, ''));
  return lines.slice(lines.indexOf('@example') + 1, -1).join('\n');
}

beforeAll(() => {
  for (const [door, code] of examples) {
    writeFileSync(fileOf(door), code.replaceAll("from './lib/", "from '../../lib/"));
  }
  const settings = { extends: '../../tsconfig.json', include: ['*.ts'] };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the examples have the types they need', async () => {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const check = promisify(execFile)(process.execPath, [compiler, '--noEmit', '-p', folder]);
  expect(await check.catch(({ stdout }) => ({ stdout }))).toMatchObject({ stdout: '' });
});

describe.each(doors)('lib/%s.ts', (door) => {
  test('begins with one sentence and an example of itself', () => {
    expect(readSource(`lib/${door}.ts`)).toMatch(/^\/\*\*\n \* [A-Z].{20,}\.\n \*\n \* @example\n/);
    expect(examples.get(door)).toContain(`from './lib/${door}';`);
  });

  test('prints what the example says', async () => {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
      const texts = values.map((value) => (typeof value === 'string' ? value : inspect(value)));
      printed.push(texts.join(' '));
    });
    try {
      await import(fileOf(door));
    } finally {
      log.mockRestore();
    }
    const said = (examples.get(door) ?? '').split('\n').filter((line) => line.startsWith('// '));
    expect(said).not.toEqual([]);
    expect(printed.join('\n')).toBe(said.map((line) => line.slice(3)).join('\n'));
  });
});
