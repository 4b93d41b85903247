/** Judges pages by axe-core, in the browser that shows them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @returns what is seriously wrong with a page, one line each: the rule, and where it is broken */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Formulas are read as MathML; what KaTeX draws beside it is hidden from those who do not see it.
  return page.evaluate(`(async () => {
    if (!window.axe) (0, eval)(${JSON.stringify(source)});
    const { violations } = await axe.run({ exclude: ['.katex-html'] }, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, target }) => id + ': ' + target.join(' ') + ' ' + html.slice(0, 200)));
  })()`);
}
