/** What the command line of `npm run ask` may say. */
import { Command } from 'commander';
import { refusals, whole } from '../options/checked';

/** The options of `npm run ask`, checked. */
export interface AskOptions {
  /** how many passages at most */
  passages: number;
  folder: string;
  measure: boolean;
}

const example = 'npm run ask -- "Why must the weights start at random?"';

/**
 * @param run - what to do with the question, empty where it is measured, and the options
 * @returns the command; it refuses what makes no sense in one line
 */
export function askCommand(run: (question: string, options: AskOptions) => Promise<void>): Command {
  return new Command('ask')
    .description('Answers a question with passages of the course, or says that it has none.')
    .argument('[question...]', 'in your own words')
    .option('--passages <count>', 'how many to show at most', whole(1, 20), 3)
    .option('--folder <folder>', 'where the notebooks lie', 'notebooks')
    .option('--measure', 'says how often answers are found, by the questions in data/questions.json', false)
    .configureOutput(refusals('npm run ask -- --help'))
    .action((words: string[], options: AskOptions, command: Command) => {
      const question = words.join(' ').trim();
      if (options.measure && question) {
        command.error("error: '--measure' takes no question, as it has its own");
      }
      if (!options.measure && !question) command.error(`error: there is no question; ask one: ${example}`);
      return run(question, options);
    });
}
