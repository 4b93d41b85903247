/** What code asks of `node:path`. Paths are addresses here: always with `/`. */

/** `https://a/b` and `../c` as `https://a/c`. */
export function join(...given: string[]): string {
  const [, origin = '', rest = ''] = /^(\w+:\/\/[^/]*)?(.*)$/.exec(given.filter(Boolean).join('/')) ?? [];
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return origin + parts.join('/');
}

/** The last of them that is absolute, and what comes after it. */
export function resolve(...given: string[]): string {
  return given.reduce((all, part) => (isAbsolute(part) ? join(part) : join(all, part)), '');
}

export const dirname = (file: string): string => file.replace(/\/[^/]*$/, '');
export const basename = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
export const normalize = (file: string): string => file;
export const isAbsolute = (file: string): boolean => file.startsWith('/') || /^\w+:\/\//.test(file);
