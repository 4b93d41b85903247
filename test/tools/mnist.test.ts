import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { loadMnist } from '../../lib/data/mnist';
import { loadModel } from '../../lib/model/files';
import { evaluateModel } from '../../lib/model/mnist-model';
import { startTensorflow } from '../../lib/tensorflow/backend';
import { mnistCommand } from '../../tools/mnist/options';
import { runProgram } from '../samples/run-program';

/** Runs the program; `onError` sees its error stream while it runs. */
const mnist = (args: string[], onError?: (text: string, interrupt: () => void) => void) =>
  runProgram('mnist', args, { onError: onError && ((text, kill) => onError(text, () => kill('SIGINT'))) });

/** The error stream without what TensorFlow's library writes there itself. */
const ownLines = (text: string) =>
  text.split('\n').filter((line) => line && !/^WARNING: All log|^[IW]0000 |^[IW]\d{4} /.test(line));

test.each([
  [
    ['--epochs', '0'],
    "option '--epochs <count>' argument '0' is invalid. It must be a whole number from 1 to 10000.",
  ],
  [['--epochs', '2.5'], "argument '2.5' is invalid. It must be a whole number"],
  [['--learning-rate', 'nope'], "argument 'nope' is invalid. It must be a number above 0, such as 0.001."],
  [['--learning-rate', '-1'], "argument '-1' is invalid. It must be a number above 0"],
  [['--learning-rate='], "argument '' is invalid"],
  [['--weight-decay', '-1'], "argument '-1' is invalid. It must be a number of at least 0"],
  [['--weight-decay', '0.1'], "option '--weight-decay <share>' needs '--optimizer adamw'"],
  [['--batch-size', '1e9'], "argument '1e9' is invalid. It must be a whole number from 1 to 60000."],
  [['--hidden-units', '0'], "argument '0' is invalid"],
  [['--optimizer', 'adma'], 'Allowed choices are sgd, momentum, nesterov, rmsprop, adam, adamw.'],
  [['--backend', 'gpu'], 'Allowed choices are auto, native, wasm, js, webgpu.'],
  [['--seed', '-1'], "argument '-1' is invalid. It must be a whole number from 0 to 4294967295."],
  [['--limit', '60001'], "argument '60001' is invalid"],
  [['--validation', '60000'], "argument '60000' is invalid. It must be a whole number from 0 to 59999."],
  [['--validation', '-1'], "argument '-1' is invalid"],
  [['--epoch', '3'], "unknown option '--epoch' (Did you mean --epochs?)"],
  [['twice'], 'too many arguments'],
  [['--jsonl'], "option '--jsonl' needs '--validation <count>', since nothing is chosen by test digits"],
  [['--jsonl', '--validation', '9', '--json'], "option '--jsonl' cannot be used with option '--json'"],
  [['--jsonl', '--validation', '9', '--save', 'x'], "option '--jsonl' cannot be used with option '--save"],
])('npm run mnist -- %j is refused in one line that names value and remedy', async (args, why) => {
  const { line, status } = await refused(args);
  expect(status).toBe(1);
  expect(line).toMatch(/^error: [^\n]+ See: npm run mnist -- --help\n$/);
  expect(line).toContain(why);
});

/** What the command line says to options that it refuses; nothing is run. */
async function refused(args: string[]): Promise<{ line: string; status: number }> {
  let line = '';
  const command = mnistCommand(async () => expect.unreachable()).exitOverride();
  const { outputError = (text, write) => write(text) } = command.configureOutput();
  command.configureOutput({
    writeErr: (text) => {
      line += text;
    },
    outputError,
  });
  return command.parseAsync(args, { from: 'user' }).then(
    () => expect.unreachable(),
    (error) => ({ line, status: error.exitCode }),
  );
}

test('without options, the values are those of the course', async () => {
  let given: object | undefined;
  await mnistCommand(async (options) => {
    given = options;
  }).parseAsync([], { from: 'user' });
  expect(given).toEqual({
    epochs: 10,
    batchSize: 32,
    learningRate: 0.001,
    hiddenUnits: 128,
    optimizer: 'adam',
    seed: 1,
    backend: 'auto',
    validation: 0,
    json: false,
    jsonl: false,
  });
});

test('an option that is refused ends the program with status 2, and --help with 0', async () => {
  const { status, out, err } = await mnist(['--epochs', '0']);
  expect([status, out]).toEqual([2, '']);
  expect(ownLines(err)).toHaveLength(1);
  const help = await mnist(['--help']);
  expect(help.status).toBe(0);
  expect(help.out).toMatch(/--hidden-units <count> +neurons/);
});

describe('npm run mnist', { timeout: 240_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-mnist-'));
    await startTensorflow();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  const short = ['--limit', '2000', '--epochs', '2'];

  test('--json prints one line of figures, the same for the same seed; the saved model has them', async () => {
    const save = path.join(folder, 'model');
    const first = await mnist([...short, '--json', '--save', save]);
    expect(first.status).toBe(0);
    expect(first.out.trim().split('\n')).toHaveLength(1);
    const { seconds, ...report } = JSON.parse(first.out);
    expect(Object.keys(report)).toEqual(['loss', 'accuracy', 'parameters', 'epochs', 'backend']);
    expect(report.parameters).toBe(101_770);
    expect(seconds).toBeGreaterThan(0);
    expect(report.epochs.map((one: object) => Object.keys(one))).toEqual(
      [1, 2].map(() => ['loss', 'accuracy', 'seconds']),
    );
    expect(ownLines(first.err).filter((line) => /^Epoch \d of 2: loss/.test(line))).toHaveLength(2);
    expect(ownLines(first.err).at(-1)).toMatch(/^Loss: 0\.\d{4}, Accuracy: 0\.\d{4}$/);

    const { test: digits } = await loadMnist();
    const model = await loadModel(save);
    const { loss, accuracy } = await evaluateModel(model, digits);
    expect([loss, accuracy]).toEqual([report.loss, report.accuracy]);
    model.dispose();

    const again = JSON.parse((await mnist([...short, '--json'])).out);
    expect([again.loss, again.accuracy]).toEqual([report.loss, report.accuracy]);
    const other = JSON.parse((await mnist([...short, '--json', '--seed', '2'])).out);
    expect(other.loss).not.toBe(report.loss);
  });

  test('--validation keeps the last digits back, and prints after each epoch how they are read', async () => {
    const [kept, never] = await Promise.all([
      mnist(['--validation', '59500', '--epochs', '2', '--json']),
      mnist(['--limit', '500', '--epochs', '2', '--json']),
    ]);
    expect([kept.status, never.status]).toEqual([0, 0]);
    expect(kept.err).toContain(
      'MNIST: 500 digits to learn from, 59,500 to choose by, 10,000 to be judged by.',
    );
    const [report, other] = [JSON.parse(kept.out), JSON.parse(never.out)];
    expect(report.epochs.map((one: object) => Object.keys(one))).toEqual(
      [1, 2].map(() => ['loss', 'accuracy', 'validationLoss', 'validationAccuracy', 'seconds']),
    );
    for (const { validationLoss, validationAccuracy } of report.epochs) {
      expect(validationLoss).toBeGreaterThan(0);
      expect(validationAccuracy).toBeGreaterThan(0.1);
      expect(validationAccuracy).toBeLessThan(1);
    }
    // It learns from the first 500, as a training does that never sees the others.
    expect([report.loss, report.accuracy]).toEqual([other.loss, other.accuracy]);
  });

  test('without --json its last line is loss and accuracy', async () => {
    const { status, out } = await mnist(['--limit', '500', '--epochs', '1']);
    expect(status).toBe(0);
    expect(out.trim().split('\n').at(-1)).toMatch(/^Loss: \d\.\d{4}, Accuracy: 0\.\d{4}$/);
    expect(out).toContain('Of those to learn from only the first 500.');
  });

  test('Ctrl-C ends the training, says where, and saves and evaluates the model all the same', async () => {
    const save = path.join(folder, 'interrupted');
    let sent = false;
    const { status, out, err } = await mnist(
      ['--limit', '2000', '--epochs', '5000', '--save', save],
      (text, interrupt) => {
        if (sent || !text.includes('Epoch 2 of 5000: loss')) return;
        sent = true;
        interrupt();
      },
    );
    expect(status).toBe(0);
    expect(err).toMatch(/Training was interrupted in epoch \d+ of 5000, after step \d+\./);
    expect(out.trim().split('\n').at(-1)).toMatch(/^Loss: \d\.\d{4}, Accuracy: 0\.\d{4}$/);
    const model = await loadModel(save);
    expect(model.countParams()).toBe(101_770);
    model.dispose();
  });

  test('hundreds of signals while it trains do no harm', async () => {
    const listening = `data:text/javascript,process.on('SIGWINCH', () => {})`;
    const file = path.join(projectRoot(), 'tools', 'mnist.ts');
    const args = ['--import', 'tsx', '--import', listening, file, '--limit', '2000', '--epochs', '20'];
    const child = spawn(process.execPath, args, { cwd: projectRoot() });
    let err = '';
    let sent = 0;
    let timer: NodeJS.Timeout | undefined;
    child.stdout.resume();
    child.stderr.on('data', (chunk) => {
      err += chunk;
      if (!err.includes('Epoch 1 of 20')) return;
      timer ??= setInterval(() => {
        child.kill('SIGWINCH');
        sent++;
      }, 2);
    });
    const ended = await new Promise((resolve) => {
      child.on('close', (status, signal) => resolve([status, signal]));
    });
    clearInterval(timer);
    expect([ended, err.includes('Epoch 20 of 20')]).toEqual([[0, null], true]);
    expect(sent).toBeGreaterThan(100);
  });

  test('--jsonl tells each epoch by its validation digits, the same as --json, and no test figure', async () => {
    const options = ['--validation', '59500', '--epochs', '2'];
    const [lines, whole] = await Promise.all([mnist([...options, '--jsonl']), mnist([...options, '--json'])]);
    expect([lines.status, whole.status]).toEqual([0, 0]);
    const told = lines.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const report = JSON.parse(whole.out);
    const epochs = report.epochs.map(({ seconds, ...figures }: { seconds: number }) => figures);
    expect(told.slice(0, 2)).toEqual(
      [0, 1].map((at) => ({ type: 'progress', done: at + 1, of: 2, figures: epochs[at] })),
    );
    const { parameters, backend } = report;
    expect(told.slice(2)).toEqual([{ type: 'done', figures: { ...epochs[1], parameters }, backend }]);
    expect(lines.out).not.toContain(String(report.loss));
  });

  test.each([
    [
      'an option that does not fit the data',
      ['--validation', '59500', '--limit', '501'],
      { status: 2, why: 'refused', message: /limit must be <= 500, got 501/ },
    ],
    [
      'a training that diverges',
      ['--validation', '59500', '--optimizer', 'sgd', '--learning-rate', '1e30'],
      { status: 3, why: 'diverged', message: /the loss is NaN/ },
    ],
    [
      'a last update that makes the weights infinite',
      ['--validation', '59950', '--batch-size', '50', '--optimizer', 'sgd', '--learning-rate', '1e30'],
      { status: 3, why: 'diverged', message: /After the last epoch the validation loss/ },
    ],
  ])('--jsonl says of %s why it failed, in its last line and by its status', async (_, options, ended) => {
    const { status, out } = await mnist([...options, '--epochs', '1', '--jsonl']);
    const { why, message } = JSON.parse(out.trimEnd().split('\n').at(-1) as string);
    expect([status, why]).toEqual([ended.status, ended.why]);
    expect(message).toMatch(ended.message);
  });

  test('a training that diverges ends with status 3, and the model is not saved', async () => {
    const save = path.join(folder, 'diverged');
    const options = ['--optimizer', 'sgd', '--learning-rate', '1e30', '--save', save];
    const { status, err } = await mnist([...short, ...options]);
    expect(status).toBe(3);
    expect(err).toMatch(/Training stopped in epoch 1, at step \d+: the loss is NaN/);
    expect(fs.readdirSync(save)).toEqual([]);
  });

  test('a folder that cannot be written is told before the training', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, 'kept');
    const { status, err } = await mnist([...short, '--save', file]);
    expect(status).toBe(1);
    expect(ownLines(err)).toEqual([
      `Cannot save the model in '${file}': there is a file in its place. Name a folder that can be written.`,
    ]);
    expect(fs.readFileSync(file, 'utf8')).toBe('kept');
  });
});
