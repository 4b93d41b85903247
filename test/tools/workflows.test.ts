import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';

const folder = join(projectRoot(), '.github', 'workflows');

describe.each(readdirSync(folder))('the workflow %s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');

  test('takes each action by the hash of a commit, and says which version that is', () => {
    const uses = text.match(/^\s*(?:- )?uses: .*$/gm) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('may read the project, and write nothing but pages', () => {
    expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)$/m);
    const written = text.match(/^\s+[\w-]+: write$/gm)?.map((line) => line.trim()) ?? [];
    expect(['pages: write', 'id-token: write']).toEqual(expect.arrayContaining(written));
    expect(text).not.toMatch(/pull_request_target|secrets\./);
  });
});
