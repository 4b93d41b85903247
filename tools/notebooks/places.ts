/** Where a book's pages find what their notebooks link to. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { partsOf } from './links';
import type { NotebookFile } from './notebook-file';

/** @returns the file of a notebook's page; `index.html` is the table of contents */
export function pageOf(name: string): string {
  return /^index$/i.test(name) ? `${name}-notebook.html` : `${name}.html`;
}

/** @returns a path, with `/`, as an address writes it */
export function address(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

/** Where pages find what notebooks link to: another page, or what comes along of the project's files. */
export class Places {
  /** files of the project that are linked to, from its folder on, with `/` */
  readonly sources = new Set<string>();
  /** pages by the absolute paths of their notebooks */
  private readonly pages: ReadonlyMap<string, string>;
  private readonly root = fs.realpathSync(projectRoot());
  private tracked?: ReadonlySet<string> | string;

  constructor(files: readonly NotebookFile[]) {
    this.pages = new Map(files.map(({ file, name }) => [path.resolve(file), pageOf(name)]));
  }

  /**
   * @param from - the notebook or document that the link stands in
   * @returns the address, seen from the folder of the pages; or why there is none
   */
  of(target: string, from: NotebookFile): { href: string } | { why: string } {
    const { file } = partsOf(target);
    const anchor = target.includes('#') ? target.slice(target.indexOf('#')) : '';
    if (file === '') return { href: anchor };
    const folder = path.dirname(path.resolve(from.file));
    const found = path.resolve(folder, file);
    const page = this.pages.get(found);
    if (page !== undefined) return { href: address(page) + anchor };
    if (file.endsWith('.ipynb') && path.dirname(found) === folder) return { why: 'is not among the pages' };
    const source = this.sourceOf(found);
    if (typeof source !== 'string') return source;
    this.sources.add(source);
    return { href: address(copyOf(source, this.root)) };
  }

  private sourceOf(found: string): string | { why: string } {
    // notebooks/lib is a link to lib, as notebooks/zh/lib is; where there are no links, it is a small file.
    const inside = path.relative(path.join(projectRoot(), 'notebooks'), found).replaceAll(path.sep, '/');
    const [, name] = /^(?:[\w-]+\/)?lib\/(.+)$/.exec(inside) ?? [];
    const place = name ? path.join(projectRoot(), 'lib', name) : found;
    if (!fs.existsSync(place) || !fs.statSync(place).isFile()) return { why: 'is not there' };
    // Where the file really lies: a link may lead out of the project.
    const source = path.relative(this.root, fs.realpathSync(place)).replaceAll(path.sep, '/');
    this.tracked ??= trackedFiles(this.root);
    if (typeof this.tracked === 'string') return { why: this.tracked };
    return this.tracked.has(source) ? source : { why: 'git does not track: it is not published' };
  }
}

/** @returns where a file of the project lies among the pages: as a page of its text, or as it is */
export function copyOf(source: string, root: string): string {
  return isText(fs.readFileSync(path.join(root, source))) ? `source/${source}.html` : `source/${source}`;
}

/** @returns whether a file's bytes are text: those of a picture or a model hold zeros */
export function isText(bytes: Buffer): boolean {
  return !bytes.includes(0);
}

/** @returns what git tracks in a folder, from there on, with `/`; or why that is not known */
function trackedFiles(folder: string): Set<string> | string {
  // A hook of git's sets these for the repository that it runs in.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env;
  const options = ['-c', `safe.directory=${folder}`, 'ls-files', '-z'];
  const { status, stdout } = spawnSync('git', options, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (status === 0) return new Set(stdout.split('\0').filter(Boolean));
  return 'is not published: only what git tracks is, and git does not answer here';
}
