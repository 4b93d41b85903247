/** What every page of the book does besides being read: search, and keeping the book for reading without a network. */
import { languageOfPage } from '../dom';
import { placeOf } from '../edition';
import { say, speak } from '../say';
import { keepBook } from './keep';
import { offerOwnLanguage, switchAtCell } from './languages';
import { showProgress } from './progress';
import { markSection, reachByKeyboard } from './reading';

const script = document.currentScript as HTMLScriptElement;
/** The book's folder, wherever it is served. */
const book = new URL('..', script.src).href;
const language = languageOfPage();
speak(language);

/** Loads a script of the book's, once. Modules would not load from a file on the reader's disk. */
const loaded = new Map<string, Promise<void>>();
function load(file: string): Promise<void> {
  const known = loaded.get(file);
  if (known) return known;
  const loading = new Promise<void>((resolve, reject) => {
    const element = document.createElement('script');
    element.src = book + file;
    element.onload = () => resolve();
    element.onerror = () => {
      loaded.delete(file);
      reject(new Error(say('{file} cannot be loaded', { file })));
    };
    document.head.append(element);
  });
  loaded.set(file, loading);
  return loading;
}

async function openSearch(button: HTMLButtonElement): Promise<void> {
  button.title = '';
  try {
    await Promise.all([load(`${placeOf(language)}passages.js`), load('shell/search.js')]);
    window.descentSearch?.(book);
  } catch (error) {
    button.title = say('There is no search now: {why}.', { why: (error as Error).message });
    button.textContent = say('Search: cannot be loaded, try again');
  }
}

const button = document.createElement('button');
button.type = 'button';
button.className = 'book-search';
button.textContent = say('Search');
button.setAttribute('aria-keyshortcuts', 'Control+K Meta+K');
button.addEventListener('click', () => void openSearch(button));
document.querySelector('header')?.append(button);
document.addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  void openSearch(button);
});

reachByKeyboard();
markSection();
showProgress(book);
switchAtCell();
offerOwnLanguage();
keepBook(book, language);
