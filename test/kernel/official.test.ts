/** The official test suite of Jupyter kernels, jupyter_kernel_test, with samples of our language. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { paths, pythonEnvironment } from '../../tools/setup/project.mjs';

const folder = join(projectRoot(), 'test', 'kernel', 'official');
const requirements = join(folder, 'requirements.txt');

/** Cases that apply. */
const applying = [
  'KernelTests.test_clear_output',
  'KernelTests.test_completion',
  'KernelTests.test_display_data',
  'KernelTests.test_error',
  'KernelTests.test_execute_result',
  'KernelTests.test_execute_stderr',
  'KernelTests.test_execute_stdout',
  'KernelTests.test_history',
  'KernelTests.test_inspect',
  'KernelTests.test_is_complete',
  'KernelTests.test_kernel_info',
  'ClientTests.test_input',
  'ClientTests.test_ipc',
];
/** Cases that do not, and why. */
const notApplying = {
  'KernelTests.test_pager':
    'a pager opens by a payload of execute_reply, which the protocol calls deprecated and JupyterLab shows for help alone; what there is to know of a name, inspect tells',
  'IopubWelcomeTests.test_recv_iopub_welcome_msg':
    'iopub_welcome is an option of protocol 5.4; the kernel speaks 5.3, whose clients ask kernel_info until they hear something',
};

interface Outcome {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  detail: string;
}

/** Where the suite's package is, or why it is not there. */
function install(): { suite?: string; reason: string } {
  if (!existsSync(paths.venvPython)) return { reason: ' (skipped: no .venv, run npm run setup)' };
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const suite = join(paths.state, `jupyter_kernel_test-${hash}`);
  if (existsSync(suite)) return { suite, reason: '' };
  mkdirSync(paths.state, { recursive: true });
  // Under another name until it is whole.
  const target = mkdtempSync(`${suite}-`);
  const options = [
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '--no-input',
    '--disable-pip-version-check',
  ];
  const pip = spawnSync(
    paths.venvPython,
    [
      '-m',
      'pip',
      'install',
      ...options,
      '--quiet',
      '--retries=2',
      '--timeout=30',
      '--target',
      target,
      '-r',
      requirements,
    ],
    { encoding: 'utf8', env: pythonEnvironment() },
  );
  if (pip.status === 0) renameSync(target, suite);
  rmSync(target, { recursive: true, force: true });
  const lines = pip.stderr.trim().split('\n');
  return pip.status === 0
    ? { suite, reason: '' }
    : { reason: ` (skipped: pip could not install it: ${lines.at(-1)})` };
}

const { suite, reason } = install();
const outcomes = new Map<string, Outcome>();
let log = '';

/** Runs the whole suite against the kernel of this folder, whichever kernels are installed. */
async function run(suite: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'descent-kernels-'));
  mkdirSync(join(data, 'kernels'));
  symlinkSync(paths.kernel, join(data, 'kernels', 'tslab'), platform() === 'win32' ? 'junction' : undefined);
  const python = spawn(paths.venvPython, [join(folder, 'suite.py'), suite], {
    env: { ...pythonEnvironment(), JUPYTER_PATH: data, PYTHONIOENCODING: 'utf-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lines = '';
  python.stdout.on('data', (chunk) => {
    lines += chunk;
  });
  python.stderr.on('data', (chunk) => {
    log += chunk;
  });
  await new Promise((resolve) => python.on('close', resolve));
  rmSync(data, { recursive: true });
  for (const line of lines.split('\n').filter((each) => each.startsWith('{'))) {
    const outcome: Outcome = JSON.parse(line);
    outcomes.set(outcome.name, outcome);
  }
}

beforeAll(async () => {
  if (suite) await run(suite);
}, 300_000);

test.skipIf(reason)(`the official suite has these cases and no others${reason}`, () => {
  expect([...outcomes.keys()].sort(), log).toEqual([...applying, ...Object.keys(notApplying)].sort());
});

test.skipIf(reason).each(applying)(`%s passes${reason}`, (name) => {
  const { outcome, detail } = outcomes.get(name) ?? {};
  expect(`${outcome}: ${detail}`).toBe('passed: ');
});

test.skipIf(reason).each(Object.entries(notApplying))(`%s does not apply: %s${reason}`, (name) => {
  expect(outcomes.get(name)?.outcome).toBe('skipped');
});
