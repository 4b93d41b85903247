/** What cells print, on its way to the page: many lines in one message, and no more of a cell than a page can show. */

import type { News } from './messages';
import { inThousands } from './numbers';

type Printed = News & { type: 'stream' };

/** Characters of one run of a cell that are shown. */
const mostShown = 400_000;
/** So long may pass between two messages while a cell prints on. */
const messageMilliseconds = 50;

/**
 * @param post - tells the page
 * @param nextTurn - resolves after everything else that is due now
 * @returns what tells the page all news, the printed ones in their places among the others
 */
export function printingTeller(
  post: (news: News) => void,
  nextTurn: () => Promise<void>,
): (news: News) => void {
  let waiting: Printed | undefined;
  let sent = 0;
  /** by the cell's id: how much of it was shown, and how many lines were not */
  const printed = new Map<string, { characters: number; left: number }>();

  function send(): void {
    if (waiting) post(waiting);
    waiting = undefined;
    sent = performance.now();
  }

  function print(news: Printed): void {
    const { cell, name } = news;
    const counts = printed.get(cell) ?? { characters: 0, left: 0 };
    printed.set(cell, counts);
    const text = news.text.slice(0, Math.max(0, mostShown - counts.characters));
    if (text.length < news.text.length) counts.left += news.text.slice(text.length).split('\n').length - 1;
    counts.characters += news.text.length;
    if (text === '') return;
    if (waiting && (waiting.cell !== cell || waiting.name !== name)) send();
    if (waiting) waiting.text += text;
    else {
      waiting = { ...news, text };
      void nextTurn().then(send);
    }
    if (performance.now() - sent > messageMilliseconds) send();
  }

  return (news) => {
    if (news.type === 'stream') return print(news);
    send();
    const { left = 0 } = news.type === 'done' ? (printed.get(news.cell) ?? {}) : {};
    if (news.type === 'done') printed.delete(news.cell);
    if (left > 0) {
      const text = `[${inThousands(left)} lines more were printed than a page can show]\n`;
      post({ type: 'stream', cell: (news as { cell: string }).cell, name: 'stderr', text });
    }
    post(news);
  };
}
