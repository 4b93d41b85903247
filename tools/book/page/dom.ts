/** Small helps with the page's elements. */
import { original } from './edition';
import { say } from './say';

/** @returns the language of the edition that the page belongs to */
export const languageOfPage = (): string => document.documentElement.dataset.edition ?? original;

/** @param attributes - as HTML writes them; `text` is what the element holds */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text = '', ...attributes }: Record<string, string> = {},
  ...children: Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(text, ...children);
  return made;
}

/** @param label - what it does, for who hears it or rests the mouse on it */
export function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', text, title: label, 'aria-label': label });
  made.addEventListener('click', press);
  return made;
}

/** Once, when it is first needed; anew if it failed. */
export function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Loads a script that is no module. */
export function loadScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = element('script', { src: address });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(say('Cannot load {address}', { address })));
    document.head.append(script);
  });
}
