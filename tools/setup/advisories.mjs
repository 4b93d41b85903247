/** Known weaknesses of the packages that are locked, as far as npm's registry and Python's index tell. */
import { npmCommand } from './packages.mjs';
import { run } from './processes.mjs';
import { paths, root } from './project.mjs';

const byHand = 'SECURITY.md has the list of what was looked up instead, with its date and its gaps';

/** @returns {Promise<string[]>} lines for the reader, on npm's packages and on Python's */
export async function lookForAdvisories() {
  return [...(await npmAdvisories()), ...(await pythonAdvisories())];
}

/** @returns {Promise<string[]>} */
async function npmAdvisories() {
  const [command, ...args] = npmCommand();
  const { output } = await run(command, [...args, 'audit', '--omit=dev', '--json'], { cwd: root });
  const report = parsed(output);
  if (!report?.vulnerabilities) {
    return [`npm audit: the registry gives no audit (${reasonOf(report, output)}); ${byHand}`];
  }
  const found = Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
    via
      .filter((/** @type {unknown} */ advisory) => typeof advisory === 'object')
      .map(
        (/** @type {any} */ { title, severity, url, range }) =>
          `  ${name} ${range}: ${severity}, ${title} (${url})`,
      ),
  );
  if (found.length === 0) return ['npm audit: no advisory is known'];
  return [`npm audit: ${found.length} known, to be lifted or explained in SECURITY.md`, ...found];
}

/** @returns {Promise<string[]>} */
async function pythonAdvisories() {
  const files = [paths.requirements, paths.tensorflowRequirements];
  const args = ['--disable-pip', '--require-hashes', '--format=json', '--progress-spinner=off'];
  const { code, output } = await run('pip-audit', [...args, ...files.flatMap((file) => ['-r', file])], {
    cwd: root,
  });
  if (code === 127) return ['pip-audit is not installed: pipx install pip-audit, then run this again'];
  const dependencies = /** @type {any[] | undefined} */ (parsed(output)?.dependencies);
  if (!dependencies) return [`pip-audit: no answer (${reasonOf(undefined, output)}); ${byHand}`];
  const asked = dependencies.filter(({ vulns }) => vulns);
  const found = asked.flatMap(({ name, version, vulns }) =>
    vulns.map((/** @type {any} */ { id, fix_versions }) => {
      return `  ${name} ${version}: ${id}, mended in ${fix_versions.join(', ') || 'no version yet'}`;
    }),
  );
  const unknown = dependencies.length - asked.length;
  const gap = unknown
    ? `the index tells nothing of ${unknown} of ${dependencies.length} packages; ${byHand}`
    : '';
  if (found.length === 0) return [`pip-audit: ${gap || 'no advisory is known'}`];
  return [
    `pip-audit: ${found.length} known, to be lifted or explained in SECURITY.md`,
    ...found,
    ...(gap ? [gap] : []),
  ];
}

/** @param {string} output - JSON, with what a program says before and after it @returns {any} */
function parsed(output) {
  const start = output.search(/^\{/m);
  // npm's report ends with a brace alone on a line, pip-audit's is one line.
  const text = start < 0 ? '' : output.slice(start);
  for (const end of [text.lastIndexOf('\n}') + 2, text.indexOf('\n')]) {
    try {
      return JSON.parse(end > 1 ? text.slice(0, end) : text);
    } catch {}
  }
  return undefined;
}

/** @param {any} report @param {string} output */
function reasonOf(report, output) {
  const said = report?.message ?? report?.error?.summary ?? output.trim().split('\n').slice(-1)[0];
  return String(said).slice(0, 160);
}
