/** The script of a page of the book: makes its cells run, where a server shows it. */
import { type Host, languageSetting, share } from '../../../lib/page';
import { element, languageOfPage } from './dom';
import { factsOf, type NotebookFacts } from './facts';
import { librariesIn } from './libraries';
import { NotebookPage } from './notebook-page';
import { say, speak } from './say';

const language = languageOfPage();
speak(language);
// The course's words ask for the language that is set; a page has no other settings.
const environment = (name: string) => (name === languageSetting ? language : undefined);
share('host', { environment } as unknown as Host);

/** Written by the build: whether what makes cells editable comes along. */
declare const editable: boolean;
/** Written by the build. */
declare const facts: NotebookFacts;

const script = document.currentScript as HTMLScriptElement;
const notebook = script.dataset.notebook ?? '';
const folder = new URL('.', script.src).href;

document.head.append(element('link', { rel: 'stylesheet', href: `${folder}page.css` }));

if (location.protocol === 'file:') {
  const text = say('The cells run where a server shows this page: npm run book -- --serve');
  document.querySelector('main')?.before(element('p', { class: 'run-bar', text }));
} else {
  const asked = new URLSearchParams({ notebook, language });
  const edits = editable ? { folder, notebook } : undefined;
  if (edits) document.head.append(element('link', { rel: 'stylesheet', href: `${folder}edit.css` }));
  const libraries = librariesIn(folder, language);
  new NotebookPage(`${folder}worker.js?${asked}`, libraries, factsOf(notebook, facts), edits);
}
