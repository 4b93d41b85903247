import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { Kernel, printed } from '../kernel/client';

const root = projectRoot();
const binding = join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
const noNative = existsSync(binding)
  ? ''
  : ' (skipped: there is no native TensorFlow; run npm run setup -- --tensorflow=wheel)';
// As a reader has it, who has set nothing.
delete process.env.TF_CPP_MIN_LOG_LEVEL;

/** Lines of a log of C++: Abseil's and glog's forms, and what Abseil and XLA announce before them. */
const logLines = (text: string) =>
  text.split('\n').filter((line) => /^[IWEF]\d{4} |absl::InitializeLog|oneDNN|tensorflow\/c|XLA/.test(line));

/** Runs a command of the reader's, its two outputs in one, as a terminal shows them. */
function said(command: string, env: NodeJS.ProcessEnv = {}): string {
  const options = { cwd: root, shell: true, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout } = spawnSync(`${command} 2>&1`, options);
  expect([status, status === 0 ? '' : stdout]).toEqual([0, '']);
  return stdout;
}

describe.skipIf(noNative)(`No line of TensorFlow's own log${noNative}`, { timeout: 300_000 }, () => {
  const kernels: Kernel[] = [];
  afterEach(async () => {
    for (const kernel of kernels.splice(0)) await kernel.stop();
  });

  it('is in what npm run mnist says, which names its data once', () => {
    const text = said('npm run mnist -- --epochs 1 --limit 500');
    expect(text).toContain('Native TensorFlow');
    expect(logLines(text)).toEqual([]);
    expect(text.match(/MNIST/g)).toEqual(['MNIST']);
    expect(text.match(/digits to learn from/g)).toHaveLength(1);
  });

  it('is in what npm run doctor says', () => {
    const text = said('npm run doctor');
    expect(text).toMatch(/Backend +native/);
    expect(logLines(text)).toEqual([]);
  });

  it('is in what a cell says, or in what its kernel writes to the terminal of npm start', async () => {
    const kernel = await Kernel.start();
    kernels.push(kernel);
    const answer = await kernel.execute(
      "import { startTensorflow, tf } from './lib/tensorflow';\nconst { backend } = await startTensorflow();\nawait tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).data();\nconsole.log(backend);",
    );
    expect([printed(answer), printed(answer, 'stderr')]).toEqual(['native\n', '']);
    expect(logLines(kernel.log)).toEqual([]);
  });

  it('is lost where the reader asks for it', () => {
    const text = said('npm run mnist -- --epochs 1 --limit 500', { TF_CPP_MIN_LOG_LEVEL: '0' });
    expect(logLines(text).length).toBeGreaterThan(0);
  });
});
