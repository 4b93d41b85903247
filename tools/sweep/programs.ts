/** What can be swept: the two programs and the notebooks, with their knobs, and how a trial of each is started. */
import * as path from 'node:path';
import { codeCells, findNotebooks, joined, knobsOf, type NotebookFile } from '../notebooks/notebook-file';
import { listKnobs } from '../notebooks/parameters';
import { root } from '../setup/project.mjs';
import type { Setting } from './space';

/** A program whose trainings, or a notebook whose executions, are trials. */
export interface Program {
  /** `mnist`, `gpt` or the notebook's name */
  name: string;
  knobs: readonly string[];
  /** what trials are compared by unless another figure is named; a notebook's claims are no figure of merit */
  measure?: string;
  /** what a trial measures, where that is known before */
  figures?: readonly string[];
  /** the knobs as text, for who asked for one that there is not */
  help: string;
  /** knobs that are not set, where a trial needs others than the program has */
  defaults: Setting;
  /** @returns Node's arguments, relative to the project */
  args(setting: Setting): string[];
  /** a notebook's */
  notebook?: NotebookFile;
  /** @returns the command that judges a setting by the test digits, if there are any */
  final?(setting: Setting): string;
  /** files and folders whose text decides what comes out */
  code: readonly string[];
  /** @returns files and folders of data, beside those that come with packages */
  data(setting: Setting): string[];
}

/** The programs' options by the names that knobs have in the notebooks. */
const options: Record<'mnist' | 'gpt', Record<string, string>> = {
  mnist: {
    learningRate: '--learning-rate',
    batchSize: '--batch-size',
    epochs: '--epochs',
    hiddenUnits: '--hidden-units',
    optimizer: '--optimizer',
    weightDecay: '--weight-decay',
    limit: '--limit',
    validation: '--validation',
    seed: '--seed',
    backend: '--backend',
  },
  gpt: {
    learningRate: '--learning-rate',
    batchSize: '--batch-size',
    steps: '--steps',
    layers: '--layers',
    heads: '--heads',
    width: '--width',
    context: '--context',
    weightDecay: '--weight-decay',
    every: '--every',
    corpus: '--corpus',
    text: '--text',
    seed: '--seed',
    backend: '--backend',
  },
};

/** What every training depends on. */
const shared = ['lib', 'native', 'package-lock.json', 'data/mnist-files.json', 'tools/sweep/contract.ts'];

/**
 * @param name - `mnist`, `gpt`, or a notebook's number or name
 * @throws Error if there is no such notebook
 */
export function findProgram(name: string): Program {
  if (name === 'mnist' || name === 'gpt') return trainingProgram(name);
  const folder = path.join(root, 'notebooks');
  const found = findNotebooks(folder, [name]);
  if (found.length > 1) {
    throw new RangeError(
      `Cannot sweep '${name}': that is ${found.map((file) => file.name).join(', ')}; name one`,
    );
  }
  return notebookProgram(found[0]);
}

function trainingProgram(name: 'mnist' | 'gpt'): Program {
  const flags = options[name];
  const isMnist = name === 'mnist';
  const words = (setting: Setting) =>
    Object.entries(setting).map(([knob, value]) => `${flags[knob]}=${value}`);
  const start = isMnist ? [] : ['train'];
  return {
    name,
    knobs: Object.keys(flags),
    help: `  ${Object.keys(flags).join(', ')}`,
    measure: 'validationLoss',
    figures: isMnist
      ? ['loss', 'accuracy', 'validationLoss', 'validationAccuracy', 'parameters']
      : ['loss', 'validationLoss'],
    defaults: isMnist ? { validation: '10000' } : {},
    args: (setting) => [`tools/${name}.ts`, ...start, '--jsonl', ...words(setting)],
    ...(isMnist && { final: (setting) => ['npm run mnist --', ...words(setting)].join(' ') }),
    code: [...shared, `tools/${name}.ts`, `tools/${name}`],
    data: ({ text }) => [
      ...(isMnist && process.env.MNIST_DIR ? [process.env.MNIST_DIR] : []),
      ...(text ? [text] : []),
    ],
  };
}

function notebookProgram(file: NotebookFile): Program {
  const knobs = knobsOf(file);
  const settings = (setting: Setting) => Object.entries(setting).map(([name, value]) => `${name}=${value}`);
  const code = codeCells(file.notebook);
  return {
    name: file.name,
    notebook: file,
    knobs: knobs.map(({ name }) => name),
    help: listKnobs(knobs),
    defaults: {},
    args: (setting) => [
      'tools/sweep/notebook-trial.ts',
      file.name,
      ...settings(setting).flatMap((one) => ['--set', one]),
    ],
    // The outputs that are committed with a notebook decide nothing.
    code: [
      ...shared,
      'kernel',
      'tools/sweep/notebook-trial.ts',
      `text:${JSON.stringify(code.map(({ id, source }) => [id, joined(source)]))}`,
    ],
    data: () => (process.env.MNIST_DIR ? [process.env.MNIST_DIR] : []),
  };
}

/** @throws RangeError that lists the knobs, if one that is set is unknown */
export function requireKnobs(program: Program, names: readonly string[]): void {
  const unknown = names.find((name) => !program.knobs.includes(name));
  if (unknown === undefined) return;
  throw new RangeError(
    `Cannot sweep ${unknown}: ${program.name} has no such knob. Its knobs are:\n${program.help}`,
  );
}
