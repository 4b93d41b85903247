/** Where a notebook writes what it keeps. */
import { host } from '../base/host';

/** As `kernel/out-folder.js` names it, which sets it where the course's own `out/` cannot be written. */
const outSetting = 'DESCENT_OUT';

/**
 * The folder of what the course writes: models, results, whatever can be made again.
 *
 * @returns an absolute path, or one relative to the project's folder: `out`, unless `DESCENT_OUT` names another
 */
export function outFolder(): string {
  return host().environment(outSetting) || 'out';
}
