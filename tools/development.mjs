/**
 * Adds the packages that only tests and changes need, unless they are here: the scripts of package.json that need them
 * begin with it. `npm start` installs none of them.
 */
import { runMain } from './setup/options.mjs';
import { developmentMissing } from './setup/packages.mjs';
import { setUp } from './setup.mjs';

runMain(async () => {
  if (developmentMissing().length) await setUp({ dev: true });
  return 0;
});
