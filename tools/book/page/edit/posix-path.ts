/** What tslab's converter asks of `node:path`, for paths that are divided by `/`. */

function parts(path: string): string[] {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || !path.startsWith('/')) kept.push(part);
  }
  return kept;
}

/** `a/b` and `../c` give `a/c`. */
export function join(...paths: string[]): string {
  const whole = paths.filter(Boolean).join('/');
  return (whole.startsWith('/') ? '/' : '') + parts(whole).join('/') || '.';
}

/** The way from one path to another: from `/a/b` to `/a/c/d` it is `../c/d`. */
export function relative(from: string, to: string): string {
  const [start, end] = [parts(from), parts(to)];
  let same = 0;
  while (same < start.length && same < end.length && start[same] === end[same]) same++;
  return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/');
}

/** `/a/b` gives `/a`. */
export function dirname(path: string): string {
  const at = path.lastIndexOf('/');
  return at > 0 ? path.slice(0, at) : at === 0 ? '/' : '.';
}

export default { join, relative, dirname };
