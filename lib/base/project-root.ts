/** Where the project lies. */
import { host } from './host';

/**
 * The project's folder.
 *
 * @returns an absolute path, in a page an address
 * @throws Error if no folder above holds the project
 */
export function projectRoot(): string {
  return host().root;
}
