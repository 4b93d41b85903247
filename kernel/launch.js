'use strict';

const path = require('node:path');

// TensorFlow's C++ log lines say nothing to a reader; set before anything can load it.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

// Notebooks import './lib/…' from the root of the repository, wherever Jupyter was started.
process.chdir(path.dirname(__dirname));

const { startKernel } = require('tslab/dist/main');
const jupyter = require('tslab/dist/jupyter');

globalThis[Symbol.for('descent.display')] = (data, { id, update = false, metadata = {} } = {}) =>
  jupyter.lastWriteDisplayData({ data, metadata, transient: id ? { display_id: id } : {} }, update);

startKernel({ configPath: process.argv[2], enableFindLocal: false });
