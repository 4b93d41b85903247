import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { missedTargets, readmeTable } from '../../tools/bench/tables';
import { findNotebooks, readingMinutes } from '../../tools/notebooks/notebook-file';
import { discard, fakeProgram, isOneLine, requirements, runTool, scratch, withPath } from './setup-copy';

const root = projectRoot();
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const pages = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'RELEASING.md', '.binder/README.md'];

describe('.binder', () => {
  it('draws figures with the plotly that the project pins', () => {
    const pin = /^plotly==\S+/m.exec(read(join(requirements, 'requirements.in')))?.[0];
    expect(pin).toBeDefined();
    expect(read('.binder/environment.yml')).toContain(`- ${pin}\n`);
  });

  it('brings a Node and a Python that set-up accepts', () => {
    const environment = read('.binder/environment.yml');
    const least = Number(/\d+/.exec(JSON.parse(read('package.json')).engines.node)?.[0]);
    expect(Number(/nodejs=(\d+)/.exec(environment)?.[1])).toBeGreaterThanOrEqual(least);
    expect(Number(/python=3\.(\d+)/.exec(environment)?.[1])).toBeGreaterThanOrEqual(10);
  });

  it.skipIf(process.platform === 'win32')('has a postBuild that says who runs it', () => {
    const { NB_PYTHON_PREFIX, ...env } = process.env;
    const { status, stderr } = spawnSync(join(root, '.binder', 'postBuild'), { env });
    expect(status).not.toBe(0);
    expect(String(stderr)).toContain('postBuild is run by repo2docker');
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm run ([\w-]+)/g)].map((match) => match[1]);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links to files that exist', () => {
    const folder = join(root, page, '..');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1]);
    const inCode = (link: string) => /^(NN|0\d)-name/.test(link);
    const dead = links.filter((link) => !inCode(link) && !existsSync(join(folder, link)));
    expect(dead).toEqual([]);
  });
});

describe('npm run update', () => {
  it.each(['mathjs', 'mathjs@^15', 'mathjs@15.3.0,tsx'])('refuses --npm=%s in one line', (list) => {
    const { status, error } = runTool(root, 'update', [`--npm=${list}`]);
    expect(error).toMatch(/^✗ --npm: '\S+' is no exact version; write NAME@1\.2\.3/);
    expect([status, isOneLine(error)]).toEqual([1, true]);
  });

  it.skipIf(process.platform === 'win32')('locks where the requirement files are', () => {
    const folder = scratch();
    fakeProgram(folder, 'uv', 'pwd; echo "$@" | grep -o "requirements.*"; exit 1');
    const { status, out, error } = runTool(root, 'update', ['--python'], withPath(folder));
    discard(folder);
    expect(out).toContain(`\n${join(root, requirements)}\nrequirements.in -o requirements.txt\n`);
    expect(error).toMatch(/^✗ uv pip compile .* failed; mend what it says/);
    expect(status).toBe(1);
    for (const name of ['requirements.in', 'requirements.txt']) {
      expect(existsSync(join(root, requirements, name))).toBe(true);
    }
  });
});

describe('README.md', () => {
  it('lists every notebook, and none that is not there', () => {
    const there = readdirSync(join(root, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
    const listed = [...read('README.md').matchAll(/^\| \d\d \| \[[^\]]+\]\(notebooks\/([\w-]+\.ipynb)\)/gm)];
    expect(listed.map((match) => match[1])).toEqual(there.sort());
    for (const name of there) {
      const picture = `](docs/pictures/${name.slice(0, 2)}.png)](notebooks/${name})`;
      expect(read('README.md')).toContain(picture);
    }
  });

  it('states the reading time that the notebooks state', () => {
    const files = findNotebooks(join(root, 'notebooks'));
    const stated = [...read('README.md').matchAll(/ \| (\d+) min \|$/gm)].map((match) => Number(match[1]));
    expect(stated).toEqual(files.map((file) => readingMinutes(file)));
    const hours = Math.round(stated.reduce((sum, minutes) => sum + minutes, 0) / 60);
    expect(read('README.md')).toContain(`To read it all takes about ${hours} hours.`);
  });

  it('shows the stored benchmark', () => {
    const benchmark = JSON.parse(read('docs/benchmark.json'));
    expect(read('README.md')).toContain(readmeTable(benchmark));
    expect(read('README.md')).toContain(`\n${missedTargets(benchmark)}\n`);
  });
});
