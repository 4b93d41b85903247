import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { isUnneeded } from '../../tools/setup/unneeded.mjs';
import { discard, type Ended, runTool, scratch, smallCopy } from './setup-copy';

/** Set-up with a package that the course runs on and one that only tests need, from files: no network. */
describe.skipIf(process.platform === 'win32')('packages that only tests need', { timeout: 300_000 }, () => {
  let copy: string;
  let files: string;
  beforeAll(() => {
    copy = smallCopy();
    files = scratch();
    const locked = { course: pack('course', { 'index.js.map': '{}' }), tool: pack('tool') };
    const of = (name: string) => ({ [name]: `file:${name}-1.0.0.tgz` });
    const project = {
      ...{ name: 'descent', version: '0.0.0' },
      ...{ dependencies: of('course'), devDependencies: { ...of('tool') } },
    };
    const packages = {
      '': project,
      'node_modules/course': locked.course,
      'node_modules/tool': { ...locked.tool, dev: true },
    };
    writeFileSync(join(copy, 'package.json'), JSON.stringify(project));
    writeFileSync(file('package-lock.json'), JSON.stringify({ ...project, lockfileVersion: 3, packages }));
  });
  afterAll(() => discard(copy, files));

  /** Makes a package, and says how a lock file names it. */
  function pack(name: string, more: Record<string, string> = {}) {
    const source = join(files, name);
    mkdirSync(source);
    const own = { 'package.json': JSON.stringify({ name, version: '1.0.0' }), 'index.js': '' };
    for (const [file, text] of Object.entries({ ...own, ...more })) writeFileSync(join(source, file), text);
    expect(spawnSync('npm', ['pack', source, '--pack-destination', files]).status).toBe(0);
    const tarball = join(copy, `${name}-1.0.0.tgz`);
    copyFileSync(join(files, `${name}-1.0.0.tgz`), tarball);
    const sha512 = createHash('sha512').update(readFileSync(tarball)).digest('base64');
    return { version: '1.0.0', resolved: `file:${name}-1.0.0.tgz`, integrity: `sha512-${sha512}` };
  }
  const file = (...names: string[]) => join(copy, ...names);
  const isThere = (...names: string[]) => existsSync(file('node_modules', ...names));
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9' };
  const run = (name: string, ...args: string[]): Ended => runTool(copy, name, args, env);

  it('are not installed by set-up, which keeps of the others only what is read', () => {
    const { status, error } = run('setup', '--tensorflow=none');
    expect([status, error]).toEqual([0, '']);
    expect([isThere('course', 'index.js'), isThere('course', 'index.js.map')]).toEqual([true, false]);
    expect(isThere('tool')).toBe(false);
  });

  it('are added when they are needed, beside the others and as locked', () => {
    const lock = readFileSync(file('package-lock.json'), 'utf8');
    const { ino } = statSync(file('node_modules', 'course', 'index.js'));
    const { status, out, error } = run('development');
    expect([status, error]).toEqual([0, '']);
    expect(out).toContain('  Tests and changes need more packages: tool\n');
    expect(isThere('tool', 'index.js')).toBe(true);
    expect(statSync(file('node_modules', 'course', 'index.js')).ino).toBe(ino);
    expect(readFileSync(file('package-lock.json'), 'utf8')).toBe(lock);
    expect(run('development')).toEqual({ status: 0, out: '', error: '' });
  });

  it('stay when set-up installs everything anew', () => {
    expect(run('setup').out).toMatch(/^Descent is set up/);
    writeFileSync(file('package-lock.json'), `${readFileSync(file('package-lock.json'), 'utf8')}\n`);
    const { status, out } = run('setup');
    expect(status).toBe(0);
    expect(out).toContain('✓ npm packages');
    expect([isThere('tool', 'index.js'), isThere('course', 'index.js.map')]).toEqual([true, false]);
  });

  it('are not taken in exchange for others', () => {
    writeFileSync(file('node_modules', 'tool', 'package.json'), '{"name":"tool","version":"0.9.0"}');
    const { status, out } = run('setup', '--dev');
    expect(status).toBe(0);
    expect(out).toContain('  Tests and changes need more packages: tool\n');
    expect(run('development')).toEqual({ status: 0, out: '', error: '' });
  });
});

describe('what set-up removes from node_modules', () => {
  it.each([
    ['@tensorflow/tfjs/dist/tf.fesm.min.js', true],
    ['@tensorflow/tfjs/dist/tf.min.js.html', true],
    ['@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.es2017.js', true],
    ['@tensorflow/tfjs-core/dist/ops/add_test.js', true],
    ['mathjs/lib/browser/math.js.map', true],
    ['@tslab/typescript-for-tslab/lib/tsserver.js', true],
    ['zeromq/build/plan9/x64/node/115/addon.node', true],
    ['@tensorflow/tfjs/dist/tf.node.js', false],
    ['@tensorflow/tfjs-core/dist/tf-core.node.js', false],
    ['@tensorflow/tfjs-core/dist/index.js', false],
    ['@tensorflow/tfjs-core/dist/ops/add.d.ts', false],
    ['@tensorflow/tfjs-node/dist/tfjs_binding.js', false],
    ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.worker.js', false],
    ['@tslab/typescript-for-tslab/lib/typescript.js', false],
    ['@tslab/typescript-for-tslab/lib/lib.dom.d.ts', false],
    [`zeromq/build/${process.platform}/${process.arch}/node/115/addon.node`, false],
    ['zeromq/build/manifest.json', false],
  ])('%s: %s', (name, removed) => {
    expect(isUnneeded(name)).toBe(removed);
  });

  it('is nothing that the course or its kernel loads', () => {
    const names = [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      'tslab',
      'zeromq',
      'mathjs',
      'nodeplotlib',
    ];
    const script = `for (const name of ${JSON.stringify(names)}) require(name);
      require('tslab/dist/converter');
      console.log(JSON.stringify(Object.keys(require.cache)));
      process.exit();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: projectRoot(),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const places: string[] = JSON.parse(stdout.trim().split('\n').slice(-1)[0]);
    const inside = places.map((place) => place.split(`${sep}node_modules${sep}`)).filter((parts) => parts[1]);
    const loaded = inside.map((parts) => parts.slice(1).join('/node_modules/').replaceAll(sep, '/'));
    expect(loaded.length).toBeGreaterThan(500);
    expect(loaded.filter(isUnneeded)).toEqual([]);
  });
});
