/**
 * A reporter for vitest: writes the names of the tests that failed and then passed into the file that
 * `DESCENT_TEST_UNSTEADY` names, as a list in JSON; nothing without it. Such a test fails no run, and is to be mended.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export default class UnsteadyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env.DESCENT_TEST_UNSTEADY;
    if (!file) return;
    const names = modules.flatMap((module) =>
      [...module.children.allTests('passed')]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    );
    writeFileSync(file, JSON.stringify(names));
  }
}
