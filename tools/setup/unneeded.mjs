/**
 * What npm packages bring that nothing here ever reads: over half of their bytes. Types stay, and so do the modules that a
 * bundler would take.
 */
import fs from 'node:fs';
import path from 'node:path';
import { paths } from './project.mjs';

/** Matches a path in `node_modules`, written with slashes. */
const unneeded = [
  // The way back to the packages' own sources.
  /\.map$/,
  // TensorFlow.js in one file, in six dialects for pages; Node loads the seventh, *.node.js.
  /^@tensorflow\/[\w-]+\/dist\/tf(-[a-z-]+)?\.(es2017\.|fesm\.)?(min\.)?js(\.html)?$/,
  // Its tests.
  /^@tensorflow\/[\w-]+\/dist\/.+_test\.(js|mjs|d\.ts)$/,
  // Programs around the compiler; the kernel loads the compiler itself.
  /^@tslab\/typescript-for-tslab\/lib\/(tsc|tsserver|tsserverlibrary|typingsInstaller)\.js$/,
  // ZeroMQ, compiled for other systems.
  new RegExp(`^zeromq/build/(?!${process.platform}/${process.arch}/)\\w+/`),
];

/** Names the list, so that packages from which another one was removed are installed anew. */
export const unneededList = unneeded.map((pattern) => pattern.source).join(' ');

/**
 * @param {string} file - a path in `node_modules`, written with slashes
 * @returns {boolean} whether nothing here reads it
 */
export function isUnneeded(file) {
  return unneeded.some((pattern) => pattern.test(file));
}

/** Deletes from `node_modules` what nothing here reads. */
export function removeUnneeded() {
  if (fs.existsSync(paths.nodeModules)) removeIn('');
}

/** @param {string} folder - in `node_modules`; empty, or with a slash at its end */
function removeIn(folder) {
  for (const entry of fs.readdirSync(path.join(paths.nodeModules, folder), { withFileTypes: true })) {
    const name = folder + entry.name;
    if (entry.isDirectory()) removeIn(`${name}/`);
    else if (isUnneeded(name)) fs.rmSync(path.join(paths.nodeModules, name));
  }
}
