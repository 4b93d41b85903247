/** What a reader waits for: the whole program from the command to its answer, the kernel, the tests. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { npmCommand } from '../setup/packages.mjs';
import { paths, root } from '../setup/project.mjs';
import { type PeerCommand, runWhole } from './peers';
import { type Findings, findings, type Measurement } from './results';

/**
 * Measures programs from the command to the accuracy that they print after ten epochs.
 *
 * @param commands - take turns
 * @param rounds - how often; at most three times
 * @param say - is told what happens
 * @returns one measurement a program; one that fails is missing
 */
export function measurePrograms(
  commands: readonly PeerCommand[],
  rounds: number,
  say: (text: string) => void,
): Findings {
  const measurements = commands.map(({ name }): Measurement => {
    return { name, what: 'whole program, cold', seconds: [] };
  });
  const failures = new Map<string, string>();
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [index, command] of commands.entries()) {
      if (failures.has(command.name)) continue;
      try {
        const { seconds, last } = runWhole(command);
        say(`  ${command.name}: ${seconds.toFixed(1)} s, ${last}`);
        measurements[index].seconds.push(seconds);
      } catch (error) {
        failures.set(command.name, (error as Error).message);
      }
    }
  }
  return findings(
    measurements.filter(({ name }) => !failures.has(name)),
    [...failures.values()],
  );
}

/** The keys of `kernel_start.py`'s answer, and what they are called in the tables. */
const kernelTimes = {
  start: 'kernel answers',
  firstCell: 'first cell',
  tensorflow: 'TensorFlow and mathjs start',
};

/**
 * Measures how long the course's kernel takes to its first answers.
 *
 * @param rounds - how often
 * @returns one measurement an answer
 */
export function measureKernel(rounds: number): Findings {
  if (!fs.existsSync(paths.venvPython)) {
    return findings([], ['the kernel, because JupyterLab is not set up']);
  }
  const script = path.join(root, 'tools', 'bench', 'kernel_start.py');
  const command = { name: 'kernel', command: paths.venvPython, args: [script] };
  try {
    const answers: Record<string, number>[] = Array.from({ length: rounds }, () =>
      JSON.parse(runWhole(command).last),
    );
    const measurements = Object.entries(kernelTimes).map(([key, name]) => {
      return { name, what: 'kernel', seconds: answers.map((answer) => answer[key]) };
    });
    return findings(measurements);
  } catch (error) {
    return findings([], [(error as Error).message]);
  }
}

/** @returns how long `npm test` takes, once, and whether it failed */
export function measureTests(): Findings {
  const start = performance.now();
  const [npm, ...first] = npmCommand();
  const { status } = spawnSync(npm, [...first, 'test'], { cwd: root, stdio: 'ignore' });
  const seconds = [(performance.now() - start) / 1000];
  const note = status === 0 ? undefined : 'and failed';
  return findings([{ name: 'npm test', what: 'tests', seconds, note }]);
}
