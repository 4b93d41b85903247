/** The installation, as a notebook shows it. */
import { type EnvironmentReport, host } from '../base/host';
import { say } from '../base/words';
import { displayOrPrint, escapeHtml } from './display';
import { tableOf } from './show-table';

export type { EnvironmentReport };

/**
 * Examines the installation: in Node as `npm run doctor` does, in a page as far as a page can.
 *
 * @returns what was found; it is complete even if something is broken
 * @throws Error if what examines it does not answer
 */
export function examineEnvironment(): Promise<EnvironmentReport> {
  return host().examine();
}

/**
 * Shows a report as a table, and under it what is broken, each with the command that mends it.
 *
 * @param report - what `examineEnvironment` returned
 */
export function showEnvironment(report: EnvironmentReport): void {
  const table = tableOf(rowsOf(report));
  const problems = report.problems.map(
    ({ problem, remedy }) =>
      `<p>✗ ${escapeHtml(say('{problem}. To mend it:', { problem }))} <code>${escapeHtml(remedy)}</code></p>`,
  );
  const verdict = report.ok
    ? say('✓ Nothing is broken.')
    : say('{count} broken.', { count: report.problems.length });
  const text = [
    table['text/plain'],
    ...report.problems.map(
      ({ problem, remedy }) => `✗ ${say('{problem}. To mend it:', { problem })} ${remedy}`,
    ),
    verdict,
  ].join('\n');
  const html = `${table['text/html']}${problems.join('')}<p>${escapeHtml(verdict)}</p>`;
  displayOrPrint({ 'text/plain': text, 'text/html': html });
}

function rowsOf(report: EnvironmentReport): string[][] {
  const missing = say('missing');
  return [
    ['Node', report.node],
    ['npm', report.npm ?? missing],
    ['Python', report.python ?? missing],
    ['JupyterLab', report.jupyterlab ?? missing],
    ['tslab', report.tslab ?? missing],
    ['TypeScript', report.typescript ?? missing],
    [say('Backend'), report.backend ? `${report.backend}: ${report.reason}` : missing],
    ['TensorFlow', report.tensorflow ?? say('no native library')],
    [say('Cores'), String(report.cores)],
    ['MNIST', report.data ?? missing],
  ];
}

/** A package, the version that the project pins, and the one that is installed. */
export interface PackageVersion {
  name: string;
  pinned: string;
  /** `missing` if it is not there */
  installed: string;
}

/**
 * Compares the npm packages that the course runs on with the versions that `package.json` pins.
 *
 * @returns one entry a package, in the order of the alphabet
 */
export async function packageVersions(): Promise<PackageVersion[]> {
  const { dependencies } = await readJson('package.json');
  const pins = Object.entries(dependencies as Record<string, string>);
  const versions = pins.map(async ([name, pinned]) => {
    const file = `node_modules/${name}/package.json`;
    const isThere = await host().files.exists(file);
    const installed = isThere ? String((await readJson(file)).version) : 'missing';
    return { name, pinned, installed };
  });
  return Promise.all(versions);
}

/**
 * Reads the version of a Python package that `requirements.txt` pins.
 *
 * @param name - the package, in lower case
 * @throws Error if it is not pinned there
 */
export async function pinnedRequirement(name: string): Promise<string> {
  const text = await host().files.readText('tools/setup/python/requirements.txt');
  const lines = text.split('\n');
  const line = lines.find((candidate) => candidate.startsWith(`${name}==`));
  if (!line) throw new Error(`Cannot find the pinned version: requirements.txt has no '${name}'`);
  return line.slice(name.length + 2).split(/[\s;\\]/)[0];
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await host().files.readText(file));
}
