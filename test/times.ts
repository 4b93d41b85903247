/**
 * A reporter for vitest: writes the seconds that each file took, its imports and its hooks among them, into the file that
 * `DESCENT_TEST_TIMES` names, as `[{ "name": …, "seconds": … }]`; nothing without it. vitest's own report in JSON knows of
 * a file only when its first test begins and its last one ends.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export default class TimesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env.DESCENT_TEST_TIMES;
    if (!file) return;
    const times = modules.map((module) => {
      const took = module.diagnostic();
      const parts = [took.environmentSetupDuration, took.prepareDuration, took.collectDuration];
      const milliseconds = [...parts, took.setupDuration, took.duration].reduce((sum, part) => sum + part, 0);
      return { name: module.relativeModuleId, seconds: milliseconds / 1000 };
    });
    writeFileSync(file, JSON.stringify(times));
  }
}
