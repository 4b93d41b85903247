/** What took the book long, kept in `out/book/` for the next time. It can be deleted at any time. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { outFolder, projectRoot } from '../../lib/surroundings';
import { hashOf } from '../hashes';

/** How long what nobody asks for is kept, in milliseconds. */
const patience = 14 * 24 * 3_600_000;

/** Results of one kind, each by all that it follows from. */
export class Remembered<Result> {
  private readonly folder: string;

  /** @param kind - names the folder; @param version - hash of the program that makes them */
  constructor(
    kind: string,
    private readonly version: string,
  ) {
    this.folder = path.resolve(projectRoot(), outFolder(), 'book', kind);
  }

  /** @param from - what the result follows from, besides the program. @returns `undefined` if there is none */
  recall(from: unknown): Result | undefined {
    const file = this.fileOf(from);
    try {
      const result = JSON.parse(fs.readFileSync(file, 'utf8'));
      fs.utimesSync(file, new Date(), new Date());
      return result;
    } catch {
      // It is not there, or not whole.
      return undefined;
    }
  }

  /** Keeps a result, and drops those that nobody has asked for in a fortnight. @returns the result */
  remember(from: unknown, result: Result): Result {
    const half = `${this.fileOf(from)}.${process.pid}`;
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(half, JSON.stringify(result));
    fs.renameSync(half, this.fileOf(from));
    for (const name of fs.readdirSync(this.folder)) {
      const file = path.join(this.folder, name);
      const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > patience) fs.rmSync(file, { force: true });
    }
    return result;
  }

  private fileOf(from: unknown): string {
    return path.join(this.folder, `${hashOf([this.version, from])}.json`);
  }
}
