import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';

const folder = join(projectRoot(), 'kernel', 'core');

describe.each(readdirSync(folder))('kernel/core/%s', (name) => {
  const code = readFileSync(join(folder, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

  test('requires files of its folder alone, so that it also runs where Node is not', () => {
    const required = [...code.matchAll(/\brequire\(([^)]*)\)/g)].map(([, id]) => id);
    expect(
      required.filter((id) => !/^'\.\/[a-z]+'$|^'\.\.\/contract'$|^'@tensorflow\/tfjs-layers'$/.test(id)),
    ).toEqual([]);
  });

  test('uses nothing that Node alone has', () => {
    expect(code.match(/\b(process|Buffer|setImmediate|__dirname)\b(?!')/g) ?? []).toEqual([]);
  });
});
