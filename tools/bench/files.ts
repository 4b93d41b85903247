/** Where a run of the benchmark is written: `out/`, and to be committed `docs/` and the README. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openBaker, whyNotBake } from '../pictures';
import { root } from '../setup/project.mjs';
import type { BenchmarkResult } from './results';
import { missedTargets, readmeTable } from './tables';

/**
 * Writes a run into `out/`, and with `save` into `docs/`, where notebook 12 finds it, and into the README.
 *
 * @param result - of the run
 * @param save - whether it is to be committed
 * @param say - is told what was written
 */
export async function writeResult(
  result: BenchmarkResult,
  save: boolean,
  say: (text: string) => void,
): Promise<void> {
  const picture = await draw(result);
  for (const name of save ? ['out', 'docs'] : ['out']) {
    const folder = path.join(root, name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'benchmark.json'), `${JSON.stringify(result, null, 1)}\n`);
    if (picture) fs.writeFileSync(path.join(folder, 'benchmark.png'), picture);
    say(`Written: ${name}/benchmark.json${picture ? ' and .png' : ''}`);
  }
  if (save) {
    const readme = path.join(root, 'README.md');
    const text = fs.readFileSync(readme, 'utf8');
    fs.writeFileSync(
      readme,
      text
        .replace(/\| [^|\n]*\| fused \|.*?(?=\n\n)/s, () => readmeTable(result))
        .replace(/^Of \d+ targets that were measured, .*$/m, () => missedTargets(result)),
    );
    say('Written: the table in README.md');
  }
}

/** The figure of the epochs as a PNG, where epochs were measured and a browser can draw it. */
async function draw(result: BenchmarkResult): Promise<Buffer | undefined> {
  const epochs = result.measurements.some(({ what }) => /^one epoch, batch \d+$/.test(what));
  if (!epochs || (await whyNotBake())) return undefined;
  const { benchmarkFigure } = await import('../../lib/figures');
  const baker = await openBaker();
  try {
    return Buffer.from(await baker.draw(benchmarkFigure(result)), 'base64');
  } finally {
    await baker.close();
  }
}
