/** Compares, in a page, what its compiler makes of each cell with what the build has made. */
import type { Page } from 'playwright-core';

/** A cell as the build or the compiler of the page has made it. */
interface Made {
  id: string;
  source: string;
  text: string;
  [part: string]: unknown;
}

/** The same cell, made twice. */
export interface Compared {
  id: string;
  source: string;
  /** as the page shows it */
  shown: string;
  built: object;
  compiled: object;
  /** whether the cell after it runs as it was built: then its declarations are the build's */
  same: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: what a page has, and Node has not
declare const document: any, location: URL, Worker: any;

/** Has the compiler of a page compile each of its cells anew, with a blank at its end. */
export async function compareCells(page: Page, notebook: string): Promise<Compared[]> {
  // Text, for vitest would change an `import()` in a function.
  const built = (await page.evaluate(`import(new URL('run/cells/${notebook}.js', location.href).href)
    .then(({ cells }) => cells.map(({ body, ...cell }) => ({ ...cell, text: '(' + body + ')' })))`)) as Made[];
  const ids = built.map(({ id, source }) => ({ id, source }));
  const answers = await page.evaluate(compileAll, { notebook, ids });
  return built.map(({ id, source, start, text, ...cell }, place) => {
    const { shown, same, edited } = answers[place];
    const { text: own = '', diagnostics, source: _, ...parts } = edited ?? ({} as Partial<Made>);
    return {
      ...{ id, source, shown, same },
      built: { id, ...cell, text: plain(text), diagnostics: [] },
      compiled: { ...parts, text: plain(own), diagnostics },
    };
  });
}

/** Without the blank, and with the knobs' own values. */
const plain = (text: string) =>
  text
    .replace(/\(globalThis\.__knobs__\?\.\w+ \?\? (.*?)\)(;\s*(?:\/\/.*)?)$/gm, '$1$2')
    .replace(/ +$/gm, '');

/** Runs in the page. */
async function compileAll({ notebook, ids }: { notebook: string; ids: { id: string; source: string }[] }) {
  const worker = new Worker(new URL(`run/compile-worker.js?notebook=${notebook}`, location.href), {
    type: 'module',
  });
  let asked = 0;
  // biome-ignore lint/suspicious/noExplicitAny: an answer as the worker sends it
  const ask = (question: object): Promise<any> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      worker.onmessage = ({ data }: { data: { answer: unknown; error?: string } }) =>
        data.error ? reject(new Error(data.error)) : resolve(data.answer);
      worker.onerror = (event: { message?: string }) =>
        reject(new Error(event.message || 'the worker does not load'));
      worker.postMessage({ id, question });
    });
  const answers: { shown: string; same: boolean; edited?: Made }[] = [];
  for (const [place, { id, source }] of ids.entries()) {
    const edits = { [id]: `${source} ` };
    const { edited } = await ask({ type: 'prepare', cell: id, edits });
    const next = ids[place + 1];
    const after = next ? await ask({ type: 'prepare', cell: next.id, edits }) : {};
    const shown = document.querySelector(`[id="cell-id=${id}"] .input_area pre`)?.textContent ?? '';
    answers.push({ shown, same: after.edited === undefined, edited });
  }
  worker.terminate();
  return answers;
}
