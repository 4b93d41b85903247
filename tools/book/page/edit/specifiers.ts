/** Completes what stands between the quotes of an import: the doors and packages that come with the book. */
import type { Completion } from './messages';
import { namesIn } from './virtual-files';

/** The text from an import's opening quote to the cursor. */
const open = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]*)$/;

/** Packages that cells may import. */
const packages = ['@tensorflow/tfjs', 'mathjs', 'nodeplotlib', 'pure-rand', 'simple-statistics'];

/** @returns nothing where no import is being written */
export function completeSpecifier(source: string, offset: number): Completion | undefined {
  const [, , written] = open.exec(source.slice(0, offset)) ?? [];
  if (written === undefined) return undefined;
  const doors = namesIn('lib').flatMap((name) =>
    name.endsWith('.ts') ? [`./lib/${name.slice(0, -3)}`] : [],
  );
  const rest = /^[^'"\n]*/.exec(source.slice(offset))?.[0].length ?? 0;
  const candidates = [...doors, ...packages].filter((name) => name.startsWith(written)).sort();
  return { start: offset - written.length, end: offset + rest, candidates };
}
