/** What every cell may call without an import, beside what Node has. */

/**
 * Asks the reader for a line of text, in Jupyter's own box. The cell waits for it; so do timers.
 *
 * @param message what to ask
 * @param defaultValue the answer if the reader gives none
 * @returns the answer, never `null`; the type is that of `prompt` in a browser
 * @throws where there is nobody to ask (`allow_stdin` is false), and when the reader interrupts
 *
 * @example
 * const name = prompt('Your name?', 'Ada');
 */
declare function prompt(message?: string, defaultValue?: string): string | null;

/**
 * Asks the reader a question that has two answers.
 *
 * @returns whether the answer is `y` or `yes`
 * @throws where there is nobody to ask (`allow_stdin` is false), and when the reader interrupts
 */
declare function confirm(message?: string): boolean;

/**
 * Asks the reader for a line of text, in Jupyter's own box, while everything else goes on: `await input('Your name?')`.
 *
 * @param message what to ask
 * @param options `password: true` hides what is typed
 * @throws where there is nobody to ask (`allow_stdin` is false), and when the reader interrupts
 */
declare function input(message?: string, options?: { password?: boolean }): Promise<string>;
