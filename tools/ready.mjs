/** Sets up what the course itself lacks, before a script of package.json that needs it all; says nothing where all is there. */
import { runMain } from './setup/options.mjs';
import { needed, setUp } from './setup.mjs';

runMain(async () => {
  if (needed()) await setUp();
  return 0;
});
