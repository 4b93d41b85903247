/** `npm run mnist`: trains the course's network on MNIST, and says how well it reads digits. */
import { main, type ProgramResult } from '../lib/model';
import { trainingView } from '../lib/workshop';
import { type MnistOptions, mnistCommand } from './mnist/options';
import { mnistTrial } from './mnist/trial';
import { runCommand, statuses } from './sweep/contract';

async function run({ json, jsonl, ...options }: MnistOptions): Promise<void> {
  const { signal, dismiss } = stopOnInterrupt();
  try {
    if (jsonl) return await mnistTrial({ json, jsonl, ...options }, signal);
    const print = json ? console.error : console.log;
    const result = await main({ ...options, signal, print, view: trainingView() });
    if (json) console.log(JSON.stringify(report(result)));
    if (result.history.stopped?.why === 'diverged') process.exitCode = statuses.diverged;
  } finally {
    dismiss();
  }
}

/** The first Ctrl-C ends the training, which is then evaluated and saved; the second ends the program. */
function stopOnInterrupt(): { signal: AbortSignal; dismiss: () => void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  return { signal: controller.signal, dismiss: () => process.off('SIGINT', stop) };
}

/** What `--json` prints. */
function report(result: ProgramResult): object {
  const { loss, accuracy, parameters, history, backend } = result;
  const { seconds, stopped } = history;
  const epochs = history.epochs.map(({ loss, accuracy, validationLoss, validationAccuracy, seconds }) => ({
    ...{ loss, accuracy, validationLoss, validationAccuracy, seconds },
  }));
  return { loss, accuracy, parameters, seconds, epochs, backend, stopped };
}

runCommand(mnistCommand(run));
