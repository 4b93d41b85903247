/**
 * What surrounds the code: the one place through which `lib/` asks for files, settings and packages.
 *
 * A page in a browser puts a host of its own at `globalThis[Symbol.for('descent.host')]`, before it
 * loads anything else; everywhere else Node is the host.
 */
import { shared } from './contract';
import type { Host } from './host-interface';
import { nodeHost } from './node-host';

export type * from './host-interface';

let ofNode: Host | undefined;

/**
 * The host of this code.
 *
 * @returns what `globalThis[Symbol.for('descent.host')]` holds, else Node's, made when first asked for
 */
export function host(): Host {
  const given = shared('host');
  if (given) return given;
  ofNode ??= nodeHost();
  return ofNode;
}
