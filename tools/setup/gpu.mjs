/**
 * WebGPU, for who asks for it: Dawn for Node, and TensorFlow.js's backend upon it and upon a browser, as locked in `gpu/`.
 * They lie in a folder of their own, so that nobody else downloads them.
 */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npm } from './packages.mjs';
import { hashFile, paths, remove, requireSpace, root, whyStale, writeJson } from './project.mjs';

const locked = path.join(root, 'tools', 'setup', 'gpu');
const lockedFiles = ['package.json', 'package-lock.json'];
const modules = path.join(paths.webgpu, 'node_modules');
const stamp = path.join(paths.webgpu, 'descent-setup.json');

/** Bytes while they are installed: Dawn comes for five systems, of which one stays. */
const spaceNeeded = 0.25e9;

const system = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;

/** What stays of all that npm puts there, beside Dawn for this system: paths in `node_modules`, written with slashes. */
const needed = [
  // For Node, and for the pages of the book.
  /^@tensorflow\/tfjs-backend-webgpu\/dist\/tf-backend-webgpu\.(node|fesm\.min)\.js$/,
  /^(webgpu|@tensorflow\/tfjs-backend-webgpu)\/(package\.json|LICENSE.*|README\.md)$/,
];

/**
 * @param {string} file - a path in `node_modules`, written with slashes
 * @param {string} [on] - the system, by Dawn's name for it
 * @returns {boolean} whether it stays
 */
export function isNeeded(file, on = system) {
  return file.startsWith(`webgpu/dist/${on}/`) || needed.some((pattern) => pattern.test(file));
}

function wanted() {
  return {
    'package-lock.json': hashFile(path.join(locked, 'package-lock.json')),
    platform: system,
    // Where less was kept, it is installed anew.
    kept: needed.map((pattern) => pattern.source).join(' '),
  };
}

/**
 * @param {boolean} [asked] - whether it is asked for; who has it keeps it as locked without asking again
 * @returns {string | undefined} why it must be installed
 */
export function gpuNeeded(asked = false) {
  return asked || fs.existsSync(stamp) ? whyStale(stamp, wanted()) : undefined;
}

/**
 * Installs it anew.
 *
 * @param {(text: string) => void} say
 */
export async function installGpu(say) {
  remove(paths.webgpu);
  requireSpace(spaceNeeded);
  fs.mkdirSync(paths.webgpu);
  for (const file of lockedFiles) fs.copyFileSync(path.join(locked, file), path.join(paths.webgpu, file));
  // TensorFlow.js itself is not installed a second time: it is found in the folder above.
  await npm(say, ['ci', '--legacy-peer-deps'], paths.webgpu);
  say('removing what is for other systems');
  keepNeeded('');
  writeJson(stamp, wanted());
}

/** @param {string} folder - in `node_modules`; empty, or with a slash at its end */
function keepNeeded(folder) {
  for (const entry of fs.readdirSync(path.join(modules, folder), { withFileTypes: true })) {
    const name = folder + entry.name;
    if (entry.isDirectory()) keepNeeded(`${name}/`);
    else if (!isNeeded(name)) fs.rmSync(path.join(modules, name));
  }
  if (folder && fs.readdirSync(path.join(modules, folder)).length === 0) {
    fs.rmdirSync(path.join(modules, folder));
  }
}
