/** In the list of the notebooks, how far the reader is in each: his browser keeps that. */
import { keyOf, readKept } from '../edit/kept';
import { sentenceOf } from '../edit/progress';

/** @param book - the address of its folder */
export function showProgress(book: string): void {
  const path = new URL(book).pathname;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.contents a')) {
    const notebook = decodeURIComponent(link.href.slice(book.length)).replace(/\.html$/, '');
    const progress = keptOf(keyOf(path, notebook));
    if (!progress) continue;
    const line = document.createElement('small');
    line.className = 'book-progress';
    line.textContent = ` ${sentenceOf(progress)}`;
    link.parentElement?.append(document.createElement('br'), line);
  }
}

function keptOf(key: string) {
  try {
    return readKept(localStorage.getItem(key)).progress;
  } catch {
    // The browser does not let the page.
    return undefined;
  }
}
