import { describe, expect, test, vi } from 'vitest';
import {
  type EnvironmentReport,
  examineEnvironment,
  packageVersions,
  pinnedRequirement,
  showEnvironment,
} from '../../../lib/course/environment';
import { recordDisplay } from '../../samples/notebook-display';

const report: EnvironmentReport = {
  ok: false,
  node: '22.1.0',
  npm: '10.0.0',
  python: null,
  jupyterlab: null,
  tslab: '1.0.22',
  typescript: '7.0.2',
  backend: 'wasm',
  tensorflow: null,
  reason: 'native is not there',
  cores: 2,
  data: '70,000 digits',
  problems: [{ problem: 'Python is < 3.10', remedy: 'npm run setup' }],
};

describe('showEnvironment()', () => {
  test('shows what is there, what is missing, and the command that mends it', () => {
    const shown = recordDisplay();
    showEnvironment(report);
    shown.stop();
    const [{ 'text/plain': text, 'text/html': html }] = shown.outputs as Record<string, string>[];
    expect(text).toContain('Python      missing');
    expect(text).toContain('Backend     wasm: native is not there');
    expect(text).toContain('✗ Python is < 3.10. To mend it: npm run setup\n1 broken.');
    expect(html).toContain('Python is &lt; 3.10. To mend it: <code>npm run setup</code>');
  });

  test('says so where nothing is broken, and prints outside a notebook', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    showEnvironment({ ...report, ok: true, problems: [] });
    expect(log.mock.calls[0][0]).toMatch(/✓ Nothing is broken\.$/);
    log.mockRestore();
  });
});

test('examineEnvironment() reports this installation', { timeout: 300_000 }, async () => {
  const found = await examineEnvironment();
  expect(found.node).toBe(process.versions.node);
  expect(found.tslab).toMatch(/^\d+\.\d+\.\d+$/);
  expect(found.ok).toBe(found.problems.length === 0);
});

test('packageVersions() pairs what is pinned with what is installed', async () => {
  const versions = await packageVersions();
  const names = versions.map(({ name }) => name);
  expect(names).toContain('@tensorflow/tfjs');
  expect(names).toContain('mathjs');
  expect(names).toContain('nodeplotlib');
  for (const { pinned, installed } of versions) {
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
    expect(installed).toMatch(/^\d+\.\d+\.\d+/);
  }
});

test('pinnedRequirement() reads requirements.txt, and refuses what is not there', async () => {
  expect(await pinnedRequirement('jupyterlab')).toMatch(/^4\.\d+\.\d+$/);
  await expect(pinnedRequirement('no-such-package')).rejects.toThrow(/has no 'no-such-package'/);
});
