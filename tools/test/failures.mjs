/** What failed in `npm test`, told once more at its end, where somebody looks first. */

/** @typedef {{ title: string, lines: string[], sign?: string }} Failure - what failed, and the first lines of why; `sign` if that
 *   is no failure of the run */

/** How many lines of a failure are told again; the whole stands above, where it happened. */
const most = 12;

/** @param {string} text @returns {string[]} its first lines, without colours and without the traces of the stack */
function firstLines(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin with one
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '');
  const lines = plain.split('\n').filter((line) => line.trim() !== '' && !/^\s*at /.test(line));
  return lines.length > most ? [...lines.slice(0, most), '…'] : lines;
}

/**
 * @typedef {object} TestReport - what vitest's reporter `json` writes
 * @property {{ name: string, status: string, message: string, assertionResults: {
 *   fullName: string, status: string, failureMessages?: string[] }[] }[]} testResults - one a file
 */

/**
 * @param {TestReport} report - not changed
 * @param {string} root - the folder from which files are named
 * @returns {Failure[]} one for each test that failed, and one for each file that failed without one
 */
export function failedTests({ testResults }, root) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.startsWith(root) ? name.slice(root.length).replace(/^[\\/]/, '') : name;
    const failed = assertionResults.filter((one) => one.status === 'failed');
    // What fails before its tests begin has a message of its own only if the file does not load.
    const own = firstLines(message || 'see above, where it ran');
    if (failed.length === 0) return status === 'failed' ? [{ title: file, lines: own }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      title: `${file}: ${fullName}`,
      lines: firstLines((failureMessages ?? []).join('\n')),
    }));
  });
}

/**
 * @param {readonly { name: string, problems: string[] }[]} reports - of the notebooks; not changed
 * @returns {Failure[]} one for each notebook that has problems
 */
export function failedNotebooks(reports) {
  return reports
    .filter(({ problems }) => problems.length > 0)
    .map(({ name, problems }) => ({ title: name, lines: firstLines(problems.join('\n')) }));
}

/** @param {Failure} failure @returns {string} as it is printed */
export function failureText({ title, lines, sign = '✗' }) {
  return [`${sign} ${title}`, ...lines.map((line) => `    ${line}`)].join('\n');
}
