/**
 * npm run update: shows what is newer and which weaknesses are known, installs what is named, and executes the whole
 * course with it.
 *
 *   npm run update                                   only looks
 *   npm run update -- --npm=mathjs@15.3.0,tsx@4.24.0  installs these versions, then checks everything
 *   npm run update -- --python                       locks requirements.in anew (needs uv), then checks everything
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { lookForAdvisories } from './setup/advisories.mjs';
import { readOptions, runMain } from './setup/options.mjs';
import { npmCommand } from './setup/packages.mjs';
import { Problem, paths, root } from './setup/project.mjs';
import { setUp } from './setup.mjs';

const [npm, ...first] = npmCommand();

/**
 * Runs a program in sight.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd] - the folder that it runs in
 * @returns {boolean} whether it ended with 0
 */
function show(command, args, cwd = root) {
  console.log(`\n$ ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error) throw new Problem(`${command} does not run (${error.message})`, `install ${command}`);
  return status === 0;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd] - the folder that it runs in
 * @throws {Problem} if the program fails
 */
function must(command, args, cwd) {
  if (show(command, args, cwd)) return;
  throw new Problem(
    `${command} ${args.join(' ')} failed`,
    'mend what it says, or take the update back with git checkout',
  );
}

/** @param {string} list - such as `mathjs@15.3.0,tsx@4.24.0` @returns {string[]} */
function readPackages(list) {
  const packages = list.split(',');
  const wrong = packages.find((name) => !/^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/.test(name));
  if (wrong !== undefined) {
    throw new Problem(`--npm: '${wrong}' is no exact version`, 'write NAME@1.2.3, with commas between');
  }
  return packages;
}

/** Everything in order: what changed must be seen, whatever the tests say. */
function checkCourse() {
  must(npm, [...first, 'test']);
  must(npm, [...first, 'run', 'notebooks', '--', 'check']);
}

runMain(async () => {
  const { npm: list, python } = readOptions('npm run update', {
    npm: { type: 'string' },
    python: { type: 'boolean' },
  });
  const packages = list === undefined ? [] : readPackages(list);
  if (packages.length === 0 && !python) {
    await setUp();
    // npm outdated ends with 1 where something is newer.
    show(npm, [...first, 'outdated']);
    show(paths.venvPython, ['-m', 'pip', 'list', '--outdated', '--disable-pip-version-check']);
    console.log(`\n${(await lookForAdvisories()).join('\n')}`);
    console.log('\nRead the change logs, then name what to take: --npm=NAME@1.2.3,… or --python.');
    return 0;
  }
  if (packages.length) must(npm, [...first, 'install', '--save-exact', '--ignore-scripts', ...packages]);
  if (python) {
    const { dir, base } = path.parse(paths.requirements);
    const flags = ['--universal', '--python-version', '3.10', '--generate-hashes', '--upgrade'];
    const quiet = ['--no-header', '--no-annotate'];
    must('uv', ['pip', 'compile', ...flags, ...quiet, 'requirements.in', '-o', base], dir);
  }
  await setUp({ dev: true });
  checkCourse();
  console.log('\nThe course holds with the new versions: review the lock files and commit them.');
  return 0;
});
