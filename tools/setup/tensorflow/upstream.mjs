/**
 * The way of tfjs-node's own installer, which downloads library and binding from a host of its own. No hash of either is
 * published, so neither is pinned: they are as trustworthy as the host and the connection to it (TLS).
 */
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import { explain, run } from '../processes.mjs';
import { paths, root } from '../project.mjs';
import { clearBinding } from './binding.mjs';
import { clearOperations } from './operations.mjs';

const answerTimeout = 4_000;
const installerTimeout = 15 * 60_000;

/**
 * @param {(text: string) => void} say
 * @throws {Error} if the host has no binding for this platform or cannot be reached, or the installer fails
 */
export async function installUpstream(say) {
  say("asking tfjs-node's host");
  await askHost();
  clearBinding();
  clearOperations();
  const binaries = [paths.tfjsNode, root].map((folder) => path.join(folder, 'node_modules', '.bin'));
  const env = withoutRedirections({
    ...process.env,
    PATH: [...binaries, process.env.PATH].join(path.delimiter),
  });
  const result = await run(process.execPath, ['scripts/install.js'], {
    cwd: paths.tfjsNode,
    env,
    timeout: installerTimeout,
    onLine: say,
  });
  if (result.code !== 0) throw explain("tfjs-node's installer", result);
}

/**
 * The variables by which the installer, and node-pre-gyp in it, take their downloads from somewhere else, a plain http
 * address too. npm makes one of each setting in a .npmrc.
 */
const redirections =
  /^(npm_config_)?((tfjs_node_)?cdn_storage|tfjs_node_base_uri)$|^npm_config_tfjs_binding_binary_host_mirror$/i;

/** @param {NodeJS.ProcessEnv} env @returns {NodeJS.ProcessEnv} */
function withoutRedirections(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !redirections.test(name)));
}

/** Asks for the binding that the installer would download: the host, or this platform's file, may not be there. */
async function askHost() {
  const load = createRequire(path.join(paths.tfjsNode, 'package.json'));
  const url = bindingUrl(load);
  const proxy = process.env.HTTPS_PROXY || process.env.https_proxy;
  const agent = proxy && url.protocol === 'https:' ? new (load('https-proxy-agent'))(proxy) : undefined;
  const status = await statusOf(url, agent);
  if (status !== 200) throw new Error(`${url.host} answers ${status}`);
}

/** @param {NodeJS.Require} load - finds what tfjs-node finds @returns {URL} */
function bindingUrl(load) {
  const { name, version, binary } = load('./package.json');
  const { ARCH_MAPPING, PLATFORM_MAPPING, PLATFORM_EXTENSION } = load('./scripts/deps-constants.js');
  const platform = PLATFORM_MAPPING[process.platform];
  if (!platform || !ARCH_MAPPING[process.arch]) {
    throw new Error(`${name} has no build for ${process.platform} ${process.arch}`);
  }
  const file = `napi-v8/${version}/CPU-${platform}-${version}.${PLATFORM_EXTENSION}`;
  return new URL(`${binary.host.replace(/\/$/, '')}/${file}`);
}

/**
 * @param {URL} url
 * @param {http.Agent} [agent]
 * @returns {Promise<number | undefined>} the status of the answer to a HEAD request
 */
function statusOf(url, agent) {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'http:' ? http : https;
    const request = client.request(url, { method: 'HEAD', agent }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    const timer = setTimeout(() => request.destroy(new Error('no answer')), answerTimeout);
    request.on('close', () => clearTimeout(timer));
    request.on('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(new Error(`${url.host} cannot be reached (${error.code ?? error.message})`)),
    );
    request.end();
  });
}
