import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { notebookHashes } from '../../tools/setup/notebook-hashes.mjs';
import { paths } from '../../tools/setup/project.mjs';
import { discard, scratch } from './setup-copy';

const root = projectRoot();
const python = paths.venvPython;
const noJupyter = existsSync(python) ? '' : ' (skipped: the project is not set up; run npm run setup)';
const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describe('notebooks/SHA256SUMS', () => {
  it('lists the notebooks as they are', () => {
    const listed = readFileSync(join(root, 'notebooks', 'SHA256SUMS'), 'utf8');
    // Where it fails: `npm run notebooks -- docs` writes the list anew. Only what is listed is shown with its scripts.
    expect(listed, 'run `npm run notebooks -- docs`').toBe(notebookHashes());
  });
});

describe.skipIf(noJupyter)(`sign-notebooks.py${noJupyter}`, { timeout: 300_000 }, () => {
  let folder: string;
  let notebooks: string;
  const stranger = (script: string) =>
    JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          execution_count: 1,
          id: 'evil',
          metadata: {},
          source: '1',
          outputs: [{ output_type: 'display_data', metadata: {}, data: { 'text/html': [script] } }],
        },
      ],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    });
  const attack = "<script>fetch('/api/terminals', { method: 'POST' })</script>";
  beforeAll(() => {
    folder = scratch();
    notebooks = join(folder, 'notebooks');
    mkdirSync(join(notebooks, 'zh'), { recursive: true });
    const [first] = readdirSync(join(root, 'notebooks')).filter((name) => /^00-.*\.ipynb$/.test(name));
    for (const name of ['00-own.ipynb', '01-replaced.ipynb', 'zh/00-own.ipynb']) {
      copyFileSync(join(root, 'notebooks', first), join(notebooks, name));
    }
    // A byte more, so that the copies are not one content with one signature.
    for (const [name, more] of [
      ['01-replaced.ipynb', '\n'],
      ['zh/00-own.ipynb', '\n\n'],
    ]) {
      const file = join(notebooks, name);
      const content = JSON.parse(readFileSync(file, 'utf8'));
      content.cells[0].source = `${name}${more}`;
      writeFileSync(file, JSON.stringify(content));
    }
    const names = ['00-own.ipynb', '01-replaced.ipynb', 'zh/00-own.ipynb', '07-gone.ipynb'];
    const hashOf = (name: string) => {
      const file = join(notebooks, name);
      return hash(existsSync(file) ? readFileSync(file) : 'gone');
    };
    writeFileSync(join(notebooks, 'SHA256SUMS'), names.map((name) => `${hashOf(name)}  ${name}\n`).join(''));
    writeFileSync(join(notebooks, '99-evil.ipynb'), stranger(attack));
    writeFileSync(join(notebooks, '01-replaced.ipynb'), stranger(`${attack} `));
  });
  afterAll(() => discard(folder));
  const env = () => ({ ...process.env, JUPYTER_DATA_DIR: join(folder, 'data') });

  /** What Jupyter itself says of a notebook. */
  function isTrusted(name: string): boolean {
    const script = `
import sys, nbformat
from nbformat.sign import NotebookNotary
print(NotebookNotary().check_signature(nbformat.read(sys.argv[1], 4)))`;
    const { stdout } = spawnSync(python, ['-c', script, join(notebooks, name)], {
      encoding: 'utf8',
      env: env(),
    });
    expect(stdout.trim()).toMatch(/^(True|False)$/);
    return stdout.trim() === 'True';
  }

  it('signs what is in the list and unmodified, in folders too, and nothing else', () => {
    const signer = join(root, 'tools', 'setup', 'python', 'sign-notebooks.py');
    const { status, stdout, stderr } = spawnSync(python, [signer, join(notebooks, 'SHA256SUMS')], {
      encoding: 'utf8',
      env: env(),
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => line.startsWith('signed'))).toEqual([
      'signed 00-own.ipynb',
      'signed zh/00-own.ipynb',
    ]);
    const names = ['00-own.ipynb', 'zh/00-own.ipynb', '01-replaced.ipynb', '99-evil.ipynb'];
    expect(names.map(isTrusted)).toEqual([true, true, false, false]);
  });

  it('is what the image of .binder runs, too', () => {
    const postBuild = readFileSync(join(root, '.binder', 'postBuild'), 'utf8');
    expect(postBuild).toContain('tools/setup/python/sign-notebooks.py notebooks/SHA256SUMS');
    expect(postBuild).not.toMatch(/jupyter"? trust|nbformat\.sign/);
  });
});
