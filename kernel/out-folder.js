/** Where what the course writes lies: `out/` in its folder, or elsewhere where that cannot be written. */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** The setting that names another folder. `lib/course/out-folder.ts` reads it, too. */
const outSetting = 'DESCENT_OUT';

/**
 * The folder of what the course writes: the one that `DESCENT_OUT` names, else `out/` in the course's own folder, else,
 * where the course can only be read, one of the user's own, where the platform keeps what can be made again.
 *
 * @param {string} root the course's folder
 * @param {Record<string, string | undefined>} [environment]
 * @param {NodeJS.Platform} [platform]
 * @returns {string} an absolute path; the folder may not be there yet
 */
function outFolder(root, environment = process.env, platform = process.platform) {
  const named = environment[outSetting];
  if (named) return path.resolve(root, named);
  const own = path.join(root, 'out');
  return canWrite(own) ? own : path.join(cacheFolder(environment, platform), 'descent');
}

/** @param {string} folder @returns {boolean} whether this user may write there, or may make it */
function canWrite(folder) {
  try {
    fs.accessSync(fs.existsSync(folder) ? folder : path.dirname(folder), fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {Record<string, string | undefined>} environment @param {NodeJS.Platform} platform */
function cacheFolder(environment, platform) {
  if (platform === 'win32') return environment.LOCALAPPDATA || path.join(os.homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  const named = environment.XDG_CACHE_HOME;
  // The standard says of a relative one that it counts for nothing.
  return named && path.isAbsolute(named) ? named : path.join(os.homedir(), '.cache');
}

module.exports = { outFolder, outSetting };
