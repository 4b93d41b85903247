/** The tables of sweeps that come with the course. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sweepCommand } from '../../../tools/sweep/options';
import { prepare } from '../../../tools/sweep/prepare';
import type { SweepStudy } from '../../../tools/sweep/study';

const read = (name: string) => readFileSync(`data/sweep/${name}.json`, 'utf8');

test.each([
  ['mnist-random', 200],
  ['mnist-grid', 64],
])(
  'data/sweep/%s.json has the settings of its command, each done, and its hash in the README',
  async (name, count) => {
    const { command, measure, trials }: SweepStudy = JSON.parse(read(name));
    const [program, ...args] = command.replace('npm run sweep -- ', '').split(' ');
    let planned: object[] = [];
    await sweepCommand(async (_, options) => {
      planned = prepare(program, options).plan.trials.map(({ setting }) => setting);
    }).parseAsync([program, ...args], { from: 'user' });
    const numbers = planned.map((setting) =>
      Object.fromEntries(Object.entries(setting).map(([knob, value]) => [knob, Number(value)])),
    );
    expect(trials).toHaveLength(count);
    expect(trials.map(({ setting }) => setting)).toEqual(numbers);
    expect(measure).toBe('validationLoss');
    for (const { status, values, seed } of trials) {
      expect([status, values.length, seed]).toEqual(['done', 3, 1]);
      for (const value of values) expect(value).toBeGreaterThan(0.08);
    }
    const hash = createHash('sha256').update(read(name)).digest('hex');
    expect(readFileSync('data/README.md', 'utf8')).toContain(`| \`${hash}\` |`);
  },
);
