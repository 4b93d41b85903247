/**
 * For what stands in Node's place, such as a page in a browser: what `lib/` asks of its surroundings.
 *
 * @example
 * import { settings, symbols } from './lib/page';
 *
 * console.log(symbols.host.description, settings.noCache);
 * // descent.host DESCENT_NO_CACHE
 */

export { claimMimeType, plotlyMimeType, settings, share, symbols } from './base/contract';
export type { Host, HostBackend, HostFiles } from './base/host-interface';
