import { expect, test, vi } from 'vitest';
import { sweepCommand } from '../../../tools/sweep/options';
import { prepare } from '../../../tools/sweep/prepare';

test.each([
  [['mnist'], /^Cannot sweep mnist: nothing is set.*\n {2}learningRate, batchSize/],
  [['mnist', '--set', 'lr=1'], /^Cannot sweep lr: mnist has no such knob. Its knobs are:\n {2}learningRate/],
  [['mnist', '--set', 'learningRate='], /^Cannot sweep learningRate=: a value is empty$/],
  [
    ['mnist', '--set', 'learningRate=0.1,-1'],
    /^Cannot sweep validation=10000 learningRate=-1: option '--learning-rate <rate>' argument '-1' is invalid/,
  ],
  [
    ['gpt', '--set', 'width=96,100', '--set', 'heads=8'],
    /^Cannot sweep width=100 heads=8: '--heads 8' must divide '--width 100'/,
  ],
  [
    ['mnist', '--set', 'learningRate=1,2,3', '--seeds', '5', '--trials', '12'],
    /^Cannot sweep: the grid has 15 trials \(3 settings, 5 seeds each\), more than 12\. Take fewer values/,
  ],
  [
    ['mnist', '--set', 'learningRate=1,2,3', '--trials', '2'],
    /the grid has 3 trials, more than 2\. Take fewer/,
  ],
  [['mnist', '--seeds', '1000', '--set', 'epochs=1,2'], /more than 1000; if it is meant, say --trials 2000/],
  [['mnist', '--set', 'learningRate=0.1..1'], /a grid needs a list of values/],
  [['mnist', '--set', 'seed=1,2', '--seeds', '2'], /^Cannot sweep seed: --seeds sets it already/],
  [
    ['mnist', '--set', 'learningRate=1,2', '--search', 'random'],
    /^error: '--search random' needs '--trials <count>'\. See: npm run sweep -- --help\n$/,
  ],
  [['mnist', '--set', 'epochs=1', '--search', 'tpe', '--trials', '9'], /'--search tpe' needs '--on ray'/],
  [
    ['mnist', '--set', 'epochs=1', '--by', 'testAccuracy'],
    /^Cannot compare by testAccuracy: what a trial of mnist measures is loss, accuracy, validationLoss/,
  ],
  [
    ['mnist', '--set', 'epochs=1', '--name', 'trials'],
    /What sweeps keep for themselves lies there; take another name\./,
  ],
  [
    ['mnist', '--set', 'epochs=1', '--search', 'asha', '--on', 'ray', '--trials', '9', '--plan', 'plan.json'],
    /'--search asha' finds its trials on the way, so there is no plan of them/,
  ],
  [['mnist', '--on', 'cloud'], /Allowed choices are local, slurm, ray\./],
  [['mnist', '--max-time', '5'], /It must be a time such as 90s, 10m or 2h\./],
  [
    ['02', '--set', 'rate=1'],
    /^Cannot sweep rate: 02-gradient-descent has no such knob. Its knobs are:\n {2}\w+/,
  ],
  [['99', '--set', 'rate=1'], /^Cannot find a notebook '99'; there are: 00-start-here/],
])('npm run sweep -- %j is refused before anything runs', async (args, why) => {
  const said: string[] = [];
  const command = sweepCommand(async (name, options) => void prepare(name, options)).exitOverride();
  command.configureOutput({ ...command.configureOutput(), writeErr: (text) => said.push(text) });
  const error = await command.parseAsync(args, { from: 'user' }).then(
    () => expect.unreachable(),
    (failure: Error) => failure,
  );
  expect(said.join('') || error.message).toMatch(why);
});

/** What a command line comes to. */
async function prepared(...args: string[]) {
  let made: ReturnType<typeof prepare> | undefined;
  await sweepCommand(async (name, options) => {
    made = prepare(name, options);
  }).parseAsync(args, { from: 'user' });
  return made as ReturnType<typeof prepare>;
}

test('prepare() names knobs by the options of the program, with each seed, and leaves the rest to it', async () => {
  const { plan, count } = await prepared(
    'mnist',
    '--set',
    'hiddenUnits=16',
    '--set',
    'learningRate=1,2',
    '--seeds',
    '2',
  );
  expect(count).toBe(4);
  expect(plan.trials[3].args.join(' ')).toBe(
    'tools/mnist.ts --jsonl --validation=10000 --hidden-units=16 --learning-rate=2 --seed=2',
  );
  const [trial] = (await prepared('gpt', '--set', 'steps=5')).plan.trials;
  expect(trial.args.join(' ')).toBe('tools/gpt.ts train --jsonl --steps=5');
  const notebook = await prepared('02', '--set', 'start=[1, 2]');
  expect(notebook.plan.trials[0].args.slice(1)).toEqual(['02-gradient-descent', '--set', 'start=[1, 2]']);
});

test('prepare() gives a result another key where knobs, data or the backend differ, and the same otherwise', async () => {
  const keysOf = async (...sets: string[]) =>
    (await prepared('mnist', ...sets.flatMap((one) => ['--set', one]))).plan.trials.map(({ key }) => key);
  const [first] = await keysOf('learningRate=0.1');
  expect(await keysOf('learningRate=0.1')).toEqual([first]);
  expect(await keysOf('learningRate=0.2', 'epochs=3')).not.toContain(first);
  vi.stubEnv('DESCENT_BACKEND', 'wasm');
  expect(await keysOf('learningRate=0.1')).not.toContain(first);
  vi.unstubAllEnvs();
  vi.stubEnv('MNIST_DIR', 'data');
  expect(await keysOf('learningRate=0.1')).not.toContain(first);
  vi.unstubAllEnvs();
});

test('prepare() draws as many settings as trials have room for', async () => {
  const random = ['mnist', '--set', 'learningRate=log:0.001..1', '--search', 'random'];
  expect((await prepared(...random, '--trials', '7', '--seeds', '3')).count).toBe(6);
  await expect(prepared(...random, '--trials', '2', '--seeds', '3')).rejects.toThrow(
    'has no room for a setting',
  );
});
