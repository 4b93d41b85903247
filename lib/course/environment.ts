import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../base/project-root';
import { display, escapeHtml } from './display';
import { tableOf } from './show-table';

/** What `npm run doctor -- --json` finds; `null` for what is missing. */
export interface EnvironmentReport {
  /** whether nothing is broken */
  ok: boolean;
  node: string;
  npm: string | null;
  python: string | null;
  jupyterlab: string | null;
  tslab: string | null;
  typescript: string | null;
  /** the fastest backend that starts: native, wasm or js */
  backend: string | null;
  /** version of the TensorFlow library; `null` unless the backend is native */
  tensorflow: string | null;
  /** why this backend and not a better one */
  reason: string;
  cores: number;
  /** full MNIST on disk, or only the sample */
  dataset: 'full' | 'sample' | null;
  /** where the data set is */
  data: string;
  problems: { problem: string; remedy: string }[];
}

/**
 * Examines the installation as `npm run doctor` does.
 *
 * @returns what was found; it is complete even if something is broken
 * @throws Error if the doctor itself does not answer
 */
export function examineEnvironment(): Promise<EnvironmentReport> {
  const root = projectRoot();
  const doctor = [path.join('tools', 'doctor.mjs'), '--json'];
  return new Promise((resolve, reject) => {
    // It ends with status 1 where something is broken; the report is there all the same.
    execFile(process.execPath, doctor, { cwd: root }, (error, output) => {
      try {
        resolve(JSON.parse(output));
      } catch {
        reject(new Error(`Cannot examine the environment: ${error?.message ?? output}`));
      }
    });
  });
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
      `<p>✗ ${escapeHtml(problem)}. To mend it: <code>${escapeHtml(remedy)}</code></p>`,
  );
  const verdict = report.ok ? '✓ Nothing is broken.' : `${report.problems.length} broken.`;
  const text = [
    table['text/plain'],
    ...report.problems.map(({ problem, remedy }) => `✗ ${problem}. To mend it: ${remedy}`),
    verdict,
  ].join('\n');
  const html = `${table['text/html']}${problems.join('')}<p>${escapeHtml(verdict)}</p>`;
  if (!display({ 'text/plain': text, 'text/html': html })) console.log(text);
}

function rowsOf(report: EnvironmentReport): string[][] {
  const missing = 'missing';
  return [
    ['Node', report.node],
    ['npm', report.npm ?? missing],
    ['Python', report.python ?? missing],
    ['JupyterLab', report.jupyterlab ?? missing],
    ['tslab', report.tslab ?? missing],
    ['TypeScript', report.typescript ?? missing],
    ['Backend', report.backend ? `${report.backend}: ${report.reason}` : missing],
    ['TensorFlow', report.tensorflow ?? 'no native library'],
    ['Cores', String(report.cores)],
    ['MNIST', report.data],
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
export function packageVersions(): PackageVersion[] {
  const root = projectRoot();
  const { dependencies } = readJson(path.join(root, 'package.json'));
  return Object.entries(dependencies as Record<string, string>).map(([name, pinned]) => {
    const file = path.join(root, 'node_modules', ...name.split('/'), 'package.json');
    const installed = fs.existsSync(file) ? String(readJson(file).version) : 'missing';
    return { name, pinned, installed };
  });
}

/**
 * Reads the version of a Python package that `requirements.txt` pins.
 *
 * @param name - the package, in lower case
 * @throws Error if it is not pinned there
 */
export function pinnedRequirement(name: string): string {
  const file = path.join(projectRoot(), 'tools', 'setup', 'python', 'requirements.txt');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const line = lines.find((candidate) => candidate.startsWith(`${name}==`));
  if (!line) throw new Error(`Cannot find the pinned version: requirements.txt has no '${name}'`);
  return line.slice(name.length + 2).split(/[\s;\\]/)[0];
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
