/** What a reader is told before everything is measured again, where that takes long. */
import { say } from './say';

/**
 * Minutes of one core that it takes to measure all experiments of a notebook in a page, by its number, where they are many: the
 * steps of its trainings, times what a step takes in WebAssembly on a server's core; of the GPT that writes, 0.25 s.
 */
const minutes: Readonly<Record<string, number>> = { '17': 10 };

/** @param notebook - its name in the book: `zh/17-a-small-gpt` */
function minutesAgain(notebook: string): number | undefined {
  const [, number = ''] = /(?:^|\/)(\d\d)-[^/]*$/.exec(notebook) ?? [];
  return Object.hasOwn(minutes, number) ? minutes[number] : undefined;
}

/** @returns what the button does that measures again */
export function labelOfAgain(notebook: string): string {
  const count = minutesAgain(notebook);
  if (count === undefined)
    return say('Run all cells, and measure here what was read from stored results: this takes minutes');
  return say(
    'Run all cells, and measure here what was read from stored results: this takes about {count} minutes',
    { count },
  );
}

/** Asks the reader where it takes long. @returns whether to measure */
export function confirmsAgain(notebook: string, ask: (question: string) => boolean): boolean {
  const count = minutesAgain(notebook);
  if (count === undefined) return true;
  return ask(
    say(
      'To measure everything here takes about {count} minutes, on a slow device much longer. Stop ends it at any time. Begin?',
      { count },
    ),
  );
}
