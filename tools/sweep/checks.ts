/** Whether a program takes a setting: asked of its own command line, or of the notebook's knobs, before anything runs. */
import { gptCommand } from '../gpt/options';
import { mnistCommand } from '../mnist/options';
import { setKnobs } from '../notebooks/parameters';
import type { Program } from './programs';
import type { Setting } from './space';

/** @throws RangeError that says why the program refuses the setting */
export function checkSetting(program: Program, setting: Setting): void {
  const knobs = Object.entries(setting).map(([name, value]) => `${name}=${value}`);
  const why = program.notebook ? whyNotSet(program, knobs) : whyNotTaken(program, setting);
  if (why) throw new RangeError(why.startsWith('Cannot') ? why : `Cannot sweep ${knobs.join(' ')}: ${why}`);
}

function whyNotTaken({ name, args }: Program, setting: Setting): string {
  const nothing = async () => {};
  const gpt = { write: nothing, train: nothing, study: nothing };
  const command = name === 'mnist' ? mnistCommand(nothing) : gptCommand(gpt);
  let said = '';
  for (const one of [command, ...command.commands]) {
    one.exitOverride().configureOutput({
      writeErr: (text) => {
        said += text;
      },
      outputError: (text, write) => write(text),
    });
  }
  try {
    // Behind the program's file.
    command.parse(args(setting).slice(1), { from: 'user' });
  } catch {
    return said.replace(/^error: /, '').trim() || 'it is refused';
  }
  return '';
}

function whyNotSet({ notebook }: Program, knobs: string[]): string {
  if (!notebook) return '';
  try {
    return setKnobs(notebook, knobs).warnings.join(' ');
  } catch (error) {
    return (error as Error).message;
  }
}
