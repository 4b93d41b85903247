/** The window of the search: loaded with the book's passages when a reader first opens it. */
import type { PagePassages } from '../../shell/sections';
import { languageOfPage } from '../dom';
import { say, speak } from '../say';
import { type Found, finderOf } from './find';

declare global {
  interface Window {
    /** opens the search, in a book at this address */
    descentSearch?: (book: string) => void;
    /** what a search finds: `passages.js` */
    descentPassages?: PagePassages[];
  }
}

const most = 40;
speak(languageOfPage());

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function makeWindow(book: string): HTMLDialogElement {
  const find = finderOf(window.descentPassages ?? []);
  const dialog = element('dialog', 'search');
  dialog.setAttribute('aria-label', say('Search the book'));
  const input = element('input', '');
  input.type = 'search';
  input.placeholder = say('Words of the text, or names of the code');
  input.setAttribute('aria-label', say('Search for'));
  input.autocomplete = 'off';
  input.spellcheck = false;
  const close = element('button', '', say('Close'));
  close.type = 'button';
  close.addEventListener('click', () => dialog.close());
  const head = element('div', 'search-head');
  head.append(input, close);
  const count = element('p', 'search-count');
  count.setAttribute('role', 'status');
  const list = element('ul', 'search-found');

  const update = () => {
    const found = find(input.value);
    list.replaceChildren(...found.slice(0, most).map((one) => itemOf(one, book, () => dialog.close())));
    count.textContent = sentenceOf(input.value, found.length);
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  dialog.addEventListener('keydown', (event) => {
    // Else a field that holds words takes the key to empty itself.
    if (event.key === 'Escape' && !event.isComposing) {
      event.preventDefault();
      dialog.close();
    } else walk(event, input, list);
  });
  // A press beside the window closes it.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.append(head, count, list);
  document.body.append(dialog);
  update();
  return dialog;
}

function sentenceOf(words: string, count: number): string {
  if (!words.trim()) return say('The search works without a network.');
  if (count === 0) return say('Nothing found.');
  if (count === 1) return say('1 passage.');
  if (count <= most) return say('{count} passages.', { count });
  return say('{count} passages; the best {most} are shown.', { count, most });
}

function itemOf(
  { address, title, heading, excerpt }: Found,
  book: string,
  follow: () => void,
): HTMLLIElement {
  const item = element('li', '');
  const link = element('a', '');
  link.href = book + address;
  link.addEventListener('click', follow);
  const name = element('b', '', heading && heading !== title ? `${title} › ${heading}` : title);
  const piece = element('span', '');
  piece.append(...excerpt.map(({ text, found }) => (found ? element('mark', '', text) : text)));
  link.append(name, piece);
  item.append(link);
  return item;
}

/** The arrow keys walk through what was found, Enter in the field follows the first. */
function walk(event: KeyboardEvent, input: HTMLInputElement, list: HTMLElement): void {
  const stops: HTMLElement[] = [input, ...list.querySelectorAll('a')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  if (event.key === 'Enter' && at === 0 && !event.isComposing) stops[1]?.click();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || at < 0) return;
  event.preventDefault();
  stops[at + step]?.focus();
}

let dialog: HTMLDialogElement | undefined;
window.descentSearch = (book) => {
  dialog ??= makeWindow(book);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input')?.select();
};
