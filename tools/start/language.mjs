/** JupyterLab in the language of an edition: its language pack, locked by hash, and settings of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { explain, run } from '../setup/processes.mjs';
import { step } from '../setup/progress.mjs';
import {
  hashFile,
  Problem,
  paths,
  pythonEnvironment,
  readJson,
  remove,
  root,
  whyStale,
  writeJson,
} from '../setup/project.mjs';

/**
 * @typedef {object} Language
 * @property {string} name - `zh`
 * @property {string} folder - of its notebooks, with slashes
 * @property {string} [locale] - JupyterLab's name of it, where there is a pack
 */

const packs = path.join(root, 'tools', 'setup', 'python', 'language-packs');
const plugin = path.join('@jupyterlab', 'translation-extension', 'plugin.jupyterlab-settings');

/** @param {string} name */
const settingsOf = (name) => path.join(paths.notebooks, name, 'edition.json');

/** Whether an edition has notebooks: one that is only begun has none. @param {string} name */
const canBeRead = (name) =>
  fs.existsSync(settingsOf(name)) &&
  fs.readdirSync(path.join(paths.notebooks, name)).some((file) => file.endsWith('.ipynb'));

/**
 * @param {string} name - as the reader gives it
 * @returns {Language}
 * @throws {Problem} if there is no edition in it
 */
export function languageNamed(name) {
  const names = fs.readdirSync(paths.notebooks).filter(canBeRead);
  if (!names.includes(name)) {
    throw new Problem(
      `--lang=${name}: the course is not there in this language`,
      `give one of ${names.sort().join(', ')}, or leave --lang out for English`,
    );
  }
  const { jupyterlab } = /** @type {{ jupyterlab?: string }} */ (readJson(settingsOf(name)));
  return { name, folder: `notebooks/${name}`, locale: jupyterlab };
}

/** @param {string} locale */
const packOf = (locale) => path.join(paths.state, 'languages', locale);

/** @param {string} locale */
const requirementsOf = (locale) => path.join(packs, `${locale}.txt`);

/**
 * Installs a language pack beside JupyterLab's environment, which stays as it is locked.
 *
 * @param {string} locale
 * @throws {Problem} if it cannot be installed, or is not the one that was locked
 */
async function installPack(locale) {
  const folder = packOf(locale);
  const stamp = path.join(folder, '.descent-setup.json');
  const wanted = { 'language pack': hashFile(requirementsOf(locale)) };
  if (!whyStale(stamp, wanted)) return;
  await step(`JupyterLab in ${locale}`, async (/** @type {(text: string) => void} */ say) => {
    remove(folder);
    const options = ['--require-hashes', '--only-binary=:all:', '--no-deps', '--no-input'];
    const quiet = ['--disable-pip-version-check', '--retries=2', '--timeout=30'];
    const target = ['--target', folder, '-r', requirementsOf(locale)];
    const installed = await run(paths.venvPython, ['-m', 'pip', 'install', ...options, ...quiet, ...target], {
      cwd: root,
      env: pythonEnvironment(),
      onLine: say,
    });
    if (installed.code !== 0) throw explain('pip install', installed);
    writeJson(stamp, wanted);
  });
}

/**
 * Makes JupyterLab ready to speak a language. Its settings lie apart from the English ones, so that both can be used in turn.
 *
 * @param {Language} language
 * @returns {Promise<Record<string, string>>} what its environment needs
 */
export async function prepareLanguage({ name, locale }) {
  if (!locale) return {};
  await installPack(locale);
  const folder = path.join(paths.state, 'jupyter', `settings-${name}`);
  const file = path.join(folder, plugin);
  if (!fs.existsSync(file)) writeJson(file, { locale });
  return { PYTHONPATH: packOf(locale), JUPYTERLAB_SETTINGS_DIR: folder };
}
