/**
 * Starts the kernel: `node launch.js CONNECTION_FILE`. What must be settled before any other module loads is settled
 * here: the quiet of the native libraries and the folder that notebooks import from.
 */

const fs = require('node:fs');
const path = require('node:path');
const { outFolder, outSetting } = require('./out-folder');

// Jupyter's pipe to the kernel never brings anything nor ends: a child process that inherits it would wait for ever, out
// of an interrupt's reach. What is opened next takes its place.
if (process.platform !== 'win32') {
  fs.closeSync(0);
  fs.openSync('/dev/null', 'r');
}

// TensorFlow's C++ notices mean nothing to a reader. What the libraries still write to file descriptor 2 (the absl
// header) goes to Jupyter's own log: cells write through `process.stderr`, which the kernel turns into messages.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

// Notebooks import './lib/…' from the root of the repository, wherever Jupyter was started.
const root = path.dirname(__dirname);
process.chdir(root);

// What cells and the programs that they start keep goes where this user may write.
const out = outFolder(root);
if (out !== path.join(root, 'out')) process.env[outSetting] = out;

const [connectionFile] = process.argv.slice(2);
if (!connectionFile) {
  console.error(
    'Cannot start the kernel: no connection file given; Jupyter names it when it starts a kernel',
  );
  process.exit(2);
}
require('./kernel')
  .startKernel(connectionFile)
  .catch((/** @type {unknown} */ error) => {
    console.error(`Cannot start the kernel: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  });
